import type { Address, Hash } from "../util/hex.js";
import { EMPTY_BYTES, fromHex, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { asBytes, asInteger, asList, decodeRlp, encodeRlp, integerToBytes } from "./state/rlp.js";
import type { BlockHeader } from "./types.js";

/** keccak(rlp([])) */
const EMPTY_OMMERS = keccak256(Uint8Array.of(0xc0));
/** sha256(""): no execution requests. */
export const EMPTY_REQUESTS_HASH: Hash =
  "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ZERO_NONCE = new Uint8Array(8);

/** A header before its hash and size are known. */
export type UnsealedHeader = Omit<BlockHeader, "hash" | "sizeBytes">;

/** RLP of a header, fields in Prague's order. Source: docs/protocol/execution.md#header */
export function encodeHeader(header: UnsealedHeader): Uint8Array {
  return encodeRlp([
    fromHex(header.parentHash),
    EMPTY_OMMERS,
    fromHex(header.feeRecipient),
    fromHex(header.stateRoot),
    fromHex(header.transactionsRoot),
    fromHex(header.receiptsRoot),
    header.logsBloom,
    EMPTY_BYTES,
    integerToBytes(header.number),
    integerToBytes(header.gasLimit),
    integerToBytes(header.gasUsed),
    integerToBytes(header.timestamp),
    header.extraData,
    fromHex(header.prevRandao),
    ZERO_NONCE,
    integerToBytes(header.baseFeePerGas),
    fromHex(header.withdrawalsRoot),
    integerToBytes(header.blobGasUsed),
    integerToBytes(header.excessBlobGas),
    fromHex(header.parentBeaconBlockRoot),
    fromHex(header.requestsHash),
  ]);
}

/** Header of a block whose RLP and hash are known. */
export function decodeHeader(rlp: Uint8Array, hash: Hash, sizeBytes: number): BlockHeader {
  const fields = asList(decodeRlp(rlp));
  const hashAt = (index: number): Hash => toHex(asBytes(fields[index], 32));
  const integerAt = (index: number): bigint => asInteger(fields[index]);
  return {
    hash,
    sizeBytes,
    parentHash: hashAt(0),
    feeRecipient: toHex(asBytes(fields[2], 20)) as Address,
    stateRoot: hashAt(3),
    transactionsRoot: hashAt(4),
    receiptsRoot: hashAt(5),
    logsBloom: asBytes(fields[6], 256),
    number: integerAt(8),
    gasLimit: integerAt(9),
    gasUsed: integerAt(10),
    timestamp: integerAt(11),
    extraData: asBytes(fields[12]),
    prevRandao: hashAt(13),
    baseFeePerGas: integerAt(15),
    withdrawalsRoot: hashAt(16),
    blobGasUsed: integerAt(17),
    excessBlobGas: integerAt(18),
    parentBeaconBlockRoot: hashAt(19),
    requestsHash: hashAt(20),
  };
}

/** Adds hash and block size to a header. */
export function sealHeader(
  header: UnsealedHeader,
  transactions: readonly Uint8Array[],
): { header: BlockHeader; rlp: Uint8Array } {
  const rlp = encodeHeader(header);
  const sizeBytes = blockSize(rlp.length, transactions);
  return { header: { ...header, hash: toHex(keccak256(rlp)), sizeBytes }, rlp };
}

/** Length of rlp([header, transactions, [], []]). */
function blockSize(headerBytes: number, transactions: readonly Uint8Array[]): number {
  const listSize = (payload: number): number =>
    payload + (payload < 56 ? 1 : 1 + Math.ceil(payload.toString(16).length / 2));
  let payload = 0;
  for (const raw of transactions) {
    const isLegacy = (raw[0] ?? 0) >= 0xc0;
    payload += isLegacy ? raw.length : listSize(raw.length);
  }
  return listSize(headerBytes + listSize(payload) + 2);
}
