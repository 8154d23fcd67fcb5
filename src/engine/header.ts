import type { BeaconWithdrawal } from "../protocol/types.js";
import type { Address, Hash } from "../util/hex.js";
import { EMPTY_BYTES, fromHex, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { EngineError } from "./errors.js";
import {
  asBytes,
  asInteger,
  asList,
  decodeRlp,
  encodeRlp,
  integerToBytes,
  type RlpItem,
} from "./state/rlp.js";
import type { BlockHeader } from "./types.js";

/** keccak(rlp([])) */
export const EMPTY_OMMERS_HASH: Hash = toHex(keccak256(Uint8Array.of(0xc0)));
/** sha256(""): no execution requests. */
export const EMPTY_REQUESTS_HASH: Hash =
  "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Number of fields that headers of a fork have: what each fork put at the end. */
export const HEADER_FIELDS = {
  frontier: 15,
  london: 16,
  shanghai: 17,
  cancun: 20,
  prague: 21,
} as const;

const ZERO_NONCE = `0x${"00".repeat(8)}` as const;
const FIELD_COUNTS = new Set<number>(Object.values(HEADER_FIELDS));

/** A header before its hash and size are known. */
export type UnsealedHeader = Omit<BlockHeader, "hash" | "sizeBytes">;

/** What stands beside the transactions in a block's RLP. */
export interface BlockParts {
  transactions: readonly Uint8Array[];
  ommers?: readonly Uint8Array[];
  withdrawals?: readonly BeaconWithdrawal[];
}

/** True if headers of this block have a field: `hasField(header, "london")` for the base fee, and so on. */
export function hasField(
  header: Pick<BlockHeader, "fieldCount">,
  fork: keyof typeof HEADER_FIELDS,
): boolean {
  return (header.fieldCount ?? HEADER_FIELDS.prague) >= HEADER_FIELDS[fork];
}

/** RLP of a header, fields in Prague's order, as many as its fork has. Source: docs/protocol/execution.md#header */
export function encodeHeader(header: UnsealedHeader): Uint8Array {
  const fields: Uint8Array[] = [
    fromHex(header.parentHash),
    fromHex(header.ommersHash ?? EMPTY_OMMERS_HASH),
    fromHex(header.feeRecipient),
    fromHex(header.stateRoot),
    fromHex(header.transactionsRoot),
    fromHex(header.receiptsRoot),
    header.logsBloom,
    header.difficulty ? integerToBytes(header.difficulty) : EMPTY_BYTES,
    integerToBytes(header.number),
    integerToBytes(header.gasLimit),
    integerToBytes(header.gasUsed),
    integerToBytes(header.timestamp),
    header.extraData,
    fromHex(header.prevRandao),
    fromHex(header.nonce ?? ZERO_NONCE),
    integerToBytes(header.baseFeePerGas),
    fromHex(header.withdrawalsRoot),
    integerToBytes(header.blobGasUsed),
    integerToBytes(header.excessBlobGas),
    fromHex(header.parentBeaconBlockRoot),
    fromHex(header.requestsHash),
  ];
  return encodeRlp(fields.slice(0, header.fieldCount ?? fields.length));
}

/** Header of a block whose RLP and hash are known. Errors: ENGINE_BAD_ENCODING. */
export function decodeHeader(rlp: Uint8Array, hash: Hash, sizeBytes: number): BlockHeader {
  const fields = asList(decodeRlp(rlp));
  if (!FIELD_COUNTS.has(fields.length)) {
    throw new EngineError("ENGINE_BAD_ENCODING", { reason: "number of header fields" });
  }
  const has = (index: number): boolean => index < fields.length;
  const hashAt = (index: number): Hash =>
    has(index) ? toHex(asBytes(fields[index], 32)) : `0x${"00".repeat(32)}`;
  const integerAt = (index: number, maxBytes: number): bigint =>
    has(index) ? asInteger(fields[index], maxBytes) : 0n;
  const ommersHash = hashAt(1);
  const difficulty = integerAt(7, 32);
  const nonce = toHex(asBytes(fields[14], 8));
  return {
    hash,
    sizeBytes,
    parentHash: hashAt(0),
    feeRecipient: toHex(asBytes(fields[2], 20)) as Address,
    stateRoot: hashAt(3),
    transactionsRoot: hashAt(4),
    receiptsRoot: hashAt(5),
    logsBloom: asBytes(fields[6], 256),
    number: integerAt(8, 8),
    gasLimit: integerAt(9, 8),
    gasUsed: integerAt(10, 8),
    timestamp: integerAt(11, 8),
    extraData: asBytes(fields[12]),
    prevRandao: hashAt(13),
    baseFeePerGas: integerAt(15, 32),
    withdrawalsRoot: hashAt(16),
    blobGasUsed: integerAt(17, 8),
    excessBlobGas: integerAt(18, 8),
    parentBeaconBlockRoot: hashAt(19),
    requestsHash: hashAt(20),
    ...(fields.length < HEADER_FIELDS.prague ? { fieldCount: fields.length } : {}),
    ...(difficulty > 0n ? { difficulty } : {}),
    ...(nonce !== ZERO_NONCE ? { nonce } : {}),
    ...(ommersHash !== EMPTY_OMMERS_HASH ? { ommersHash } : {}),
  };
}

/** Adds hash and block size to a header. */
export function sealHeader(
  header: UnsealedHeader,
  parts: BlockParts,
): { header: BlockHeader; rlp: Uint8Array } {
  const rlp = encodeHeader(header);
  const sizeBytes = blockSize(rlp.length, parts, hasField(header, "shanghai"));
  return { header: { ...header, hash: toHex(keccak256(rlp)), sizeBytes }, rlp };
}

/** A withdrawal as a block and the withdrawals trie hold it. Source: EIP-4895 */
export function withdrawalItem({
  index,
  validatorIndex,
  address,
  amountGwei,
}: BeaconWithdrawal): RlpItem {
  return [
    integerToBytes(index),
    integerToBytes(validatorIndex),
    fromHex(address),
    integerToBytes(amountGwei),
  ];
}

/** Reverse of `withdrawalItem`. Errors: ENGINE_BAD_ENCODING. */
export function withdrawalFromItem(item: RlpItem): BeaconWithdrawal {
  const fields = asList(item);
  if (fields.length !== 4) throw new EngineError("ENGINE_BAD_ENCODING", { reason: "withdrawal" });
  return {
    index: asInteger(fields[0], 8),
    validatorIndex: asInteger(fields[1], 8),
    address: toHex(asBytes(fields[2], 20)),
    amountGwei: asInteger(fields[3], 8),
  };
}

function listSize(payload: number): number {
  return payload + (payload < 56 ? 1 : 1 + Math.ceil(payload.toString(16).length / 2));
}

/** Length of rlp([header, transactions, ommers]), from Shanghai on with a list of withdrawals. */
function blockSize(headerBytes: number, parts: BlockParts, hasWithdrawals: boolean): number {
  let payload = 0;
  for (const raw of parts.transactions) {
    const isLegacy = (raw[0] ?? 0) >= 0xc0;
    payload += isLegacy ? raw.length : listSize(raw.length);
  }
  const ommers = (parts.ommers ?? []).reduce((sum, ommer) => sum + ommer.length, 0);
  const withdrawals = hasWithdrawals
    ? encodeRlp((parts.withdrawals ?? []).map(withdrawalItem)).length
    : 0;
  return listSize(headerBytes + listSize(payload) + listSize(ommers) + withdrawals);
}
