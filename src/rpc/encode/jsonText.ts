import type { Block, FoundLog, FoundTransaction, Receipt } from "../../engine/types.js";
import { encodeBlock } from "./block.js";
import { encodeLog } from "./log.js";
import { encodeReceipt } from "./receipt.js";
import { encodeTransaction } from "./transaction.js";

/** A result that is JSON text already, as it will be sent. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For whoever makes JSON of something that holds it. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

// What a block holds never changes, and the engine hands out the same objects while it keeps them: their text lives as long.
const receipts = new WeakMap<Receipt, string>();
const logs = new WeakMap<FoundLog, string>();
const transactions = new WeakMap<FoundTransaction, string>();
const blocks = new WeakMap<FoundTransaction[], string>();

function remember<Item extends object>(
  texts: WeakMap<Item, string>,
  item: Item,
  encode: (item: Item) => unknown,
): string {
  let text = texts.get(item);
  if (text === undefined) {
    text = JSON.stringify(encode(item));
    texts.set(item, text);
  }
  return text;
}

const list = (texts: readonly string[]): string => `[${texts.join(",")}]`;

/** A receipt; `timestamp` is that of its block. */
export function receiptText(receipt: Receipt, timestamp: bigint): string {
  return remember(receipts, receipt, () => encodeReceipt(receipt, timestamp));
}

/** Receipts of one block. */
export function receiptsJson(all: readonly Receipt[], timestamp: bigint): JsonText {
  return new JsonText(list(all.map((receipt) => receiptText(receipt, timestamp))));
}

/** Logs in the order in which they are given. */
export function logsJson(all: readonly FoundLog[]): JsonText {
  return new JsonText(list(all.map((log) => remember(logs, log, encodeLog))));
}

/** A transaction of a block. One that waits in the pool has no place yet, so it is not remembered. */
export function transactionJson(found: FoundTransaction): JsonText {
  const text = found.block
    ? remember(transactions, found, encodeTransaction)
    : JSON.stringify(encodeTransaction(found));
  return new JsonText(text);
}

/** A block with its transactions in full. */
export function fullBlockJson(block: Block, full: FoundTransaction[]): JsonText {
  return new JsonText(remember(blocks, full, () => encodeBlock(block, full)));
}
