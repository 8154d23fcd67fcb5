import type { PooledTx } from "./txPoolTx.js";

/**
 * The pooled transactions of one sender.
 * Those from the account's nonce on without a gap are executable ("pending"), the rest waits ("queued").
 */
export class TxPoolAccount {
  readonly #txs = new Map<bigint, PooledTx>();
  #stateNonce: bigint;
  #nextNonce: bigint;
  #pendingCostWei = 0n;

  constructor(stateNonce: bigint) {
    this.#stateNonce = stateNonce;
    this.#nextNonce = stateNonce;
  }

  get stateNonce(): bigint {
    return this.#stateNonce;
  }

  /** First nonce after the executable ones. */
  get nextNonce(): bigint {
    return this.#nextNonce;
  }

  get size(): number {
    return this.#txs.size;
  }

  get pendingCount(): number {
    return Number(this.#nextNonce - this.#stateNonce);
  }

  get queuedCount(): number {
    return this.#txs.size - this.pendingCount;
  }

  /** Sum of what the executable ones can cost. */
  get pendingCostWei(): bigint {
    return this.#pendingCostWei;
  }

  get(nonce: bigint): PooledTx | undefined {
    return this.#txs.get(nonce);
  }

  isExecutable(nonce: bigint): boolean {
    return nonce >= this.#stateNonce && nonce < this.#nextNonce;
  }

  /** Takes a transaction in; one with the same nonce is replaced and returned. */
  set(tx: PooledTx): PooledTx | undefined {
    const replaced = this.#txs.get(tx.nonce);
    this.#txs.set(tx.nonce, tx);
    if (replaced !== undefined && this.isExecutable(tx.nonce)) {
      this.#pendingCostWei += tx.costWei - replaced.costWei;
    }
    this.#extend();
    return replaced;
  }

  remove(nonce: bigint): void {
    if (!this.#txs.delete(nonce)) return;
    if (this.isExecutable(nonce)) this.#recount();
  }

  /** The chain moved: forgets and returns what is below the new nonce. */
  setStateNonce(nonce: bigint): PooledTx[] {
    if (nonce === this.#stateNonce) return [];
    this.#stateNonce = nonce;
    const stale = [...this.#txs.values()].filter((tx) => tx.nonce < nonce);
    for (const tx of stale) this.#txs.delete(tx.nonce);
    this.#recount();
    return stale;
  }

  /** Costs of single transactions were changed from outside. */
  recount(): void {
    this.#recount();
  }

  /** Executable ones in nonce order. */
  pending(): PooledTx[] {
    const run: PooledTx[] = [];
    for (let nonce = this.#stateNonce; nonce < this.#nextNonce; nonce++) {
      const tx = this.#txs.get(nonce);
      if (tx !== undefined) run.push(tx);
    }
    return run;
  }

  /** Waiting ones in nonce order. */
  queued(): PooledTx[] {
    return [...this.#txs.values()]
      .filter((tx) => !this.isExecutable(tx.nonce))
      .sort((left, right) => (left.nonce < right.nonce ? -1 : 1));
  }

  /** The one that can go without leaving a gap: the last waiting, else the last executable. */
  tail(): PooledTx | undefined {
    return this.queuedCount > 0 ? this.queued().at(-1) : this.#txs.get(this.#nextNonce - 1n);
  }

  all(): Iterable<PooledTx> {
    return this.#txs.values();
  }

  #recount(): void {
    this.#nextNonce = this.#stateNonce;
    this.#pendingCostWei = 0n;
    this.#extend();
  }

  #extend(): void {
    for (let tx = this.#txs.get(this.#nextNonce); tx; tx = this.#txs.get(this.#nextNonce)) {
      this.#pendingCostWei += tx.costWei;
      this.#nextNonce++;
    }
  }
}
