import type { PooledTx } from "./txPoolTx.js";
import { type Worth, worthBehind } from "./txPoolWorth.js";

/** One executable transaction with all before it. */
interface Link {
  tx: PooledTx;
  /** Most that it and those before it can cost. */
  costWei: bigint;
  worth: Worth;
}

/** What the chain says of an account. */
export interface AccountState {
  nonce: bigint;
  balance: bigint;
}

/**
 * The pooled transactions of one sender.
 * Those from the account's nonce on, without a gap and as long as the balance covers all of them, are executable ("pending"); the rest
 * waits ("queued").
 */
export class TxPoolAccount {
  #run: Link[] = [];
  readonly #waiting = new Map<bigint, PooledTx>();
  #stateNonce: bigint;
  #balance: bigint;

  constructor({ nonce, balance }: AccountState) {
    this.#stateNonce = nonce;
    this.#balance = balance;
  }

  get state(): AccountState {
    return { nonce: this.#stateNonce, balance: this.#balance };
  }

  get stateNonce(): bigint {
    return this.#stateNonce;
  }

  /** First nonce after the executable ones. */
  get nextNonce(): bigint {
    return this.#stateNonce + BigInt(this.#run.length);
  }

  get size(): number {
    return this.#run.length + this.#waiting.size;
  }

  get pendingCount(): number {
    return this.#run.length;
  }

  get queuedCount(): number {
    return this.#waiting.size;
  }

  /** Sum of what the executable ones can cost. */
  get pendingCostWei(): bigint {
    return this.#run.at(-1)?.costWei ?? 0n;
  }

  /** Of the last executable one. */
  get pendingWorth(): Worth | undefined {
    return this.#run.at(-1)?.worth;
  }

  /** Of the last waiting one, as if nothing were missing before it. */
  get queuedWorth(): Worth | undefined {
    if (this.#waiting.size === 0) return undefined;
    let worth = this.pendingWorth;
    for (const tx of this.#waiting.values()) worth = worthBehind(worth, tx);
    return worth;
  }

  get(nonce: bigint): PooledTx | undefined {
    return this.isExecutable(nonce)
      ? this.#run[this.#placeOf(nonce)]?.tx
      : this.#waiting.get(nonce);
  }

  isExecutable(nonce: bigint): boolean {
    return nonce >= this.#stateNonce && nonce < this.nextNonce;
  }

  isAt({ nonce, balance }: AccountState): boolean {
    return nonce === this.#stateNonce && balance === this.#balance;
  }

  /** Takes a transaction in; one with the same nonce is replaced and returned. */
  set(tx: PooledTx): PooledTx | undefined {
    const replaced = this.get(tx.nonce);
    if (this.isExecutable(tx.nonce)) this.#cut(this.#placeOf(tx.nonce));
    this.#waiting.set(tx.nonce, tx);
    this.#extend();
    return replaced;
  }

  /** Those behind an executable one that goes wait from then on. */
  remove(nonce: bigint): void {
    if (this.isExecutable(nonce)) this.#cut(this.#placeOf(nonce));
    this.#waiting.delete(nonce);
  }

  /** The chain moved: forgets and returns what is below the new nonce. */
  setState({ nonce, balance }: AccountState): PooledTx[] {
    if (nonce === this.#stateNonce && balance > this.#balance) {
      this.#balance = balance;
      this.#extend();
      return [];
    }
    this.#cut(0);
    this.#stateNonce = nonce;
    this.#balance = balance;
    const stale = [...this.#waiting.values()].filter((tx) => tx.nonce < nonce);
    for (const tx of stale) this.#waiting.delete(tx.nonce);
    this.#extend();
    return stale;
  }

  /** Costs were changed from outside: takes out and returns the transactions that are to go. */
  recount(mustGo: (tx: PooledTx) => boolean): PooledTx[] {
    this.#cut(0);
    const gone = [...this.#waiting.values()].filter(mustGo);
    for (const tx of gone) this.#waiting.delete(tx.nonce);
    this.#extend();
    return gone;
  }

  /** Takes out and returns the last waiting ones beyond `limit`. */
  dropQueuedBeyond(limit: number): PooledTx[] {
    if (this.#waiting.size <= limit) return [];
    const gone = this.queued().slice(limit);
    for (const tx of gone) this.#waiting.delete(tx.nonce);
    return gone;
  }

  /** Executable ones in nonce order. */
  pending(): PooledTx[] {
    return this.#run.map(({ tx }) => tx);
  }

  /** Waiting ones in nonce order. */
  queued(): PooledTx[] {
    return [...this.#waiting.values()].sort((left, right) => (left.nonce < right.nonce ? -1 : 1));
  }

  /** The last executable one: it can go without making others wait. */
  lastPending(): PooledTx | undefined {
    return this.#run.at(-1)?.tx;
  }

  lastQueued(): PooledTx | undefined {
    let last: PooledTx | undefined;
    for (const tx of this.#waiting.values()) if (!last || tx.nonce > last.nonce) last = tx;
    return last;
  }

  #placeOf(nonce: bigint): number {
    return Number(nonce - this.#stateNonce);
  }

  /** Executable ones from a place on wait. */
  #cut(place: number): void {
    for (const { tx } of this.#run.splice(place)) this.#waiting.set(tx.nonce, tx);
  }

  /** Waiting ones that can follow the executable ones do. */
  #extend(): void {
    for (let tx = this.#waiting.get(this.nextNonce); tx; tx = this.#waiting.get(this.nextNonce)) {
      const costWei = this.pendingCostWei + tx.costWei;
      if (costWei > this.#balance) return;
      this.#waiting.delete(tx.nonce);
      this.#run.push({ tx, costWei, worth: worthBehind(this.pendingWorth, tx) });
    }
  }
}
