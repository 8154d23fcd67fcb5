import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import type { Address, Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { Lru } from "../util/lru.js";
import type { BuilderPool, PoolCandidate, PoolFactory, PoolStateView } from "./poolTypes.js";
import { authoritiesOf } from "./txPoolAuthorities.js";
import { DEFAULT_TX_POOL_LIMITS, type TxPoolConfig, type TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import { TxPoolIncluded } from "./txPoolIncluded.js";
import { TxPoolIntake } from "./txPoolIntake.js";
import { TxPoolJournal } from "./txPoolJournal.js";
import { orderByTip } from "./txPoolOrder.js";
import {
  checkAffordable,
  checkAuthorities,
  checkDelegated,
  checkNonce,
  checkReplacement,
} from "./txPoolRules.js";
import { TxPoolTable } from "./txPoolTable.js";
import { keptBytes, type PooledTx } from "./txPoolTx.js";
import type { FoundTransaction } from "./types.js";

/** What the pool asks of others. */
export interface TxPoolDeps {
  view: PoolStateView;
  /** Called once for each transaction that becomes known. */
  onPending(hash: Hash): void;
  clock: Clock;
  logger: Logger;
}

/** For the engine, which makes its pool when it has a state to show. */
export function createTxPoolFactory(
  config: TxPoolConfig,
  deps: Pick<TxPoolDeps, "clock" | "logger">,
): PoolFactory {
  return (view, onPending) => new JournaledTxPool(config, { ...deps, view, onPending });
}

/** What an account looks like at the head. */
interface AccountView {
  nonce: bigint;
  balance: bigint;
  isContract: boolean;
  /** Its code is that of another account (EIP-7702). */
  isDelegated: boolean;
}

const DELEGATION_PREFIX = [0xef, 0x01, 0x00];
/** Heads may move while an account is read; after that many moves the last reading has to do. */
const MAX_READS = 5;
/** Blob transactions whose blobs are kept when a block has them; each has up to 0.8 MB. */
const MAX_INCLUDED_BLOB_TXS = 32;

/** The pool: geth's rules of admission, and a journal so that an acknowledged transaction outlives the process. */
export class JournaledTxPool implements BuilderPool {
  readonly #config: TxPoolConfig;
  readonly #limits: TxPoolLimits;
  readonly #deps: TxPoolDeps;
  readonly #table: TxPoolTable;
  readonly #included: TxPoolIncluded;
  /** With their blobs, which blocks do not hold, in case those blocks are abandoned. */
  readonly #includedBlobs = new Lru<Hash, Uint8Array>(MAX_INCLUDED_BLOB_TXS);
  readonly #intake: TxPoolIntake;
  #journal: TxPoolJournal | undefined;
  #sequence = 0;
  /** Changes with every move of the head. */
  #headVersion = 0;
  /** Accounts whose turn to be looked at again is still to come. */
  #toRecheck: Address[] = [];
  #isClosed = false;
  /** Resolves when pool and head agree. */
  #settled: Promise<void> = Promise.resolve();

  constructor(config: TxPoolConfig, deps: TxPoolDeps) {
    this.#config = config;
    this.#limits = { ...DEFAULT_TX_POOL_LIMITS, ...config.limits };
    this.#deps = deps;
    this.#table = new TxPoolTable(this.#limits);
    this.#intake = new TxPoolIntake(config.chainId, this.#limits, deps.view);
    this.#included = new TxPoolIncluded(this.#limits.includedBytes);
  }

  /** Errors: POOL_JOURNAL_FAILED. */
  async open(): Promise<void> {
    if (this.#config.journalPath === null) return;
    const { journal, transactions } = await TxPoolJournal.open(this.#config.journalPath, () =>
      this.#liveTransactions(),
    );
    this.#journal = journal;
    let kept = 0;
    for (const raw of transactions) if (await this.#restore(raw)) kept++;
    this.#trim();
    if (transactions.length > 0) {
      this.#deps.logger.info({ kept, read: transactions.length }, "transaction pool restored");
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#journal?.close();
    this.#journal = undefined;
  }

  headMoves(): () => void {
    let settle: () => void = () => {};
    this.#settled = new Promise((resolve) => {
      settle = resolve;
    });
    return settle;
  }

  async add(raw: Uint8Array): Promise<Hash> {
    await this.#settled;
    if (this.#isClosed) throw new PoolError("POOL_CLOSED");
    const hash = keccakHex(raw);
    this.#assertUnknown(hash);
    const tx = await this.#intake.decodeNew(raw, hash);
    await this.#admit(tx, true);
    try {
      await this.#persist(raw);
    } catch (error) {
      this.#table.remove(tx);
      throw error;
    }
    this.#deps.onPending(tx.hash);
    return tx.hash;
  }

  async getPendingNonce(address: Address): Promise<bigint> {
    await this.#settled;
    const nonce = await this.#deps.view.getNonce(address);
    const account = this.#table.account(address);
    if (account === undefined) return nonce;
    // The pool lags behind when the nonce was used outside it, by a deposit for example.
    if (account.stateNonce !== nonce) {
      await this.#refresh(address);
      this.#trim();
    }
    const next = this.#table.account(address)?.nextNonce ?? nonce;
    return next > nonce ? next : nonce;
  }

  get(hash: Hash): FoundTransaction | undefined {
    const tx = this.#table.get(hash);
    return tx === undefined ? undefined : toFound(tx);
  }

  /** The bytes of a pooled blob transaction with its blobs. */
  networkForm(hash: Hash): Uint8Array | undefined {
    return this.#table.get(hash)?.network;
  }

  status(): { pending: number; queued: number } {
    return { pending: this.#table.pendingCount, queued: this.#table.queuedCount };
  }

  bytes(): number {
    return this.#table.bytes;
  }

  content(): { pending: FoundTransaction[]; queued: FoundTransaction[] } {
    const accounts = [...this.#table.addresses()]
      .sort()
      .map((address) => this.#table.account(address));
    return {
      pending: accounts.flatMap((account) => account?.pending().map(toFound) ?? []),
      queued: accounts.flatMap((account) => account?.queued().map(toFound) ?? []),
    };
  }

  pendingForBlock(baseFee: bigint): Iterable<PoolCandidate> {
    return orderByTip(this.#table.accounts(), baseFee);
  }

  dropInvalid(hash: Hash): void {
    const tx = this.#table.get(hash);
    if (tx === undefined) return;
    this.#table.remove(tx);
    this.#trim();
    this.#deps.logger.debug({ hash }, "transaction dropped by the builder");
  }

  async onHead(added: readonly Uint8Array[], removed: readonly Uint8Array[]): Promise<void> {
    this.#headVersion++;
    const touched = this.#takeOut(added);
    for (const raw of removed) await this.#reinject(raw);
    for (const address of this.#nextToRecheck()) touched.add(address);
    for (const address of touched) await this.#refresh(address);
    this.#expireQueued();
    this.#trim();
  }

  /** Checks against the state and takes in; one that is not new was accepted before. No await between the checks and the insertion: nothing can come between. */
  async #admit(tx: PooledTx, isNew: boolean): Promise<void> {
    const { view } = this.#deps;
    const account = await this.#readAccount(tx.from);
    this.#assertUnknown(tx.hash);
    if (account.isContract) throw new PoolError("POOL_SENDER_HAS_CODE", { from: tx.from });
    this.#table.setState(tx.from, account);
    if (isNew) this.#trim();
    const pooled = this.#table.account(tx.from);
    checkNonce(tx, account.nonce, pooled, this.#limits);
    const old = pooled?.get(tx.nonce);
    if (old !== undefined) checkReplacement(tx, old, this.#limits);
    tx.costWei = this.#costOf(tx);
    checkAffordable(tx, account.balance, pooled);
    if (isNew && (account.isDelegated || this.#table.isAuthority(tx.from))) {
      checkDelegated(tx, account.nonce, pooled);
    }
    tx.authorities ??= authoritiesOf(tx);
    if (isNew) checkAuthorities(tx, (address) => this.#table.account(address));
    const isExecutable = tx.nonce <= (pooled?.nextNonce ?? account.nonce);
    this.#table.makeRoom(tx, isExecutable, view.nextBaseFee());
    tx.addedAtMs = this.#deps.clock.nowMs();
    tx.sequence = this.#sequence++;
    this.#table.insert(tx, account);
    // It may have filled a gap. What comes back after a reorg or a restart is counted when all of it is back.
    if (isNew) this.#trim();
  }

  async #persist(raw: Uint8Array): Promise<void> {
    if (this.#config.journalPath === null) return;
    if (this.#journal === undefined) throw new PoolError("POOL_CLOSED");
    await this.#journal.append(raw);
  }

  #assertUnknown(hash: Hash): void {
    if (this.#table.get(hash) !== undefined) throw new PoolError("POOL_ALREADY_KNOWN", { hash });
  }

  #costOf(tx: PooledTx): bigint {
    const { view } = this.#deps;
    const besideGas = view.l1Fee(tx.raw) + view.operatorFee(tx.gasLimit) + (tx.blobFeeWei ?? 0n);
    return tx.value + tx.gasLimit * tx.maxFeePerGas + besideGas;
  }

  /** Reads an account at one head: again, if the head moved meanwhile. */
  async #readAccount(address: Address): Promise<AccountView> {
    const { view } = this.#deps;
    for (let reads = 1; ; reads++) {
      const version = this.#headVersion;
      const [nonce, balance, code] = await Promise.all([
        view.getNonce(address),
        view.getBalance(address),
        view.getCode(address),
      ]);
      if (version === this.#headVersion || reads >= MAX_READS) {
        const isDelegated = isDelegation(code);
        return { nonce, balance, isContract: code.length > 0 && !isDelegated, isDelegated };
      }
    }
  }

  /** Brings the pooled transactions of an account in line with the head; what it cannot pay any more goes. */
  async #refresh(address: Address): Promise<void> {
    if (this.#table.account(address) === undefined) return;
    const { isContract, ...state } = await this.#readAccount(address);
    this.#table.setState(address, state);
    this.#table.recount(address, (tx) => {
      tx.costWei = this.#costOf(tx);
      return isContract || tx.costWei > state.balance || !this.#fitsBlock(tx);
    });
  }

  /** False if no block at the head's limits can hold it. */
  #fitsBlock(tx: PooledTx): boolean {
    const { view } = this.#deps;
    const limit = view.blockGasLimit();
    return tx.gasLimit <= limit && view.daFootprint(tx.raw) <= limit;
  }

  /** Takes out what new blocks have; returns the senders. */
  #takeOut(added: readonly Uint8Array[]): Set<Address> {
    const nonces = new Map<Address, bigint>();
    for (const raw of added) {
      this.#included.add(raw);
      const tx = this.#table.get(keccakHex(raw));
      if (tx === undefined) continue;
      if (tx.network) this.#includedBlobs.set(tx.hash, tx.network);
      const next = tx.nonce + 1n;
      if (next > (nonces.get(tx.from) ?? 0n)) nonces.set(tx.from, next);
    }
    for (const [address, nonce] of nonces) {
      const balance = this.#table.account(address)?.state.balance ?? 0n;
      this.#table.setState(address, { nonce, balance });
    }
    return new Set(nonces.keys());
  }

  /** A transaction of an abandoned block comes back; it was accepted once, so only the state can refuse it now. */
  async #reinject(raw: Uint8Array): Promise<void> {
    const hash = keccakHex(raw);
    const sent = this.#includedBlobs.get(hash) ?? raw;
    if (!(await this.#restore(sent))) return;
    await this.#persist(sent).catch((error: unknown) => {
      this.#deps.logger.warn({ error }, "returned transaction is not in the journal");
    });
    this.#deps.onPending(hash);
  }

  /** False if it is not valid any more. */
  async #restore(raw: Uint8Array): Promise<boolean> {
    try {
      const tx = await this.#intake.decodeKept(raw);
      this.#assertUnknown(tx.hash);
      await this.#admit(tx, false);
      return true;
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      if (error.code === "POOL_NONCE_TOO_LOW") this.#included.add(raw);
      this.#deps.logger.debug({ error }, "transaction not restored");
      return false;
    }
  }

  /** Some accounts after each block, in turn, so that the work per block is bounded; nobody's turn depends on what others do. */
  #nextToRecheck(): Address[] {
    if (this.#toRecheck.length === 0) this.#toRecheck = [...this.#table.addresses()];
    return this.#toRecheck.splice(-this.#limits.recheckAccounts);
  }

  /** Everything within its limit again. */
  #trim(): void {
    if (this.#table.isOverfull) this.#table.trim(this.#deps.view.nextBaseFee());
  }

  #expireQueued(): void {
    if (this.#table.queuedCount === 0) return;
    const oldest = this.#deps.clock.nowMs() - this.#limits.queueLifetimeMs;
    for (const account of [...this.#table.accounts()]) {
      if (account.queuedCount === 0) continue;
      for (const tx of account.queued()) if (tx.addedAtMs < oldest) this.#table.remove(tx);
    }
  }

  /** What the journal keeps when it is rewritten. */
  *#liveTransactions(): Iterable<Uint8Array> {
    yield* this.#included.all();
    const byArrival = [...this.#table.all()].sort((left, right) => left.sequence - right.sequence);
    for (const tx of byArrival) yield keptBytes(tx);
  }
}

function toFound(tx: PooledTx): FoundTransaction {
  return {
    hash: tx.hash,
    raw: tx.raw,
    from: tx.from,
    block: null,
    index: null,
    depositNonce: null,
  };
}

function isDelegation(code: Uint8Array): boolean {
  return code.length === 23 && DELEGATION_PREFIX.every((byte, index) => code[index] === byte);
}
