import { RLP } from "@ethereumjs/rlp";
import type { TypedTransaction } from "@ethereumjs/tx";
import { MAX_INIT_CODE_BYTES, MAX_TX_BYTES, MAX_TX_GAS } from "../protocol/constants.js";
import { rememberValid } from "../protocol/statelessValidity.js";
import { decodeTx, recoverSender } from "../protocol/txCodec.js";
import { hasCode } from "../util/errors.js";
import { type Address, type Hash, toHex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { decodeUnsigned, knownSender, rememberSender, type UnsignedTx } from "./envelope.js";
import { findStatelessInvalidity } from "./execution/executeTx.js";
import { PoolError } from "./txPoolErrors.js";

/** A transaction as the pool keeps it. */
export interface PooledTx {
  hash: Hash;
  raw: Uint8Array;
  from: Address;
  nonce: bigint;
  gasLimit: bigint;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
  value: bigint;
  /** False: a legacy transaction that names no chain. */
  isProtected: boolean;
  /** Order of arrival, which breaks ties. */
  sequence: number;
  addedAtMs: number;
  /** Most it can cost its sender, L1 fee included, at the last look. */
  costWei: bigint;
  /** Accounts that have signed its authorizations (EIP-7702); found out at admission, after the cheap checks. */
  authorities?: readonly Address[];
  /** Blob transactions only: the bytes with the blobs, as they were sent. */
  network?: Uint8Array;
  /** Blob transactions only. Units: wei, per blob gas and for all of it. */
  blobFeeCap?: bigint;
  blobFeeWei?: bigint;
}

/** Bytes that the pool and its journal keep of a transaction. */
export function keptBytes({ network, raw }: PooledTx): Uint8Array {
  return network ?? raw;
}

/** What is known of a transaction before its sender is recovered, which costs more than all of it. */
export type UnsignedFields = Omit<PooledTx, "from">;

/**
 * Decodes an envelope, recovers its sender and checks everything that needs no state,
 * by the rule that derivation drops transactions by: what the pool takes can be derived.
 * `check`: what else may refuse it before its sender is recovered.
 * Errors: POOL_OVERSIZED, POOL_TYPE, POOL_MALFORMED, POOL_CHAIN_ID, POOL_INVALID_SENDER, POOL_GAS_CAP, POOL_INTRINSIC_GAS, POOL_FLOOR_GAS,
 * POOL_INIT_CODE, POOL_TIP_ABOVE_FEE_CAP, POOL_AUTHORIZATIONS.
 * Source: docs/protocol/derivation.md#stateless-validity-of-a-transaction
 */
export function decodePooledTx(
  raw: Uint8Array,
  chainId: number,
  hash = keccakHex(raw),
  check: (tx: UnsignedFields) => void = () => {},
): PooledTx {
  if (raw.length > MAX_TX_BYTES) {
    throw new PoolError("POOL_OVERSIZED", { size: raw.length, limit: MAX_TX_BYTES });
  }
  const quick = decodeQuickly(raw, chainId, hash);
  if (quick) {
    check(quick.fields);
    return quick.complete();
  }
  const tx = decodeOrExplain(raw, chainId);
  assertGasLimit(tx);
  if (tx.to === undefined) assertInitCode(tx.data.length);
  const { maxFeePerGas, maxPriorityFeePerGas } = feesOf(tx);
  const fields: UnsignedFields = {
    hash,
    raw,
    nonce: tx.nonce,
    gasLimit: tx.gasLimit,
    maxFeePerGas,
    maxPriorityFeePerGas,
    value: tx.value,
    isProtected: tx.type !== 0 || (tx.v !== undefined && tx.v >= 35n),
    sequence: 0,
    addedAtMs: 0,
    costWei: 0n,
  };
  check(fields);
  return { ...fields, from: senderOf(tx, hash) };
}

/** A transaction without anything wrong but perhaps its signature. */
export interface QuicklyDecoded {
  fields: UnsignedFields;
  /** As in `UnsignedTx`. */
  question(): Uint8Array | undefined;
  /** Finds the sender, if nobody has found it yet. Errors: POOL_INVALID_SENDER. */
  complete(): PooledTx;
}

/** Types whose decoding recovers nobody: the authorities of type 4 cost as much as a sender each. */
const QUICK_TYPES: readonly number[] = [1, 2];
const LEGACY = 0xc0;

/**
 * By the engine's own decoder, which takes exactly what derivation takes (test/unit/engine/envelope.test.ts) in a fraction of the
 * time. Undefined: something is wrong with it, or it is of another type; then the slower way finds the words.
 */
export function decodeQuickly(
  raw: Uint8Array,
  chainId: number,
  hash: Hash,
): QuicklyDecoded | undefined {
  const first = raw[0] ?? 0;
  if (first < LEGACY && !QUICK_TYPES.includes(first)) return undefined;
  let decoded: UnsignedTx;
  try {
    decoded = decodeUnsigned(raw, hash);
  } catch {
    return undefined;
  }
  const { tx } = decoded;
  if (findStatelessInvalidity(tx, chainId) !== undefined) return undefined;
  const { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas, value } = tx;
  const own = { hash, raw, nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas, value };
  const isProtected = tx.type !== 0 || tx.chainId !== undefined;
  const fields = { ...own, isProtected, sequence: 0, addedAtMs: 0, costWei: 0n };
  return {
    fields,
    question: decoded.question,
    complete() {
      let sender: ReturnType<UnsignedTx["findSender"]>;
      try {
        sender = decoded.findSender();
      } catch (cause) {
        throw new PoolError("POOL_INVALID_SENDER", {}, cause);
      }
      if (sender.hasHighS) throw new PoolError("POOL_INVALID_SENDER");
      rememberValid(hash, chainId);
      return { ...fields, from: sender.from };
    },
  };
}

/** What a block with this base fee pays its producer per gas; negative if it cannot be included. */
export function effectiveTip(
  { maxFeePerGas, maxPriorityFeePerGas }: Pick<PooledTx, "maxFeePerGas" | "maxPriorityFeePerGas">,
  baseFee: bigint,
): bigint {
  const room = maxFeePerGas - baseFee;
  return maxPriorityFeePerGas < room ? maxPriorityFeePerGas : room;
}

function decodeOrExplain(raw: Uint8Array, chainId: number): TypedTransaction {
  try {
    return decodeTx(raw, chainId);
  } catch (error) {
    if (!hasCode(error, "PROTOCOL_BAD_TX")) throw error;
    const { problem } = (error as { data?: { problem?: unknown } }).data ?? {};
    throw explain(raw, chainId, String(problem), error);
  }
}

/** Kept, so that neither the builder nor whoever sends it again makes us recover it again. */
function senderOf(tx: TypedTransaction, hash: Hash): Address {
  const known = knownSender(hash);
  if (known !== undefined) return known;
  try {
    const from = recoverSender(tx);
    rememberSender(hash, from);
    return from;
  } catch (cause) {
    throw new PoolError("POOL_INVALID_SENDER", {}, cause);
  }
}

function feesOf(tx: TypedTransaction): { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
  if ("gasPrice" in tx) return { maxFeePerGas: tx.gasPrice, maxPriorityFeePerGas: tx.gasPrice };
  return tx as { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };
}

function assertGasLimit(tx: TypedTransaction): void {
  assertGasCap(tx.gasLimit);
  const intrinsic = tx.getIntrinsicGas();
  if (tx.gasLimit < intrinsic) {
    throw new PoolError("POOL_INTRINSIC_GAS", { gas: tx.gasLimit, minimum: intrinsic });
  }
  const minimum = tx.getMinimumGasLimit();
  if (tx.gasLimit < minimum) throw new PoolError("POOL_FLOOR_GAS", { gas: tx.gasLimit, minimum });
}

function assertGasCap(gas: bigint): void {
  if (gas > MAX_TX_GAS) throw new PoolError("POOL_GAS_CAP", { gas, cap: MAX_TX_GAS });
}

function assertInitCode(size: number): void {
  if (size > MAX_INIT_CODE_BYTES) {
    throw new PoolError("POOL_INIT_CODE", { size, limit: MAX_INIT_CODE_BYTES });
  }
}

/** Finds the words for what decoding refused; the fields are only looked at, nothing is accepted here. */
function explain(raw: Uint8Array, chainId: number, problem: string, cause: unknown): Error {
  if (raw.length === 0) return new PoolError("POOL_MALFORMED", { reason: "no bytes" }, cause);
  if (problem === "type") return new PoolError("POOL_TYPE", { type: raw[0] }, cause);
  if (problem === "canonical RLP") {
    return new PoolError("POOL_MALFORMED", { reason: "not canonical RLP" }, cause);
  }
  try {
    assertFields(peek(raw), chainId);
  } catch (error) {
    return error as Error;
  }
  if (problem === "signature") return new PoolError("POOL_INVALID_SENDER", {}, cause);
  return new PoolError("POOL_MALFORMED", { reason: `transaction ${problem} not valid` }, cause);
}

interface Peeked {
  type: number;
  chainId: bigint | null;
  gasLimit: bigint;
  tip: bigint;
  feeCap: bigint;
  isCreation: boolean;
  dataBytes: number;
  authorizations: number | null;
}

function assertFields(tx: Peeked, chainId: number): void {
  if (tx.chainId !== null && tx.chainId !== BigInt(chainId)) {
    throw new PoolError("POOL_CHAIN_ID", { have: tx.chainId, want: chainId });
  }
  assertGasCap(tx.gasLimit);
  if (tx.tip > tx.feeCap) {
    throw new PoolError("POOL_TIP_ABOVE_FEE_CAP", { tip: tx.tip, feeCap: tx.feeCap });
  }
  if (tx.isCreation) assertInitCode(tx.dataBytes);
  if (tx.authorizations !== null && (tx.authorizations === 0 || tx.isCreation)) {
    throw new PoolError("POOL_AUTHORIZATIONS");
  }
}

function peek(raw: Uint8Array): Peeked {
  const first = raw[0] ?? 0;
  const type = first >= 0xc0 ? 0 : first;
  const fields = RLP.decode(type === 0 ? raw : raw.subarray(1)) as unknown[];
  if (fields.length < 9) throw new PoolError("POOL_MALFORMED", { reason: "too few fields" });
  // Position of the fee cap; the tip stands before it in types 2 and 4, gas limit, to, value and data after it.
  const at = type === 0 ? 1 : type === 1 ? 2 : 3;
  const v = uint(fields[6]);
  const legacyChain = v >= 35n ? (v - 35n) / 2n : null;
  const authorizations = fields[9];
  return {
    type,
    chainId: type === 0 ? legacyChain : uint(fields[0]),
    feeCap: uint(fields[at]),
    tip: type >= 2 ? uint(fields[2]) : 0n,
    gasLimit: uint(fields[at + 1]),
    isCreation: lengthOf(fields[at + 2]) === 0,
    dataBytes: lengthOf(fields[at + 4]),
    authorizations: type !== 4 ? null : Array.isArray(authorizations) ? authorizations.length : 0,
  };
}

function uint(field: unknown): bigint {
  if (!(field instanceof Uint8Array) || field.length === 0 || field.length > 32) return 0n;
  return BigInt(toHex(field));
}

function lengthOf(field: unknown): number {
  return field instanceof Uint8Array ? field.length : 0;
}
