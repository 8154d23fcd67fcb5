import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import {
  BATCH_VERSION,
  MAX_BATCH_BLOCK_BYTES,
  MAX_BATCH_BLOCK_TXS,
  MAX_BATCH_BLOCKS,
} from "./constants.js";
import { ProtocolError } from "./errors.js";
import type { BatchBlock } from "./types.js";

/** Bytes of a batch before its first block. */
export const BATCH_HEADER_BYTES = 3;
/** dt, originDelta, nHints and nTx. */
const BLOCK_FIXED_BYTES = 10;
const HINT_BYTES = 4;
/** Bytes a transaction costs in a block beyond its own length. */
export const BATCH_TX_OVERHEAD_BYTES = 3;

/** Encoded size of a block. */
export function batchBlockSize(block: BatchBlock): number {
  return block.transactions.reduce(
    (size, tx) => size + BATCH_TX_OVERHEAD_BYTES + tx.length,
    BLOCK_FIXED_BYTES + HINT_BYTES * block.hints.length,
  );
}

/**
 * Encodes a batch that `readBatch` reads back whole.
 * Errors: PROTOCOL_BATCH_LIMIT if a limit of the format is exceeded, PROTOCOL_BAD_VALUE if a field does not fit.
 * Source: docs/protocol/batch.md
 */
export function encodeBatch(blocks: BatchBlock[]): Uint8Array {
  if (blocks.length > MAX_BATCH_BLOCKS) {
    throw new ProtocolError("PROTOCOL_BATCH_LIMIT", { blocks: blocks.length });
  }
  const size = blocks.reduce((sum, block) => sum + checkedBlockSize(block), BATCH_HEADER_BYTES);
  const writer = new ByteWriter(size).uint(1, BATCH_VERSION).uint(2, blocks.length);
  for (const block of blocks) {
    writer.uint(2, block.dt).uint(4, block.originDelta).uint(2, block.hints.length);
    for (const hint of block.hints) writer.uint(4, hint);
    writer.uint(2, block.transactions.length);
    for (const tx of block.transactions) writer.uint(3, tx.length).bytes(tx);
  }
  return writer.finish();
}

/**
 * Reads the blocks of a batch as far as they are whole. Total: never throws, whatever the bytes.
 * Shapes: the transactions are views of `data`.
 * Source: docs/protocol/batch.md
 */
export function readBatch(data: Uint8Array): BatchBlock[] {
  if (data.length < BATCH_HEADER_BYTES || data[0] !== BATCH_VERSION) return [];
  const reader = new ByteReader(data);
  reader.uint(1);
  const count = Math.min(reader.uint(2), MAX_BATCH_BLOCKS);
  const blocks: BatchBlock[] = [];
  while (blocks.length < count) {
    const block = readBlock(reader);
    if (block === null) break;
    blocks.push(block);
  }
  return blocks;
}

/** Null if the block is cut short or exceeds a limit; the reader is then somewhere inside it. */
function readBlock(reader: ByteReader): BatchBlock | null {
  const start = reader.offset;
  if (reader.remaining < 8) return null;
  const dt = reader.uint(2);
  const originDelta = reader.uint(4);
  const hintCount = reader.uint(2);
  if (reader.remaining < hintCount * HINT_BYTES + 2) return null;
  const hints: number[] = [];
  for (let i = 0; i < hintCount; i++) hints.push(reader.uint(HINT_BYTES));
  const txCount = reader.uint(2);
  if (txCount > MAX_BATCH_BLOCK_TXS) return null;
  const transactions: Uint8Array[] = [];
  for (let i = 0; i < txCount; i++) {
    if (reader.remaining < BATCH_TX_OVERHEAD_BYTES) return null;
    const length = reader.uint(3);
    if (reader.remaining < length) return null;
    transactions.push(reader.bytes(length));
  }
  return reader.offset - start > MAX_BATCH_BLOCK_BYTES
    ? null
    : { dt, originDelta, hints, transactions };
}

function checkedBlockSize(block: BatchBlock): number {
  const size = batchBlockSize(block);
  if (size > MAX_BATCH_BLOCK_BYTES || block.transactions.length > MAX_BATCH_BLOCK_TXS) {
    throw new ProtocolError("PROTOCOL_BATCH_LIMIT", { size, txs: block.transactions.length });
  }
  return size;
}
