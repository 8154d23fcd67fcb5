import { type ExecutionPayload, isDepositTx, type PayloadAttributes } from "../protocol/index.js";
import type { Logger } from "../telemetry/logger.js";
import type { Hash, Hex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { Lru } from "../util/lru.js";
import { decodeBlock, findBodyMismatch } from "./blockCodec.js";
import { blockValue, bundleOf } from "./blockExtras.js";
import { ChainQueries } from "./chain/chainQueries.js";
import type { ChainStore } from "./chain/chainStore.js";
import type { Forkchoice, ForkchoiceChange } from "./chain/forkchoice.js";
import { type ClaimedHeader, findDifferences } from "./chain/payloadCheck.js";
import { executeStrictly, PayloadBuilder, toPayload } from "./chain/payloads.js";
import { SerialQueue } from "./chain/serialQueue.js";
import { suggestTip } from "./chain/tipOracle.js";
import { EngineError } from "./errors.js";
import type { BlockInput, ExecutedBlock } from "./execution/blockExecution.js";
import type { BuilderPool, PoolFactory } from "./poolTypes.js";
import type { ChainRules } from "./rules.js";
import type { StateStore } from "./state/stateStore.js";
import type {
  Block,
  BlockHeader,
  Engine,
  EngineEvent,
  ForkchoiceState,
  ImportedBlock,
  PayloadStatus,
} from "./types.js";
import type { TaskRunner } from "./workers/taskRunner.js";

/** Who helps the engine. */
export interface EngineDeps {
  chain: ChainStore;
  states: StateStore;
  forkchoice: Forkchoice;
  createPool: PoolFactory;
  logger: Logger;
  callTimeoutMs: number;
  /** Where calls run; absent: in this thread. */
  tasks?: TaskRunner;
}

/** Blocks built here whose result is remembered until they come back as payloads. */
const MAX_EXECUTED = 32;
const MAX_BAD_BLOCKS = 256;
/** Of these whole blocks are kept, for whoever looks into why. */
const MAX_KEPT_BAD_BLOCKS = 10;

const valid = (hash: Hash): PayloadStatus => ({
  status: "VALID",
  latestValidHash: hash,
  validationError: null,
});
const syncing: PayloadStatus = { status: "SYNCING", latestValidHash: null, validationError: null };
/** A payload as a block under the header that its fields make. */
function bodyOf(header: BlockHeader, { transactions, withdrawals }: ExecutionPayload): Block {
  return {
    header,
    transactions,
    transactionHashes: transactions.map((raw) => keccakHex(raw)),
    ...(withdrawals ? { withdrawals } : {}),
  };
}

const invalid = (latestValidHash: Hash | null, validationError: string): PayloadStatus => ({
  status: "INVALID",
  latestValidHash,
  validationError,
});

/** The execution engine in this process. */
export class EmbeddedEngine extends ChainQueries implements Engine {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly #chain: ChainStore;
  readonly #forkchoice: Forkchoice;
  readonly #logger: Logger;
  readonly #rules: ChainRules;
  readonly #builder: PayloadBuilder;
  readonly #pool: BuilderPool;
  readonly #queue = new SerialQueue();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #executed = new Lru<Hash, ExecutedBlock>(MAX_EXECUTED);
  /** Hash of a block known to be invalid, and of its last valid ancestor. */
  readonly #bad = new Lru<Hash, Hash>(MAX_BAD_BLOCKS);
  /** The newest first. */
  readonly #badBlocks: Block[] = [];
  #isClosed = false;

  constructor(rules: ChainRules, genesisHash: Hash, deps: EngineDeps) {
    super(rules, deps);
    this.chainId = rules.chainId;
    this.genesisHash = genesisHash;
    this.#rules = rules;
    this.#chain = deps.chain;
    this.#forkchoice = deps.forkchoice;
    this.#logger = deps.logger;
    this.#pool = deps.createPool(this.poolView(), (hash) =>
      this.#emit({ type: "pendingTransaction", hash }),
    );
    this.#builder = new PayloadBuilder(rules, {
      stores: this.execution.stores,
      pool: this.#pool,
    });
  }

  override get pool(): BuilderPool {
    return this.#pool;
  }

  forkchoiceUpdated(
    state: ForkchoiceState,
    attributes?: PayloadAttributes,
  ): Promise<{ payloadStatus: PayloadStatus; payloadId: Hex | null }> {
    return this.#queue.run(async () => {
      this.#assertOpen();
      const refused = this.#refuseHead(state.headBlockHash);
      if (refused) return { payloadStatus: refused, payloadId: null };
      const target = this.#chain.getHeader(state.headBlockHash) as BlockHeader;
      const settled = this.#pool.headMoves();
      try {
        await this.#announce(await this.#forkchoice.move(state, target));
      } finally {
        settled();
      }
      const payloadStatus = valid(target.hash);
      if (!attributes) return { payloadStatus, payloadId: null };
      const started = await this.#builder.start(target, attributes);
      if ("id" in started) return { payloadStatus, payloadId: started.id };
      return { payloadStatus: invalid(target.hash, started.invalid), payloadId: null };
    });
  }

  async getPayload(payloadId: Hex): Promise<ExecutionPayload> {
    this.#assertOpen();
    const block = await this.#builder.finish(payloadId);
    this.#executed.set(block.header.hash, block);
    return { ...toPayload(block), ...this.#plainExtras(block) };
  }

  /** What payloads of plain Ethereum say beside the block: what it earns, and its blobs. */
  #plainExtras(block: ExecutedBlock): Pick<ExecutionPayload, "blockValueWei" | "blobsBundle"> {
    if (!this.#rules.checkBlock) return {};
    const bundle = bundleOf(block, (hash) => this.#pool.networkForm?.(hash));
    return { blockValueWei: blockValue(block), ...(bundle ? { blobsBundle: bundle } : {}) };
  }

  newPayload(payload: ExecutionPayload): Promise<PayloadStatus> {
    return this.#queue.run(async () => {
      this.#assertOpen();
      const { blockHash, parentHash } = payload;
      if (this.#chain.getHeader(blockHash)) return valid(blockHash);
      const badAncestor = this.#bad.get(blockHash) ?? this.#bad.get(parentHash);
      if (badAncestor)
        return this.#reject(blockHash, badAncestor, "known as invalid, or its parent");
      // A wrong hash says nothing about the block that really has it.
      const header = this.#rules.payloadHeader(payload);
      if (header.hash !== blockHash) {
        return { ...invalid(null, "block hash"), status: "INVALID_BLOCK_HASH" };
      }
      const parent = this.#chain.getHeader(parentHash);
      if (!parent) return syncing;
      const block = this.#executed.get(blockHash) ?? (await this.#execute(payload, parent));
      if ("invalid" in block) {
        this.#keepBad(bodyOf(header, payload));
        return this.#reject(blockHash, parentHash, block.invalid);
      }
      await this.#chain.writeBlock(block);
      this.#executed.delete(blockHash);
      return valid(blockHash);
    });
  }

  async #execute(
    payload: ExecutionPayload,
    parent: BlockHeader,
  ): Promise<ExecutedBlock | { invalid: string }> {
    const input = this.#rules.checkPayload(payload, parent);
    if ("invalid" in input) return input;
    return this.#executeAs({ ...payload, hash: payload.blockHash }, parent, input, payload);
  }

  /** Executes a block and compares with what its header claims. */
  async #executeAs(
    claimed: ClaimedHeader,
    parent: BlockHeader,
    input: BlockInput,
    { transactions }: { transactions: readonly Uint8Array[] },
  ): Promise<ExecutedBlock | { invalid: string }> {
    const { stores } = this.execution;
    const block = await executeStrictly(this.#rules, stores, parent, transactions, input);
    if ("invalid" in block) return block;
    const differences = findDifferences(claimed, block.header);
    return differences.length === 0 ? block : { invalid: `differs in ${differences.join(", ")}` };
  }

  /**
   * Takes a block as RLP, as other clients export them; the heads stay. Only chains whose rules know `checkBlock` have such blocks.
   * Errors: ENGINE_BAD_ENCODING.
   */
  importBlock(rlp: Uint8Array): Promise<ImportedBlock> {
    return this.#queue.run(async () => {
      this.#assertOpen();
      const block = decodeBlock(rlp);
      const { header } = block;
      if (this.#chain.getHeader(header.hash)) {
        return { header, invalid: null, isKnown: true };
      }
      const invalid = await this.#import(block);
      if (invalid !== null) {
        this.#logger.warn({ blockHash: header.hash, reason: invalid }, "invalid block");
      }
      return { header, invalid, isKnown: false };
    });
  }

  async #import(block: Block): Promise<string | null> {
    const { header } = block;
    if (this.#bad.get(header.hash)) return "known as invalid";
    if (this.#bad.get(header.parentHash)) return "its parent is invalid";
    const parent = this.#chain.getHeader(header.parentHash);
    if (!parent) return "its parent is not known";
    // The body may be another one's: that says nothing about the block with this hash.
    const { withdrawals: _, ...body } = block;
    const isOther = this.#rules.hasOwnWithdrawalsRoot?.(header.timestamp) === true;
    const mismatch = findBodyMismatch(isOther ? body : block);
    if (mismatch !== undefined) return `the body does not have the ${mismatch} of the header`;
    const input = this.#rules.checkBlock?.(block, parent, this.#chain);
    if (!input) return "the chain's blocks do not come as RLP";
    const done = "invalid" in input ? input : await this.#executeAs(header, parent, input, block);
    if ("invalid" in done) {
      this.#bad.set(header.hash, parent.hash);
      this.#keepBad(block);
      return done.invalid;
    }
    await this.#chain.writeBlock(done);
    return null;
  }

  badBlocks(): Block[] {
    return [...this.#badBlocks];
  }

  #keepBad(block: Block): void {
    this.#badBlocks.unshift(block);
    this.#badBlocks.length = Math.min(this.#badBlocks.length, MAX_KEPT_BAD_BLOCKS);
  }

  #reject(blockHash: Hash, lastValid: Hash, reason: string): PayloadStatus {
    this.#bad.set(blockHash, lastValid);
    this.#logger.warn({ blockHash, reason }, "invalid payload");
    return invalid(lastValid, reason);
  }

  #refuseHead(hash: Hash): PayloadStatus | undefined {
    if (this.#chain.getHeader(hash)) return undefined;
    const lastValid = this.#bad.get(hash);
    return lastValid ? invalid(lastValid, "known as invalid") : syncing;
  }

  /** Tells the pool and then the listeners what has changed on disk. */
  async #announce({ added, removed, labelsChanged }: ForkchoiceChange): Promise<void> {
    if (added.length > 0 || removed.length > 0) {
      const isNew = new Set(added.flatMap(({ hash }) => this.#chain.getBody(hash)?.hashes ?? []));
      const signed = (headers: BlockHeader[]): { raw: Uint8Array; hash: Hash }[] =>
        headers.flatMap(({ hash }) => {
          const { transactions, hashes } = this.#chain.getBody(hash) ?? {
            transactions: [],
            hashes: [],
          };
          return transactions
            .map((raw, index) => ({ raw, hash: hashes[index] as Hash }))
            .filter(({ raw }) => !isDepositTx(raw));
        });
      const back = signed(removed).filter(({ hash }) => !isNew.has(hash));
      try {
        await this.#pool.onHead(
          signed(added).map(({ raw }) => raw),
          back.map(({ raw }) => raw),
        );
      } catch (error) {
        this.#logger.error({ error }, "the pool could not follow the head");
      }
      this.#emit({ type: "head", added, removed });
    }
    if (labelsChanged) {
      const { safe, finalized } = this.#forkchoice;
      this.#emit({ type: "labels", safe: safe.hash, finalized: finalized.hash });
    }
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ error, event: event.type }, "a listener of the engine failed");
      }
    }
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    // Wrapped, so that the same function subscribed twice is two subscriptions.
    const own = (event: EngineEvent): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  async suggestTip(): Promise<bigint> {
    return suggestTip(this.#chain, this.#forkchoice.unsafe);
  }

  nextBaseFee(parent: BlockHeader): bigint {
    return this.#rules.nextBaseFee(parent);
  }

  /** Waits for what is running, then closes the pool and the store. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue.idle();
    await this.#pool.close();
    await this.tasks.close();
    await this.#chain.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new EngineError("ENGINE_CLOSED");
  }
}
