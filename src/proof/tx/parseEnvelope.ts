import { recoverAddress } from "../../engine/recoverAddress.js";
import { encodeRlp, integerToBytes } from "../../engine/state/rlp.js";
import { MAX_TX_BYTES, MAX_TX_GAS } from "../../protocol/index.js";
import { keccak256 } from "../../util/keccak.js";
import type { Word } from "../state/types.js";
import { LIMIT } from "../table.js";
import { RlpCursor, readSpan, wordOf } from "./rlpCursor.js";

/** A signed envelope, as far as the machine keeps it. Offsets are in the envelope. */
export interface ParsedEnvelope {
  type: number;
  nonce: bigint;
  maxFee: bigint;
  maxPriorityFee: bigint;
  gasLimit: bigint;
  /** Null: a creation. */
  to: Word | null;
  value: bigint;
  dataOff: number;
  dataLen: number;
  /** Content of the access list; both 0 if the type has none. */
  aclOff: number;
  aclEnd: number;
  authOff: number;
  authEnd: number;
  sender: Word;
  intrinsic: number;
  floor: number;
}

const MAX_NONCE = 2n ** 64n - 1n;
const MAX_WORD = 2n ** 256n - 1n;
const CREATION_GAS = 32_000;
const INIT_CODE_WORD_GAS = 2;
const LISTED_ADDRESS_GAS = 2_400;
const LISTED_SLOT_GAS = 1_900;
const AUTHORIZATION_GAS = 25_000;
/** Gas of every transaction, also the base of EIP-7623's floor. */
export const TX_GAS = 21_000;
/** Of a token of calldata: for the intrinsic gas, and for the floor. Source: EIP-7623 */
export const TOKEN_GAS = 4;
export const FLOOR_TOKEN_GAS = 10;

/** Tokens of calldata: one for a zero byte, four for another. Source: EIP-7623 */
export function tokensOf(bytes: Uint8Array, start: number, end: number): number {
  let zeros = 0;
  for (let i = start; i < end; i++) if (bytes[i] === 0) zeros++;
  return zeros + 4 * (end - start - zeros);
}

/** What creations add for their code. Source: EIP-3860 */
export function creationGas(initCodeBytes: number): number {
  return CREATION_GAS + INIT_CODE_WORD_GAS * Math.ceil(initCodeBytes / 32);
}

/** Gas of an access list's content, or undefined if it is no access list. */
function accessListGas(raw: Uint8Array, start: number, end: number): number | undefined {
  const items = new RlpCursor(raw, start, end);
  let gas = 0;
  while (!items.isDone) {
    const { start: from, end: to } = items.list();
    if (items.failed) return undefined;
    const item = new RlpCursor(raw, from, to);
    item.fixed(20);
    const keys = item.list();
    if (item.failed || !item.isDone) return undefined;
    gas += LISTED_ADDRESS_GAS;
    const cursor = new RlpCursor(raw, keys.start, keys.end);
    while (!cursor.isDone) {
      cursor.fixed(32);
      if (cursor.failed) return undefined;
      gas += LISTED_SLOT_GAS;
    }
  }
  return gas;
}

/** One EIP-7702 authorization as it stands; nothing of it is judged but its form. */
export interface ParsedAuthorization {
  chainId: bigint;
  address: Word;
  nonce: bigint;
  yParity: bigint;
  r: bigint;
  s: bigint;
  /** Behind the tuple. */
  end: number;
}

/** The tuple at `at`, or undefined if it is none. Source: EIP-7702 */
export function parseAuthorization(
  raw: Uint8Array,
  at: number,
  limit: number,
): ParsedAuthorization | undefined {
  const span = readSpan(raw, at, limit);
  if (span?.isList !== true) return undefined;
  const cursor = new RlpCursor(raw, span.start, span.end);
  const chainId = cursor.integer(32);
  const { start, end } = cursor.fixed(20);
  const nonce = cursor.integer(8);
  const yParity = cursor.integer(1);
  const [r, s] = [cursor.integer(32), cursor.integer(32)];
  if (cursor.failed || !cursor.isDone) return undefined;
  return { chainId, address: wordOf(raw, start, end), nonce, yParity, r, s, end: span.end };
}

/** Number of authorizations, or undefined if one is malformed or there is none. */
function countAuthorizations(raw: Uint8Array, start: number, end: number): number | undefined {
  let count = 0;
  for (let at = start; at < end; count++) {
    const tuple = parseAuthorization(raw, at, end);
    if (tuple === undefined) return undefined;
    at = tuple.end;
  }
  return count > 0 ? count : undefined;
}

function recover(hash: Uint8Array, r: bigint, s: bigint, yParity: bigint): Word | undefined {
  const address = recoverAddress(hash, r, s, yParity);
  return address === undefined ? undefined : wordOf(address, 0, address.length);
}

