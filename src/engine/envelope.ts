import { decodeDepositTx, isDepositTx } from "../protocol/index.js";
import { type Address, type Hash, type Hex, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { Lru } from "../util/lru.js";
import { EngineError } from "./errors.js";
import { isHighS, packSignature, recoverAddress } from "./recoverAddress.js";
import {
  asBytes,
  asInteger,
  asList,
  decodeRlp,
  encodeRlp,
  integerToBytes,
  type RlpItem,
} from "./state/rlp.js";

/** One EIP-7702 authorization; `authority` is undefined if the signature is not valid. */
export interface Authorization {
  chainId: bigint;
  address: Address;
  nonce: bigint;
  authority: Address | undefined;
}

/** What a message to the EVM says, whoever it comes from. */
export interface TxMessage {
  from: Address;
  /** Null: contract creation. */
  to: Address | null;
  value: bigint;
  gasLimit: bigint;
  data: Uint8Array;
  accessList: { address: Address; storageKeys: Hash[] }[];
  authorizations: Authorization[];
  /** Blob transactions only: versioned hashes of the blobs. */
  blobHashes?: Hash[];
}

/** A signed transaction, decoded and its sender recovered. */
export interface SignedTx extends TxMessage {
  kind: "signed";
  type: 0 | 1 | 2 | 3 | 4;
  raw: Uint8Array;
  hash: Hash;
  /** Undefined: an unprotected legacy transaction. */
  chainId: bigint | undefined;
  nonce: bigint;
  /** For the types with one gas price both are that. */
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
  /** Blob transactions only. Units: wei. */
  maxFeePerBlobGas?: bigint;
  /** True: the signature has the greater of its two possible values of s, which EIP-2 forbade with Homestead. */
  hasHighS?: boolean;
}

/** A deposit. Source: docs/protocol/deposits.md */
export interface DepositMessage extends TxMessage {
  kind: "deposit";
  type: 0x7e;
  raw: Uint8Array;
  hash: Hash;
  sourceHash: Hash;
  mint: bigint;
  /** OP chains before Regolith only; nowhere else is such a deposit valid. */
  isSystemTx?: true;
}

/** Whatever a block may hold, told apart by `kind`. */
export type BlockTx = SignedTx | DepositMessage;

function reject(reason: string): never {
  throw new EngineError("ENGINE_INVALID_TRANSACTION", { reason });
}

const toAddress = (item: RlpItem | undefined): Address => toHex(asBytes(item, 20));

function toRecipient(item: RlpItem | undefined): Address | null {
  return asBytes(item).length === 0 ? null : toAddress(item);
}

function toAccessList(item: RlpItem | undefined): SignedTx["accessList"] {
  return asList(item).map((entry) => {
    const fields = asList(entry);
    if (fields.length !== 2) reject("access list");
    return {
      address: toAddress(fields[0]),
      storageKeys: asList(fields[1]).map((key) => toHex(asBytes(key, 32))),
    };
  });
}

function toAuthorization(item: RlpItem): Authorization {
  const fields = asList(item);
  if (fields.length !== 6) reject("authorization");
  const chainId = asInteger(fields[0]);
  const address = asBytes(fields[1], 20);
  const nonce = asInteger(fields[2], 8);
  const yParity = asInteger(fields[3], 1);
  const message = encodeRlp([integerToBytes(chainId), address, integerToBytes(nonce)]);
  const signer = recoverAddress(
    keccak256(withType(5, message)),
    asInteger(fields[4]),
    asInteger(fields[5]),
    yParity,
  );
  return { chainId, address: toHex(address), nonce, authority: signer && toHex(signer) };
}

/** A typed envelope: the type byte before the body. */
export function withType(type: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 1);
  out[0] = type;
  out.set(body, 1);
  return out;
}

interface Sender {
  from: Address;
  hasHighS?: boolean;
}

/** Senders by transaction hash: a transaction is decoded by pool, builder and payload check, and recovery is what costs. */
const knownSenders = new Lru<Hash, Sender>(20_000);

/** Tells whose a transaction is, for whoever has found that out by the rules above: low `s` and all. */
export function rememberSender(txHash: Hash, from: Address): void {
  knownSenders.set(txHash, { from });
}

/** Whose a transaction is, if it was found out before and the signature is one that every chain takes. */
export function knownSender(txHash: Hash): Address | undefined {
  const known = knownSenders.get(txHash);
  return known?.hasHighS ? undefined : known?.from;
}

/** How a transaction was signed. */
interface SignaturePart {
  txHash: Hash;
  signedHash(): Uint8Array;
  fields: readonly RlpItem[];
  yParity: bigint;
  mayHaveHighS: boolean;
}

function senderOf({ txHash, signedHash, fields, yParity, mayHaveHighS }: SignaturePart): Sender {
  const known = knownSenders.get(txHash);
  if (known) return known;
  const [r, s] = signatureOf(fields);
  const hasHighS = mayHaveHighS && isHighS(s);
  const signer = recoverAddress(signedHash(), r, s, yParity, hasHighS);
  if (!signer) return reject("signature");
  const sender = { from: toHex(signer), ...(hasHighS ? { hasHighS } : {}) };
  knownSenders.set(txHash, sender);
  return sender;
}

const signatureOf = (fields: readonly RlpItem[]): [r: bigint, s: bigint] =>
  fields.slice(-2).map((item) => asInteger(item)) as [bigint, bigint];

function questionOf({
  txHash,
  signedHash,
  fields,
  yParity,
}: SignaturePart): Uint8Array | undefined {
  if (knownSenders.get(txHash)) return undefined;
  const [r, s] = signatureOf(fields);
  return packSignature(signedHash(), r, s, yParity);
}

