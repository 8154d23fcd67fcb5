import { setImmediate as nextTurn } from "node:timers/promises";
import { type Address, fromHex, type Hash, toHex } from "../../util/hex.js";
import { CallRunner } from "../calls/callRunner.js";
import type { SignedTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import { bloomTest } from "../execution/bloom.js";
import type { ExecutionContext } from "../executionContext.js";
import { decodePlainPoolTx } from "../plainPoolTx.js";
import type { BuilderPool, PoolStateView } from "../poolTypes.js";
import type { ChainRules } from "../rules.js";
import { proveAccount } from "../state/proveAccount.js";
import { type AccountRecord, EMPTY_CODE_HASH, type StateStore } from "../state/stateStore.js";
import type { PooledTx } from "../txPoolTx.js";
import type {
  AccountProof,
  Block,
  BlockHeader,
  BlockId,
  CallOptions,
  CallRequest,
  CallResult,
  ChainReader,
  FoundLog,
  FoundTransaction,
  Log,
  LogFilter,
  Receipt,
} from "../types.js";
import { CachedTasks } from "../workers/cachedTasks.js";
import { QuickTasks } from "../workers/quickTasks.js";
import { LocalTasks, type TaskRunner } from "../workers/taskRunner.js";
import { type AddressHit, type AddressSearch, findAddress } from "./addressIndex.js";
import { BlockViews } from "./blockViews.js";
import type { ChainStore } from "./chainStore.js";
import type { Forkchoice } from "./forkchoice.js";
import { findLogBlocks } from "./logIndex.js";

/** Who helps with the queries. */
export interface QueryDeps {
  chain: ChainStore;
  states: StateStore;
  forkchoice: Forkchoice;
  callTimeoutMs: number;
  /** Where calls run; absent: in this thread. */
  tasks?: TaskRunner;
}

/** Gas of calls that are done in this thread: a millisecond or less. */
const QUICK_GAS = 100_000;
/** Blocks whose blooms are looked at instead of the index: each is in memory, or one lookup away. */
const SHORT_RANGE = 32n;
/** Blocks of logs that are read before others get the event loop. */
const LOG_BLOCKS_PER_TURN = 64;

/** The read side of the engine: blocks, receipts, logs, states of any block, and calls on them. */
export abstract class ChainQueries implements ChainReader {
  readonly #chain: ChainStore;
  readonly #states: StateStore;
  readonly #forkchoice: Forkchoice;
  readonly #views: BlockViews;
  readonly execution: ExecutionContext;
  /** Runs what may take long. */
  readonly tasks: TaskRunner;

  /** Other threads, if there are any. */
  readonly #threads: TaskRunner | undefined;

  constructor(rules: ChainRules, deps: QueryDeps) {
    this.#threads = deps.tasks;
    this.#chain = deps.chain;
    this.#states = deps.states;
    this.#forkchoice = deps.forkchoice;
    this.#views = new BlockViews(deps.chain);
    this.execution = {
      rules,
      stores: { states: deps.states, ancestors: deps.chain },
      headerAt: (id) => this.#find(id),
      blockAt: (id) => this.#block(id),
    };
    const runner = (gasAllowance?: number) =>
      new CallRunner(rules, deps.states, deps.callTimeoutMs, deps.chain, gasAllowance);
    const local = (calls: CallRunner) => new LocalTasks({ execution: this.execution, calls });
    this.tasks = new CachedTasks(
      deps.tasks ? new QuickTasks(local(runner(QUICK_GAS)), deps.tasks) : local(runner()),
    );
  }

  abstract get pool(): BuilderPool;

  async getHeader(id: BlockId): Promise<BlockHeader | undefined> {
    return this.#find(id);
  }

  async getBlock(id: BlockId): Promise<Block | undefined> {
    return this.#block(id);
  }

  async getReceipts(blockHash: Hash): Promise<Receipt[] | undefined> {
    return this.#views.receipts(blockHash);
  }

  async getReceipt(txHash: Hash): Promise<Receipt | undefined> {
    const place = this.#chain.getTransactionPlace(txHash);
    const header = place && this.#find(place.number);
    return header && this.#views.receipts(header.hash)?.[place.index];
  }

  async getTransaction(txHash: Hash): Promise<FoundTransaction | undefined> {
    const place = this.#chain.getTransactionPlace(txHash);
    const header = place && this.#find(place.number);
    if (!header) return this.pool.get(txHash);
    return this.#views.transactions(header)?.[place.index];
  }

  async getTransactions(blockHash: Hash): Promise<FoundTransaction[] | undefined> {
    const header = this.#chain.getHeader(blockHash);
    return header && this.#views.transactions(header);
  }

  /** At most `limit`, the first ones; ask for one more to learn whether there are more. */
  async getLogs(filter: LogFilter, limit: number): Promise<FoundLog[]> {
    const head = this.#forkchoice.unsafe.number;
    const toBlock = filter.toBlock < head ? filter.toBlock : head;
    const found: FoundLog[] = [];
    let blocks = 0;
    for await (const header of this.#logBlocks({ ...filter, toBlock })) {
      for (const log of this.#views.logs(header) ?? []) {
        if (found.length >= limit) return found;
        if (matches(log, filter)) found.push(log);
      }
      blocks++;
      if (blocks % LOG_BLOCKS_PER_TURN === 0) await nextTurn();
    }
    return found;
  }

  /** Canonical blocks that may hold logs for a filter, ascending. */
  async *#logBlocks(filter: LogFilter): AsyncGenerator<BlockHeader> {
    if (filter.toBlock - filter.fromBlock >= SHORT_RANGE) {
      for await (const number of findLogBlocks(this.#chain.store, filter)) {
        const header = this.#find(number);
        if (header) yield header;
      }
      return;
    }
    const headers: BlockHeader[] = [];
    let header = this.#find(filter.toBlock);
    while (header && header.number >= filter.fromBlock) {
      headers.push(header);
      header = header.number > 0n ? this.#chain.getHeader(header.parentHash) : undefined;
    }
    const mayHold = bloomTest(filter);
    yield* headers.reverse().filter(({ logsBloom }) => mayHold(logsBloom));
  }

  async getLogsOfBlock(blockHash: Hash): Promise<FoundLog[] | undefined> {
    const header = this.#chain.getHeader(blockHash);
    return header && this.#views.logs(header);
  }

  async getBalance(address: Address, id: BlockId): Promise<bigint> {
    return this.#account(address, id)?.balance ?? 0n;
  }

  async getNonce(address: Address, id: BlockId): Promise<bigint> {
    return this.#account(address, id)?.nonce ?? 0n;
  }

  async getCode(address: Address, id: BlockId): Promise<Uint8Array> {
    return this.#states.getCode(this.#account(address, id)?.codeHash ?? EMPTY_CODE_HASH);
  }

  async getStorageAt(address: Address, slot: Hash, id: BlockId): Promise<Hash> {
    const root = fromHex(this.#known(id).stateRoot);
    const key = fromHex(address);
    const account = this.#states.accountAt(root, key);
    if (!account) return `0x${"00".repeat(32)}`;
    const storage = this.#states.openTrie(account.storageRoot);
    const value = this.#states.slotAt(root, key, fromHex(slot), storage);
    return `0x${toHex(value).slice(2).padStart(64, "0")}`;
  }

  findAddress(address: Address, search: AddressSearch): AsyncIterable<AddressHit> {
    return findAddress(this.#chain.store, address, search);
  }

  dbGet(hash: Hash): Uint8Array | undefined {
    return this.#states.getByHash(fromHex(hash));
  }

  async getProof(address: Address, slots: Hash[], id: BlockId): Promise<AccountProof> {
    return proveAccount(this.#states, fromHex(this.#known(id).stateRoot), address, slots);
  }

  async call(request: CallRequest, id: BlockId, options: CallOptions = {}): Promise<CallResult> {
    return this.tasks.run("call", { request, block: this.#known(id).hash, options });
  }

  async estimateGas(request: CallRequest, id: BlockId, options: CallOptions = {}): Promise<bigint> {
    return this.tasks.run("estimateGas", { request, block: this.#known(id).hash, options });
  }

  async createAccessList(request: CallRequest, id: BlockId, options: CallOptions = {}) {
    return this.tasks.run("createAccessList", { request, block: this.#known(id).hash, options });
  }

  /** The pool's view of the head. */
  protected poolView(): PoolStateView {
    const { rules } = this.execution;
    const threads = this.#threads;
    const costs = () => {
      const receipts = this.#chain.getReceipts(this.#forkchoice.unsafe.hash);
      if (!receipts) throw new EngineError("ENGINE_STATE_MISSING", { receipts: "head" });
      return rules.poolCosts(receipts);
    };
    return {
      getNonce: (address) => this.getNonce(address, "latest"),
      getBalance: (address) => this.getBalance(address, "latest"),
      getCode: (address) => this.getCode(address, "latest"),
      nextBaseFee: () => rules.nextBaseFee(this.#forkchoice.unsafe),
      blockGasLimit: () => this.#forkchoice.unsafe.gasLimit,
      l1Fee: (raw) => costs()?.l1Fee(raw) ?? 0n,
      daFootprint: (raw) => costs()?.daFootprint(raw) ?? 0n,
      operatorFee: (gas) => costs()?.operatorFee(gas) ?? 0n,
      ...(rules.findPoolProblem ? { decode: this.#decodePlain } : {}),
      ...(threads
        ? {
            recoverSenders: (packed) =>
              threads.isIdle ? threads.run("recoverSenders", { packed }) : undefined,
          }
        : {}),
    };
  }

  readonly #decodePlain = (raw: Uint8Array, isTrusted: boolean): Promise<PooledTx> => {
    const { rules } = this.execution;
    const findProblem = (tx: SignedTx) => rules.findPoolProblem?.(tx, this.#forkchoice.unsafe);
    return decodePlainPoolTx(raw, rules.chainId, findProblem, isTrusted);
  };

  #find(id: BlockId): BlockHeader | undefined {
    if (typeof id === "object") {
      const header = this.#chain.getHeader(id.hash);
      const isWanted = header && (!id.requireCanonical || this.#chain.isCanonical(header));
      return isWanted ? header : undefined;
    }
    if (id === "latest" || id === "pending") return this.#forkchoice.unsafe;
    if (id === "safe") return this.#forkchoice.safe;
    if (id === "finalized") return this.#forkchoice.finalized;
    const hash = this.#chain.getCanonicalHash(id === "earliest" ? 0n : id);
    return hash && this.#chain.getHeader(hash);
  }

  #block(id: BlockId): Block | undefined {
    const header = this.#find(id);
    const body = header && this.#chain.getBody(header.hash);
    if (!header || !body) return undefined;
    const { hashes: transactionHashes, ...rest } = body;
    return { header, transactionHashes, ...rest };
  }

  #known(id: BlockId): BlockHeader {
    const header = this.#find(id);
    if (!header) throw new EngineError("ENGINE_UNKNOWN_BLOCK", { id });
    return header;
  }

  #account(address: Address, id: BlockId): AccountRecord | undefined {
    return this.#states.accountAt(fromHex(this.#known(id).stateRoot), fromHex(address));
  }
}

function matches(log: Log, { addresses, topics }: LogFilter): boolean {
  if (addresses.length > 0 && !addresses.includes(log.address)) return false;
  return topics.every((wanted, position) => {
    const topic = log.topics[position];
    return topic === undefined ? false : wanted.length === 0 || wanted.includes(topic);
  });
}
