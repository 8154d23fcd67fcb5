import { RLP } from "@ethereumjs/rlp";
import { type Address, fromHex, type Hash, toHex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { ProtocolError } from "./errors.js";
import { isCanonicalRlp } from "./rlpShape.js";

/** Type byte of deposit transactions. */
export const DEPOSIT_TX_TYPE = 0x7e;

/** A deposit transaction. Source: docs/protocol/deposits.md#transaction-type-0x7e */
export interface DepositTx {
  sourceHash: Hash;
  from: Address;
  /** Null: contract creation. */
  to: Address | null;
  mint: bigint;
  value: bigint;
  gas: bigint;
  isSystemTx: boolean;
  data: Uint8Array;
}

/** True if the envelope is of type 0x7E. */
export function isDepositTx(raw: Uint8Array): boolean {
  return raw[0] === DEPOSIT_TX_TYPE;
}

/** Transaction hash: the keccak of the envelope, for every type. */
export function hashTx(raw: Uint8Array): Hash {
  return keccakHex(raw);
}

/** Envelope of a deposit transaction. Errors: PROTOCOL_BAD_VALUE for a negative number or one over its width. */
export function encodeDepositTx(tx: DepositTx): Uint8Array {
  const body = RLP.encode([
    fixedBytes(tx.sourceHash, 32),
    fixedBytes(tx.from, 20),
    tx.to === null ? new Uint8Array(0) : fixedBytes(tx.to, 20),
    checkedUint(tx.mint, 256),
    checkedUint(tx.value, 256),
    checkedUint(tx.gas, 64),
    tx.isSystemTx ? 1n : 0n,
    tx.data,
  ]);
  const raw = new Uint8Array(1 + body.length);
  raw[0] = DEPOSIT_TX_TYPE;
  raw.set(body, 1);
  return raw;
}

/** Reverse of `encodeDepositTx`; accepts only what it produces. Errors: PROTOCOL_BAD_DEPOSIT_TX. */
export function decodeDepositTx(raw: Uint8Array): DepositTx {
  if (!isDepositTx(raw) || !isCanonicalRlp(raw.subarray(1), 1)) throw bad("canonical RLP");
  const fields = RLP.decode(raw.subarray(1));
  if (!Array.isArray(fields) || fields.length !== 8) throw bad("number of fields");
  const [sourceHash, from, to, mint, value, gas, isSystemTx, data] = fields as Uint8Array[] & {
    length: 8;
  };
  if (sourceHash?.length !== 32) throw bad("sourceHash");
  if (from?.length !== 20) throw bad("from");
  if (to?.length !== 20 && to?.length !== 0) throw bad("to");
  return {
    sourceHash: toHex(sourceHash),
    from: toHex(from),
    to: to.length === 0 ? null : toHex(to),
    mint: toUint(mint, 32, "mint"),
    value: toUint(value, 32, "value"),
    gas: toUint(gas, 8, "gas"),
    isSystemTx: toBoolean(isSystemTx),
    data: data as Uint8Array,
  };
}

function checkedUint(value: bigint, bits: number): bigint {
  if (value < 0n || value >> BigInt(bits) !== 0n) {
    throw new ProtocolError("PROTOCOL_BAD_VALUE", { value, bits });
  }
  return value;
}

function fixedBytes(hex: string, size: number): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes.length !== size) throw new ProtocolError("PROTOCOL_BAD_VALUE", { hex, size });
  return bytes;
}

function toUint(bytes: Uint8Array | undefined, maxBytes: number, field: string): bigint {
  if (bytes === undefined || bytes.length > maxBytes || bytes[0] === 0) throw bad(field);
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}

function toBoolean(bytes: Uint8Array | undefined): boolean {
  if (bytes?.length === 0) return false;
  if (bytes?.length === 1 && bytes[0] === 1) return true;
  throw bad("isSystemTx");
}

function bad(problem: string): Error {
  return new ProtocolError("PROTOCOL_BAD_DEPOSIT_TX", { problem });
}
