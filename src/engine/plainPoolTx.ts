import { hasCode } from "../util/errors.js";
import { keccakHex } from "../util/keccak.js";
import { areCellProofsValid, findSidecarProblem, splitBlobTx } from "./blobSidecar.js";
import { decodeEnvelope, type SignedTx } from "./envelope.js";
import type { Invalidity } from "./execution/executeTx.js";
import { intrinsicGas } from "./execution/intrinsicGas.js";
import { PoolError } from "./txPoolErrors.js";
import type { PooledTx } from "./txPoolTx.js";

const BLOB_TX_TYPE = 3;
const GAS_PER_BLOB = 131_072n;
/** As in geth; blobs do not count. */
const MAX_TX_BYTES = 131_072;
/** With its blobs and their proofs. */
const MAX_NETWORK_BYTES = 2_097_152;

/**
 * Decodes what is sent to the pool of a chain of plain Ethereum and checks everything that needs no state. Blob transactions come with
 * their blobs, whose proofs are verified unless `isTrusted`: those of our own journal are.
 * Errors: all of the pool's that speak of the transaction itself.
 */
export async function decodePlainPoolTx(
  raw: Uint8Array,
  chainId: number,
  findProblem: (tx: SignedTx) => Invalidity | undefined,
  isTrusted: boolean,
): Promise<PooledTx> {
  const isBlobTx = raw[0] === BLOB_TX_TYPE;
  assertSize(raw, isBlobTx ? MAX_NETWORK_BYTES : MAX_TX_BYTES);
  const { envelope, sidecar } = isBlobTx
    ? explain(() => splitBlobTx(raw))
    : { envelope: raw, sidecar: undefined };
  assertSize(envelope, MAX_TX_BYTES);
  const tx = explain(() => decodeEnvelope(envelope, keccakHex(envelope)));
  if (tx.kind !== "signed") throw new PoolError("POOL_TYPE", { type: tx.type });
  const problem = findProblem(tx);
  if (problem) throw refusal(tx, chainId, problem.reason);
  if (sidecar) {
    const reason = findSidecarProblem(sidecar, tx.blobHashes ?? []);
    if (reason !== undefined) throw new PoolError("POOL_BLOBS", { reason });
    if (!isTrusted && !(await areCellProofsValid(sidecar))) {
      throw new PoolError("POOL_BLOBS", { reason: "a proof is not valid" });
    }
  }
  const blobFeeCap = tx.maxFeePerBlobGas ?? 0n;
  return {
    hash: tx.hash,
    raw: envelope,
    from: tx.from,
    nonce: tx.nonce,
    gasLimit: tx.gasLimit,
    maxFeePerGas: tx.maxFeePerGas,
    maxPriorityFeePerGas: tx.maxPriorityFeePerGas,
    value: tx.value,
    isProtected: tx.chainId !== undefined,
    sequence: 0,
    addedAtMs: 0,
    costWei: 0n,
    ...(sidecar
      ? {
          network: raw,
          blobFeeCap,
          blobFeeWei: blobFeeCap * GAS_PER_BLOB * BigInt(sidecar.blobs.length),
        }
      : {}),
  };
}

function assertSize(bytes: Uint8Array, limit: number): void {
  if (bytes.length > limit) throw new PoolError("POOL_OVERSIZED", { size: bytes.length, limit });
}

/** What decoding has against the bytes, in the pool's words. */
function explain<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    const isMalformed = hasCode(error, "ENGINE_BAD_ENCODING");
    if (!isMalformed && !hasCode(error, "ENGINE_INVALID_TRANSACTION")) throw error;
    const reason = String((error as unknown as { data: { reason?: unknown } }).data.reason);
    if (reason === "signature") throw new PoolError("POOL_INVALID_SENDER", {}, error);
    if (reason === "type") throw new PoolError("POOL_TYPE", {}, error);
    if (reason.includes("blob")) throw new PoolError("POOL_BLOBS", { reason }, error);
    throw new PoolError("POOL_MALFORMED", { reason }, error);
  }
}

/** What the chain's rules have against a transaction, in the pool's words. */
function refusal(tx: SignedTx, chainId: number, reason: string): Error {
  const { intrinsic, floor } = intrinsicGas(tx);
  const gas = tx.gasLimit;
  if (reason.startsWith("type ")) return new PoolError("POOL_TYPE", { type: tx.type });
  if (reason === "chain id") {
    return new PoolError("POOL_CHAIN_ID", { have: tx.chainId, want: chainId });
  }
  if (reason === "intrinsic gas") {
    return new PoolError("POOL_INTRINSIC_GAS", { gas, minimum: intrinsic });
  }
  if (reason === "calldata floor gas") {
    return new PoolError("POOL_FLOOR_GAS", { gas, minimum: floor });
  }
  if (reason === "gas limit above 2^24")
    return new PoolError("POOL_GAS_CAP", { gas, cap: 2 ** 24 });
  if (reason === "tip above fee cap") {
    const { maxPriorityFeePerGas: tip, maxFeePerGas: feeCap } = tx;
    return new PoolError("POOL_TIP_ABOVE_FEE_CAP", { tip, feeCap });
  }
  if (reason === "init code size") {
    return new PoolError("POOL_INIT_CODE", { size: tx.data.length, limit: 49_152 });
  }
  if (reason.startsWith("signature")) return new PoolError("POOL_INVALID_SENDER");
  if (reason.startsWith("set-code")) return new PoolError("POOL_AUTHORIZATIONS");
  if (reason.startsWith("blob")) return new PoolError("POOL_BLOBS", { reason });
  return new PoolError("POOL_MALFORMED", { reason });
}
