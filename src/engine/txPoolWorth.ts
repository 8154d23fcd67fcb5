import { IndexedHeap } from "../util/indexedHeap.js";
import type { PooledTx } from "./txPoolTx.js";

/**
 * What the last of some transactions in nonce order is worth to a block, whatever the base fee: it cannot be included before those in
 * front of it, so a high tip behind a low one is worth no more than the low one. Units: wei per gas.
 */
export type Worth = Pick<PooledTx, "maxFeePerGas" | "maxPriorityFeePerGas">;

/** Worth of a transaction behind others; `before` undefined: behind none. */
export function worthBehind(before: Worth | undefined, tx: Worth): Worth {
  if (before === undefined) return tx;
  const isCapLower = tx.maxFeePerGas < before.maxFeePerGas;
  const isTipLower = tx.maxPriorityFeePerGas < before.maxPriorityFeePerGas;
  if (isCapLower && isTipLower) return tx;
  if (!isCapLower && !isTipLower) return before;
  return {
    maxFeePerGas: isCapLower ? tx.maxFeePerGas : before.maxFeePerGas,
    maxPriorityFeePerGas: isTipLower ? tx.maxPriorityFeePerGas : before.maxPriorityFeePerGas,
  };
}

const isLess = (left: bigint, right: bigint): boolean => left < right;

/**
 * Finds whose worth is least at any base fee in logarithmic time. The base fee changes with every block, so one order would have to be
 * made anew; but the least of `min(tip, cap - base fee)` is the least tip or the least cap, and these two orders stand.
 */
export class TxPoolCheapest<Key> {
  readonly #byTip = new IndexedHeap<Key, bigint>(isLess);
  readonly #byCap = new IndexedHeap<Key, bigint>(isLess);
  readonly #worths = new Map<Key, Worth>();

  /** Undefined: takes the key out. */
  set(key: Key, worth: Worth | undefined): void {
    const known = this.#worths.get(key);
    if (worth === undefined) {
      if (known === undefined) return;
      this.#worths.delete(key);
      this.#byTip.delete(key);
      this.#byCap.delete(key);
      return;
    }
    this.#worths.set(key, worth);
    const { maxFeePerGas, maxPriorityFeePerGas } = worth;
    if (known?.maxPriorityFeePerGas !== maxPriorityFeePerGas) {
      this.#byTip.set(key, maxPriorityFeePerGas);
    }
    if (known?.maxFeePerGas !== maxFeePerGas) this.#byCap.set(key, maxFeePerGas);
  }

  /** The one worth least, `except` left out, with its effective tip. */
  lowest(baseFee: bigint, except?: Key): { key: Key; tip: bigint } | undefined {
    const [byTip, byCap] = [this.#byTip.lowest(except), this.#byCap.lowest(except)];
    if (byTip === undefined || byCap === undefined) return undefined;
    const room = byCap.rank - baseFee;
    return room < byTip.rank ? { key: byCap.key, tip: room } : { key: byTip.key, tip: byTip.rank };
  }
}
