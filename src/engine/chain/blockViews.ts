import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { expandReceipts } from "../receipts.js";
import type { BlockHeader, FoundLog, FoundTransaction, Receipt } from "../types.js";
import type { ChainStore } from "./chainStore.js";

/** Bytes that the views of each kind may take, about; the JSON text that readers keep with them counted in. */
const MAX_BYTES = 48 * 2 ** 20;
/** What a receipt, log or transaction takes beside its data. */
const ITEM_BYTES = 2_048;
/** Data are kept as bytes, and as hex text, alone and in that of the block, once they have been sent. */
const PER_DATA_BYTE = 5;

const logBytes = ({ data }: { data: Uint8Array }): number =>
  ITEM_BYTES + PER_DATA_BYTE * data.length;

function sum<Item>(items: readonly Item[], weigh: (item: Item) => number): number {
  return items.reduce((total, item) => total + weigh(item), ITEM_BYTES);
}

/**
 * Receipts, transactions and logs of blocks as readers get them, made once and kept while there is room: the same block is asked
 * for many times. Whoever reads them must not change them.
 */
export class BlockViews {
  readonly #chain: ChainStore;
  readonly #receipts = new Lru<Hash, Receipt[]>(MAX_BYTES, (receipts) =>
    sum(receipts, ({ logs }) => sum(logs, logBytes)),
  );
  readonly #transactions = new Lru<Hash, FoundTransaction[]>(MAX_BYTES, (transactions) =>
    sum(transactions, ({ raw }) => ITEM_BYTES + PER_DATA_BYTE * raw.length),
  );
  readonly #logs = new Lru<Hash, FoundLog[]>(MAX_BYTES, (logs) => sum(logs, logBytes));

  constructor(chain: ChainStore) {
    this.#chain = chain;
  }

  receipts(hash: Hash): Receipt[] | undefined {
    return this.#receipts.get(hash) ?? keep(this.#receipts, hash, this.#readReceipts(hash));
  }

  transactions(header: BlockHeader): FoundTransaction[] | undefined {
    const { hash } = header;
    const known = this.#transactions.get(hash);
    return known ?? keep(this.#transactions, hash, this.#readTransactions(header));
  }

  logs(header: BlockHeader): FoundLog[] | undefined {
    const { hash } = header;
    return this.#logs.get(hash) ?? keep(this.#logs, hash, this.#readLogs(header));
  }

  #readReceipts(hash: Hash): Receipt[] | undefined {
    const header = this.#chain.getHeader(hash);
    const receipts = this.#chain.getReceipts(hash);
    const body = this.#chain.getBody(hash);
    if (!header || !receipts || !body) return undefined;
    return expandReceipts(receipts, header, body.hashes);
  }

  #readTransactions(header: BlockHeader): FoundTransaction[] | undefined {
    const { hash, number, timestamp, baseFeePerGas } = header;
    const receipts = this.#chain.getReceipts(hash)?.receipts;
    const body = this.#chain.getBody(hash);
    if (!receipts || !body) return undefined;
    const block = { hash, number, timestamp, baseFeePerGas };
    return receipts.map(({ from, depositNonce }, index) => ({
      hash: body.hashes[index] as Hash,
      raw: body.transactions[index] as Uint8Array,
      from,
      depositNonce,
      block,
      index,
    }));
  }

  #readLogs(header: BlockHeader): FoundLog[] | undefined {
    const receipts = this.#chain.getReceipts(header.hash)?.receipts;
    const body = this.#chain.getBody(header.hash);
    if (!receipts || !body) return undefined;
    let logIndex = 0;
    return receipts.flatMap(({ logs }, transactionIndex) =>
      logs.map((log) => ({
        ...log,
        blockNumber: header.number,
        blockHash: header.hash,
        blockTimestamp: header.timestamp,
        transactionHash: body.hashes[transactionIndex] as Hash,
        transactionIndex,
        logIndex: logIndex++,
        removed: false,
      })),
    );
  }
}

function keep<View>(views: Lru<Hash, View>, hash: Hash, view: View | undefined): View | undefined {
  if (view !== undefined) views.set(hash, view);
  return view;
}
