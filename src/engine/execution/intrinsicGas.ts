import type { TxMessage } from "../envelope.js";
import { type ForkRules, OSAKA_RULES } from "./forks.js";

const BASE = 21_000n;
const CREATION = 32_000n;
const INIT_CODE_WORD = 2n;
const DATA_TOKEN = 4n;
const FLOOR_TOKEN = 10n;
const LISTED_ADDRESS = 2_400n;
const LISTED_SLOT = 1_900n;
const AUTHORIZATION = 25_000n;

/** EIP-2028 made a byte that is not zero cheaper. */
const NON_ZERO_BYTE_BEFORE_ISTANBUL = 68n;

function countZeros(data: Uint8Array): number {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros++;
  return zeros;
}

/**
 * Gas taken before execution starts, and the least a transaction pays for its calldata.
 * Sources: EIP-2, 2028, 2930, 3860, 7623, 7702
 */
export function intrinsicGas(
  tx: Pick<TxMessage, "to" | "data" | "accessList"> & { authorizations: readonly unknown[] },
  rules: ForkRules = OSAKA_RULES,
): { intrinsic: bigint; floor: bigint } {
  const zeros = countZeros(tx.data);
  const nonZeros = tx.data.length - zeros;
  // A zero byte is one token, another byte four.
  const tokens = BigInt(zeros + 4 * nonZeros);
  let intrinsic = BASE;
  intrinsic += rules.isIstanbul
    ? DATA_TOKEN * tokens
    : DATA_TOKEN * BigInt(zeros) + NON_ZERO_BYTE_BEFORE_ISTANBUL * BigInt(nonZeros);
  if (tx.to === null && rules.isHomestead) {
    intrinsic += CREATION;
    if (rules.isShanghai) intrinsic += INIT_CODE_WORD * BigInt(Math.ceil(tx.data.length / 32));
  }
  for (const { storageKeys } of tx.accessList) {
    intrinsic += LISTED_ADDRESS + LISTED_SLOT * BigInt(storageKeys.length);
  }
  intrinsic += AUTHORIZATION * BigInt(tx.authorizations.length);
  return { intrinsic, floor: rules.isPrague ? BASE + FLOOR_TOKEN * tokens : 0n };
}