/** A transaction whose sender is not looked for yet, because that costs more than all the rest. */
export interface UnsignedTx {
  tx: Omit<SignedTx, "from" | "hasHighS">;
  /** Errors: ENGINE_INVALID_TRANSACTION. */
  findSender(): { from: Address; hasHighS?: boolean };
  /** The packed signature for whoever finds the sender elsewhere. Undefined: it is known, or nobody can have signed. */
  question(): Uint8Array | undefined;
}

const unsigned = (tx: UnsignedTx["tx"], part: SignaturePart): UnsignedTx => ({
  tx,
  findSender: () => senderOf(part),
  question: () => questionOf(part),
});
const complete = ({ tx, findSender }: UnsignedTx): SignedTx => ({ ...tx, ...findSender() });

function decodeLegacy(raw: Uint8Array, hash: Hash): UnsignedTx {
  const fields = asList(decodeRlp(raw));
  if (fields.length !== 9) reject("number of fields");
  const v = asInteger(fields[6]);
  const isProtected = v >= 35n;
  if (!isProtected && v !== 27n && v !== 28n) reject("signature");
  const chainId = isProtected ? (v - 35n) / 2n : undefined;
  const signed = [...fields.slice(0, 6)];
  if (chainId !== undefined)
    signed.push(integerToBytes(chainId), new Uint8Array(), new Uint8Array());
  const yParity = isProtected ? (v - 35n) % 2n : v - 27n;
  const gasPrice = asInteger(fields[1]);
  const tx: UnsignedTx["tx"] = {
    kind: "signed",
    type: 0,
    raw,
    hash,
    chainId,
    nonce: asInteger(fields[0], 8),
    maxFeePerGas: gasPrice,
    maxPriorityFeePerGas: gasPrice,
    gasLimit: asInteger(fields[2], 8),
    to: toRecipient(fields[3]),
    value: asInteger(fields[4]),
    data: asBytes(fields[5]),
    accessList: [],
    authorizations: [],
  };
  const signedHash = (): Uint8Array => keccak256(encodeRlp(signed));
  return unsigned(tx, { txHash: hash, signedHash, fields, yParity, mayHaveHighS: !isProtected });
}

/** Fields of each type, the signature's three counted. */
const FIELD_COUNTS = { 1: 11, 2: 12, 3: 14, 4: 13 } as const;

function decodeTyped(raw: Uint8Array, hash: Hash, type: 1 | 2 | 3 | 4): UnsignedTx {
  const fields = asList(decodeRlp(raw.subarray(1)));
  const count = FIELD_COUNTS[type];
  if (fields.length !== count) reject("number of fields");
  // Types 2 to 4 have the tip before the fee cap; from the gas limit on the order is the same.
  const at = type === 1 ? 3 : 4;
  const yParity = asInteger(fields[count - 3]);
  if (yParity > 1n) reject("signature");
  const maxFeePerGas = asInteger(fields[at - 1]);
  const tx: UnsignedTx["tx"] = {
    kind: "signed",
    type,
    raw,
    hash,
    chainId: asInteger(fields[0]),
    nonce: asInteger(fields[1], 8),
    maxFeePerGas,
    maxPriorityFeePerGas: type === 1 ? maxFeePerGas : asInteger(fields[2]),
    gasLimit: asInteger(fields[at], 8),
    to: toRecipient(fields[at + 1]),
    value: asInteger(fields[at + 2]),
    data: asBytes(fields[at + 3]),
    accessList: toAccessList(fields[at + 4]),
    authorizations: type === 4 ? asList(fields[at + 5]).map(toAuthorization) : [],
    ...(type === 3 ? toBlobFields(fields[at + 5], fields[at + 6]) : {}),
  };
  const signedHash = (): Uint8Array => keccak256(withType(type, encodeRlp(fields.slice(0, -3))));
  return unsigned(tx, { txHash: hash, signedHash, fields, yParity, mayHaveHighS: false });
}

function toBlobFields(maxFee: RlpItem | undefined, hashes: RlpItem | undefined) {
  return {
    maxFeePerBlobGas: asInteger(maxFee),
    blobHashes: asList(hashes).map((item) => toHex(asBytes(item, 32))),
  };
}

/**
 * Decodes an envelope of any type a block of any chain may hold; which types and signatures a chain takes is up to its rules.
 * Errors: ENGINE_INVALID_TRANSACTION, ENGINE_BAD_ENCODING.
 */
export function decodeEnvelope(raw: Uint8Array, knownHash?: Hash): BlockTx {
  const hash: Hex = knownHash ?? toHex(keccak256(raw));
  if (isDepositTx(raw)) {
    const { from, to, mint, value, gas, data, sourceHash, isSystemTx } = decodeDepositTx(raw);
    const empty = { accessList: [], authorizations: [] };
    const message = { from, to, value, gasLimit: gas, data, ...empty };
    const deposit = { kind: "deposit", type: 0x7e, raw, hash, sourceHash, mint } as const;
    return { ...deposit, ...message, ...(isSystemTx ? { isSystemTx } : {}) };
  }
  return complete(decodeUnsigned(raw, hash));
}

/**
 * Decodes the envelope of a signed transaction; the authorities of type 4 are found, the sender is not.
 * Errors: ENGINE_INVALID_TRANSACTION, ENGINE_BAD_ENCODING.
 */
export function decodeUnsigned(raw: Uint8Array, hash: Hash): UnsignedTx {
  const first = raw[0];
  if (first === undefined) return reject("no bytes");
  if (first >= 0xc0) return decodeLegacy(raw, hash);
  if (first === 1 || first === 2 || first === 3 || first === 4)
    return decodeTyped(raw, hash, first);
  return reject("type");
}
