/** Blob limits of a fork. Units: blobs for `target` and `max`. Source: EIP-7840 */
export interface BlobParams {
  target: bigint;
  max: bigint;
  updateFraction: bigint;
}

/** Gas of one blob. Source: EIP-4844 */
export const GAS_PER_BLOB = 131_072n;
const MIN_BLOB_BASE_FEE = 1n;
/** EIP-7918: execution gas that a blob's price must at least be worth. */
const BLOB_BASE_COST = 8_192n;

/** What mainnet has, for genesis files that do not say. Sources: EIP-4844, 7691, 7892 */
export const DEFAULT_BLOB_PARAMS: Readonly<Record<string, BlobParams>> = {
  cancun: { target: 3n, max: 6n, updateFraction: 3_338_477n },
  prague: { target: 6n, max: 9n, updateFraction: 5_007_716n },
  osaka: { target: 6n, max: 9n, updateFraction: 5_007_716n },
  bpo1: { target: 10n, max: 15n, updateFraction: 8_346_193n },
  bpo2: { target: 14n, max: 21n, updateFraction: 11_684_671n },
};

/** Price of blob gas in wei. Source: EIP-4844, `fake_exponential` */
export function blobBaseFee(excessBlobGas: bigint, { updateFraction }: BlobParams): bigint {
  let sum = 0n;
  let term = MIN_BLOB_BASE_FEE * updateFraction;
  for (let i = 1n; term > 0n; i++) {
    sum += term;
    term = (term * excessBlobGas) / (updateFraction * i);
  }
  return sum / updateFraction;
}

/**
 * Excess blob gas of the block after `parent`, whose fork has these parameters; `hasReservePrice` from Osaka on.
 * Sources: EIP-4844, EIP-7918
 */
export function nextExcessBlobGas(
  parent: { excessBlobGas: bigint; blobGasUsed: bigint; baseFeePerGas: bigint },
  params: BlobParams,
  hasReservePrice: boolean,
): bigint {
  const total = parent.excessBlobGas + parent.blobGasUsed;
  const target = params.target * GAS_PER_BLOB;
  if (total < target) return 0n;
  if (hasReservePrice) {
    const blobPrice = GAS_PER_BLOB * blobBaseFee(parent.excessBlobGas, params);
    if (BLOB_BASE_COST * parent.baseFeePerGas > blobPrice) {
      const share = (parent.blobGasUsed * (params.max - params.target)) / params.max;
      return parent.excessBlobGas + share;
    }
  }
  return total - target;
}