/** Signer of an authorization, or undefined. Source: EIP-7702 */
export function authorityOf(auth: ParsedAuthorization): Word | undefined {
  const address = new Uint8Array(20);
  address.set(Buffer.from(auth.address.toString(16).padStart(40, "0"), "hex"));
  const body = encodeRlp([integerToBytes(auth.chainId), address, integerToBytes(auth.nonce)]);
  const message = new Uint8Array(body.length + 1);
  message[0] = 5;
  message.set(body, 1);
  return recover(keccak256(message), auth.r, auth.s, auth.yParity);
}

/** Hash that was signed: the type, the fields before the signature as a list of their own, and `suffix` in that list. */
function signedHash(type: number, fields: Uint8Array, suffix: Uint8Array): Uint8Array {
  const length = fields.length + suffix.length;
  // The header of a list is that of a string, 0x40 higher.
  const head =
    length < 56
      ? Uint8Array.of(0xc0 + length)
      : (() => {
          const size = integerToBytes(length);
          return Uint8Array.of(0xf7 + size.length, ...size);
        })();
  const prefix = type === 0 ? head : Uint8Array.of(type, ...head);
  const message = new Uint8Array(prefix.length + length);
  message.set(prefix);
  message.set(fields, prefix.length);
  message.set(suffix, prefix.length + fields.length);
  return keccak256(message);
}

/**
 * Reads a signed envelope of type legacy, 1, 2 or 4 and checks all that needs no state; undefined if it is to be dropped.
 * Total. `isPlain` lifts the bound on the size, which L1 does not have.
 * Source: docs/protocol/derivation.md#stateless-validity-of-a-transaction
 */
export function parseEnvelope(
  raw: Uint8Array,
  chainId: bigint,
  isPlain = false,
): ParsedEnvelope | undefined {
  if (raw.length === 0 || (!isPlain && raw.length > MAX_TX_BYTES)) return undefined;
  const first = raw[0] as number;
  if (first < 0xc0 && first !== 1 && first !== 2 && first !== 4) return undefined;
  const type = first >= 0xc0 ? 0 : first;
  const outer = readSpan(raw, type === 0 ? 0 : 1, raw.length);
  if (outer?.isList !== true || outer.end !== raw.length) return undefined;
  const cursor = new RlpCursor(raw, outer.start, outer.end);

  if (type !== 0 && cursor.integer(32) !== chainId) return undefined;
  const nonce = cursor.integer(8);
  // Types with one gas price: it is both.
  const maxPriorityFee = cursor.integer(32);
  const maxFee = type === 2 || type === 4 ? cursor.integer(32) : maxPriorityFee;
  const gasLimit = cursor.integer(8);
  const toSpan = cursor.string();
  const toLength = toSpan.end - toSpan.start;
  const value = cursor.integer(32);
  const data = cursor.string();
  const dataLen = data.end - data.start;
  const acl = type === 0 ? undefined : cursor.list();
  const auths = type === 4 ? cursor.list() : undefined;
  const signatureAt = cursor.at;
  const v = cursor.integer(32);
  const [r, s] = [cursor.integer(32), cursor.integer(32)];
  if (cursor.failed || !cursor.isDone) return undefined;
  if (toLength !== 0 && toLength !== 20) return undefined;
  const to = toLength === 0 ? null : wordOf(raw, toSpan.start, toSpan.end);

  const aclGas = acl ? accessListGas(raw, acl.start, acl.end) : 0;
  if (aclGas === undefined) return undefined;
  const authCount = auths ? countAuthorizations(raw, auths.start, auths.end) : 0;
  if (authCount === undefined || (type === 4 && to === null)) return undefined;

  const isProtected = type === 0 && v !== 27n && v !== 28n;
  const yParity = type !== 0 ? v : isProtected ? v - 35n - 2n * chainId : v - 27n;
  if (yParity !== 0n && yParity !== 1n) return undefined;
  const suffix = isProtected
    ? Uint8Array.of(...encodeRlp(integerToBytes(chainId)), 0x80, 0x80)
    : new Uint8Array();
  const hash = signedHash(type, raw.subarray(outer.start, signatureAt), suffix);
  const sender = recover(hash, r, s, yParity);
  if (sender === undefined) return undefined;

  const tokens = tokensOf(raw, data.start, data.end);
  const intrinsic =
    TX_GAS +
    TOKEN_GAS * tokens +
    (to === null ? creationGas(dataLen) : 0) +
    aclGas +
    AUTHORIZATION_GAS * authCount;
  const floor = TX_GAS + FLOOR_TOKEN_GAS * tokens;
  if (gasLimit > MAX_TX_GAS || gasLimit < BigInt(Math.max(intrinsic, floor))) return undefined;
  if (nonce >= MAX_NONCE || maxPriorityFee > maxFee || gasLimit * maxFee > MAX_WORD)
    return undefined;
  if (to === null && dataLen > LIMIT.initCode) return undefined;
  return {
    type,
    nonce,
    maxFee,
    maxPriorityFee,
    gasLimit,
    to,
    value,
    dataOff: data.start,
    dataLen,
    aclOff: acl?.start ?? 0,
    aclEnd: acl?.end ?? 0,
    authOff: auths?.start ?? 0,
    authEnd: auths?.end ?? 0,
    sender,
    intrinsic,
    floor,
  };
}
