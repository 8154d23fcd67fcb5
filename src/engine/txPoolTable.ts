import type { Address, Hash } from "../util/hex.js";
import { TxPoolAccount } from "./txPoolAccount.js";
import type { TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import { effectiveTip, keptBytes, type PooledTx } from "./txPoolTx.js";

/** All pooled transactions by hash and by sender, with the totals that limits are about. In memory, no rules of admission. */
export class TxPoolTable {
  readonly #limits: TxPoolLimits;
  readonly #byHash = new Map<Hash, PooledTx>();
  readonly #accounts = new Map<Address, TxPoolAccount>();
  #pending = 0;
  #queued = 0;
  #bytes = 0;

  constructor(limits: TxPoolLimits) {
    this.#limits = limits;
  }

  get pendingCount(): number {
    return this.#pending;
  }

  get queuedCount(): number {
    return this.#queued;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(hash: Hash): PooledTx | undefined {
    return this.#byHash.get(hash);
  }

  all(): Iterable<PooledTx> {
    return this.#byHash.values();
  }

  account(address: Address): TxPoolAccount | undefined {
    return this.#accounts.get(address);
  }

  accounts(): Iterable<TxPoolAccount> {
    return this.#accounts.values();
  }

  addresses(): Iterable<Address> {
    return this.#accounts.keys();
  }

  /** Takes a transaction in; returns the one it replaced. */
  insert(tx: PooledTx, stateNonce: bigint): PooledTx | undefined {
    const replaced = this.change(tx.from, stateNonce, (account) => account.set(tx));
    if (replaced !== undefined) this.#forget(replaced);
    this.#byHash.set(tx.hash, tx);
    this.#bytes += keptBytes(tx).length;
    return replaced;
  }

  remove(tx: PooledTx): void {
    if (this.#byHash.get(tx.hash) !== tx) return;
    this.#forget(tx);
    this.change(tx.from, 0n, (account) => account.remove(tx.nonce));
  }

  /** The chain moved: drops what is below the new nonce. */
  setStateNonce(address: Address, nonce: bigint): void {
    if (!this.#accounts.has(address)) return;
    const stale = this.change(address, nonce, (account) => account.setStateNonce(nonce));
    for (const tx of stale) this.#forget(tx);
  }

  /** Runs a change of one account and keeps the totals; empty accounts are forgotten. */
  change<T>(address: Address, stateNonce: bigint, run: (account: TxPoolAccount) => T): T {
    const account = this.#accounts.get(address) ?? new TxPoolAccount(stateNonce);
    this.#accounts.set(address, account);
    this.#pending -= account.pendingCount;
    this.#queued -= account.queuedCount;
    try {
      return run(account);
    } finally {
      this.#pending += account.pendingCount;
      this.#queued += account.queuedCount;
      if (account.size === 0) this.#accounts.delete(address);
    }
  }

  /**
   * Evicts until `tx` fits; `executable` tells which part of the pool it belongs to.
   * Waiting transactions go first, and an executable one never goes for one that waits.
   * Errors: POOL_FULL, POOL_UNDERPRICED.
   */
  makeRoom(tx: PooledTx, executable: boolean, baseFee: bigint): void {
    while (this.#isFull(tx, executable)) {
      const victim = this.#victim(tx, executable, baseFee);
      this.remove(victim);
    }
  }

  #isFull(tx: PooledTx, executable: boolean): boolean {
    if (this.#bytes + keptBytes(tx).length > this.#limits.totalBytes) return true;
    if (executable) return this.#pending >= this.#limits.globalSlots;
    return this.#queued >= this.#limits.globalQueue;
  }

  #victim(tx: PooledTx, executable: boolean, baseFee: bigint): PooledTx {
    const tip = effectiveTip(tx, baseFee);
    const isBytesFull = this.#bytes + keptBytes(tx).length > this.#limits.totalBytes;
    if (!executable || isBytesFull) {
      const waiting = this.#cheapestTail(tx, baseFee, (account) => account.queuedCount > 0);
      if (waiting !== undefined && (executable || effectiveTip(waiting, baseFee) < tip))
        return waiting;
      if (!executable) throw new PoolError("POOL_FULL");
    }
    return this.#executableVictim(tx, tip, baseFee);
  }

  #executableVictim(tx: PooledTx, tip: bigint, baseFee: bigint): PooledTx {
    const { accountSlots } = this.#limits;
    const own = this.#accounts.get(tx.from)?.pendingCount ?? 0;
    if (own < accountSlots) {
      // Accounts over their share give way to those within it, whatever they pay.
      const greedy = this.#cheapestTail(
        tx,
        baseFee,
        (account) => account.queuedCount === 0 && account.pendingCount > accountSlots,
      );
      if (greedy !== undefined) return greedy;
    }
    const cheapest = this.#cheapestTail(tx, baseFee, () => true);
    if (cheapest === undefined) throw new PoolError("POOL_FULL");
    const minimum = effectiveTip(cheapest, baseFee) + 1n;
    if (tip < minimum) throw new PoolError("POOL_UNDERPRICED", { tip, minimum });
    return cheapest;
  }

  /** Cheapest last transaction among the accounts that fit; never one of the sender's own. */
  #cheapestTail(
    tx: PooledTx,
    baseFee: bigint,
    fits: (account: TxPoolAccount) => boolean,
  ): PooledTx | undefined {
    let cheapest: PooledTx | undefined;
    for (const [address, account] of this.#accounts) {
      if (address === tx.from || !fits(account)) continue;
      const tail = account.tail();
      if (tail === undefined) continue;
      if (!cheapest || effectiveTip(tail, baseFee) < effectiveTip(cheapest, baseFee))
        cheapest = tail;
    }
    return cheapest;
  }

  #forget(tx: PooledTx): void {
    if (this.#byHash.get(tx.hash) !== tx) return;
    this.#byHash.delete(tx.hash);
    this.#bytes -= keptBytes(tx).length;
  }
}
