import type { Address, Hash } from "../util/hex.js";
import { type AccountState, TxPoolAccount } from "./txPoolAccount.js";
import { TxPoolAuthorities } from "./txPoolAuthorities.js";
import type { TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import { effectiveTip, keptBytes, type PooledTx } from "./txPoolTx.js";
import { TxPoolCheapest, type Worth, worthBehind } from "./txPoolWorth.js";

/** A transaction that wants to come in. */
interface Newcomer {
  tx: PooledTx;
  /** Which part of the pool it belongs to. */
  isExecutable: boolean;
  /** Bytes and places of either part that it needs beyond those of the one it replaces. */
  bytes: number;
  pending: number;
  queued: number;
}

/** All pooled transactions by hash and by sender, with the totals that limits are about. In memory, no rules of admission. */
export class TxPoolTable {
  readonly #limits: TxPoolLimits;
  readonly #byHash = new Map<Hash, PooledTx>();
  readonly #accounts = new Map<Address, TxPoolAccount>();
  /** Accounts by the worth of their last executable transaction: all, and those with more of them than their share. */
  readonly #cheapest = new TxPoolCheapest<Address>();
  readonly #greedy = new TxPoolCheapest<Address>();
  /** Accounts by the worth of their last waiting transaction. */
  readonly #waiting = new TxPoolCheapest<Address>();
  /** Accounts with more waiting transactions than they may have, until the next trim. */
  readonly #overfull = new Set<Address>();
  readonly #authorities = new TxPoolAuthorities();
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

  /** True while a pooled transaction carries an authorization of this account. */
  isAuthority(address: Address): boolean {
    return this.#authorities.has(address);
  }

  /** Takes a transaction in; one with the same nonce is replaced. `state`: of its sender. */
  insert(tx: PooledTx, state: AccountState): void {
    const account = this.#accounts.get(tx.from) ?? new TxPoolAccount(state);
    this.#accounts.set(tx.from, account);
    const replaced = this.#change(tx.from, account, () => account.set(tx));
    if (replaced !== undefined) this.#forget(replaced);
    this.#byHash.set(tx.hash, tx);
    this.#bytes += keptBytes(tx).length;
    this.#authorities.add(tx);
  }

  remove(tx: PooledTx): void {
    if (this.#byHash.get(tx.hash) !== tx) return;
    this.#forget(tx);
    const account = this.#accounts.get(tx.from);
    if (account) this.#change(tx.from, account, () => account.remove(tx.nonce));
  }

  /** The chain moved: drops what is below the new nonce. */
  setState(address: Address, state: AccountState): void {
    const account = this.#accounts.get(address);
    if (account === undefined || account.isAt(state)) return;
    const stale = this.#change(address, account, () => account.setState(state));
    for (const tx of stale) this.#forget(tx);
  }

  /** Takes out what `mustGo` says; it may change the costs of the others. */
  recount(address: Address, mustGo: (tx: PooledTx) => boolean): void {
    const account = this.#accounts.get(address);
    if (account === undefined) return;
    const gone = this.#change(address, account, () => account.recount(mustGo));
    for (const tx of gone) this.#forget(tx);
  }

  /**
   * Evicts until `tx` fits; `isExecutable` tells which part of the pool it belongs to. If it does not get in nothing goes.
   * Waiting transactions go first, and an executable one never goes for one that waits.
   * Errors: POOL_FULL, POOL_UNDERPRICED.
   */
  makeRoom(tx: PooledTx, isExecutable: boolean, baseFee: bigint): void {
    const newcomer = this.#newcomer(tx, isExecutable);
    if (!this.#isFull(newcomer)) return;
    const gone: { victim: PooledTx; state: AccountState }[] = [];
    try {
      while (this.#isFull(newcomer)) {
        const victim = this.#victim(newcomer, baseFee);
        const { state } = this.#accounts.get(victim.from) as TxPoolAccount;
        gone.push({ victim, state });
        this.remove(victim);
      }
    } catch (error) {
      for (const { victim, state } of gone.reverse()) this.insert(victim, state);
      throw error;
    }
  }

  /** True if there is something for `trim` to do. */
  get isOverfull(): boolean {
    const { globalQueue, globalSlots } = this.#limits;
    return this.#pending > globalSlots || this.#queued > globalQueue || this.#overfull.size > 0;
  }

  /** Brings everything back within its limit after the chain or a filled gap has moved transactions between the parts of the pool. */
  trim(baseFee: bigint): void {
    const { accountQueue, globalQueue, globalSlots } = this.#limits;
    for (const address of this.#overfull) {
      const account = this.#accounts.get(address);
      if (account === undefined) continue;
      const gone = this.#change(address, account, () => account.dropQueuedBeyond(accountQueue));
      for (const tx of gone) this.#forget(tx);
    }
    this.#overfull.clear();
    while (this.#pending > globalSlots) {
      const { key } = this.#greedy.lowest(baseFee) ?? this.#cheapest.lowest(baseFee) ?? {};
      this.remove(this.#accounts.get(key as Address)?.lastPending() as PooledTx);
    }
    while (this.#queued > globalQueue) {
      const { key } = this.#waiting.lowest(baseFee) ?? {};
      this.remove(this.#accounts.get(key as Address)?.lastQueued() as PooledTx);
    }
  }

  #newcomer(tx: PooledTx, isExecutable: boolean): Newcomer {
    const account = this.#accounts.get(tx.from);
    const replaced = account?.get(tx.nonce);
    const wasExecutable = account?.isExecutable(tx.nonce) ?? false;
    return {
      tx,
      isExecutable,
      bytes: keptBytes(tx).length - (replaced ? keptBytes(replaced).length : 0),
      pending: isExecutable && !wasExecutable ? 1 : 0,
      queued: isExecutable || replaced ? 0 : 1,
    };
  }

  /** Effective tip of what it is worth behind its sender's others. */
  #tipOf({ tx, isExecutable }: Newcomer, baseFee: bigint): bigint {
    const account = this.#accounts.get(tx.from);
    const before = isExecutable ? account?.pendingWorth : account?.queuedWorth;
    return effectiveTip(worthBehind(before, tx), baseFee);
  }

  #isFull(newcomer: Newcomer): boolean {
    const { globalSlots, globalQueue } = this.#limits;
    return (
      this.#isBytesFull(newcomer) ||
      (newcomer.pending > 0 && this.#pending >= globalSlots) ||
      (newcomer.queued > 0 && this.#queued >= globalQueue)
    );
  }

  #isBytesFull({ bytes }: Newcomer): boolean {
    return bytes > 0 && this.#bytes + bytes > this.#limits.totalBytes;
  }

  #victim(newcomer: Newcomer, baseFee: bigint): PooledTx {
    const { isExecutable, tx } = newcomer;
    const tip = this.#tipOf(newcomer, baseFee);
    if (!isExecutable || this.#isBytesFull(newcomer)) {
      const waiting = this.#waiting.lowest(baseFee, tx.from);
      if (waiting !== undefined && (isExecutable || waiting.tip < tip)) {
        return this.#accounts.get(waiting.key)?.lastQueued() as PooledTx;
      }
      if (!isExecutable) throw new PoolError("POOL_FULL");
    }
    return this.#executableVictim(newcomer, baseFee);
  }

  #executableVictim(newcomer: Newcomer, baseFee: bigint): PooledTx {
    const { tx } = newcomer;
    const own = this.#accounts.get(tx.from)?.pendingCount ?? 0;
    // Accounts over their share give way to those within it, whatever they pay.
    if (own < this.#limits.accountSlots) {
      const greedy = this.#greedy.lowest(baseFee, tx.from);
      if (greedy) return this.#accounts.get(greedy.key)?.lastPending() as PooledTx;
    }
    const cheapest = this.#cheapest.lowest(baseFee, tx.from);
    if (cheapest === undefined) throw new PoolError("POOL_FULL");
    const tip = this.#tipOf(newcomer, baseFee);
    const minimum = cheapest.tip + 1n;
    if (tip < minimum) throw new PoolError("POOL_UNDERPRICED", { tip, minimum });
    return this.#accounts.get(cheapest.key)?.lastPending() as PooledTx;
  }

  /** Runs a change of one account and keeps totals and orders; empty accounts are forgotten. */
  #change<T>(address: Address, account: TxPoolAccount, run: () => T): T {
    this.#pending -= account.pendingCount;
    this.#queued -= account.queuedCount;
    const result = run();
    const { pendingCount, queuedCount } = account;
    this.#pending += pendingCount;
    this.#queued += queuedCount;
    const worth: Worth | undefined = account.pendingWorth;
    this.#cheapest.set(address, worth);
    this.#greedy.set(address, pendingCount > this.#limits.accountSlots ? worth : undefined);
    this.#waiting.set(address, account.queuedWorth);
    if (queuedCount > this.#limits.accountQueue) this.#overfull.add(address);
    else this.#overfull.delete(address);
    if (account.size === 0) this.#accounts.delete(address);
    return result;
  }

  #forget(tx: PooledTx): void {
    if (this.#byHash.get(tx.hash) !== tx) return;
    this.#byHash.delete(tx.hash);
    this.#bytes -= keptBytes(tx).length;
    this.#authorities.delete(tx);
  }
}
