import type { StoreOperation } from "../../storage/types.js";
import { EMPTY_BYTES, fromHex, type Hex } from "../../util/hex.js";
import { encodeStored } from "../storedValue.js";

/**
 * Tables of the index. Lists end in a position of 8 bytes, so that a range of keys is a range of the list.
 * Shapes: `index/<table>/<parts>`; a bigint part is 8 bytes big-endian, a hex part its bytes.
 */
export const TABLES = {
  /** What chain the index is of. */
  identity: "id",
  /** Tips of the streams, and their units. */
  tip: "t",
  unit: "u",
  /** Withdrawals: rows by position, position by hash, positions by sender, target and L2 transaction. */
  withdrawals: "w",
  withdrawalByHash: "wh",
  withdrawalsBySender: "ws",
  withdrawalsByTarget: "wt",
  withdrawalsByTx: "wx",
  /** Portal logs by withdrawal hash and place. */
  portalLogs: "pl",
  /** Deposits: all, by account, by L1 transaction, by the L2 hash that wallets expect. */
  deposits: "d",
  depositsByFrom: "df",
  depositsByTo: "dt",
  depositsByL1Tx: "d1",
  depositByExpectedHash: "de",
  /** Where deposits are on L2: by record index, by L2 hash; and those that failed. */
  inclusions: "i",
  depositByL2Hash: "dl",
  failedDeposits: "dx",
  /** Proposals: rows by index, those that may still change, children of a parent, agreeing ones by the L2 block they claim. */
  proposals: "p",
  unsettledProposals: "pu",
  proposalChildren: "pc",
  proposalsByBlock: "pb",
} as const;

/** Name of a table. */
export type Table = (typeof TABLES)[keyof typeof TABLES];

const ROOT = "index/";
const text = new TextEncoder();
const MAX_POSITION = (1n << 64n) - 1n;

/** Everything that the index stores. */
export const INDEX_RANGE = { gte: text.encode(ROOT), lt: text.encode("index0") };

/** Key of a row, or the beginning of the keys of a list. Shapes: numbers below 2^64; larger ones count as the largest. */
export function indexKey(table: Table, ...parts: (bigint | Hex)[]): Uint8Array {
  const pieces = [text.encode(`${ROOT}${table}/`), ...parts.map(pieceOf)];
  const key = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    key.set(piece, at);
    at += piece.length;
  }
  return key;
}

/** Position at the end of a list's key. */
export function positionOf(key: Uint8Array): bigint {
  const end = key.subarray(key.length - 8);
  return new DataView(end.buffer, end.byteOffset).getBigUint64(0);
}

/** A row with content. */
export function putRow(key: Uint8Array, row: object): StoreOperation {
  return { type: "put", key, value: encodeStored(row) };
}

/** A row whose key says all. */
export function putMark(key: Uint8Array): StoreOperation {
  return { type: "put", key, value: EMPTY_BYTES };
}

function pieceOf(part: bigint | Hex): Uint8Array {
  if (typeof part === "string") return fromHex(part);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, part > MAX_POSITION ? MAX_POSITION : part);
  return bytes;
}
