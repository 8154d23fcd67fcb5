import { setTimeout as sleep } from "node:timers/promises";
import type { BlockHeader, BlockId, Engine } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import {
  decodeDepositTx,
  decodeL1Attributes,
  OUTPUT_ROOT_VERSION,
  outputRoot,
} from "../../protocol/index.js";
import type { L1BlockRef, L2BlockRef, RollupConfig } from "../../protocol/types.js";
import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { ChainTip, ConfirmedProposal, FeedView } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import type { OutputAtBlock, SyncStatus } from "../types.js";

/** How long an answer waits for L1. */
const L1_PATIENCE_MS = 100;
/** Blocks whose L1 attributes stay decoded: every list tells of the heads. */
const KEPT = 64;

/** Answers of the node to the gateway, made from the engine's blocks and the node's marks. */
export class NodeView {
  readonly #config: RollupConfig;
  readonly #engine: Engine;
  readonly #l1: L1Reader;
  readonly #feeds: FeedView;
  readonly #attributes = new Lru<Hash, ReturnType<typeof decodeL1Attributes>>(KEPT);
  #confirmed: ConfirmedProposal | undefined;
  /** Of the last entry whose L1 block was read, and the read in progress. */
  #lastDerived: L1BlockRef | undefined;
  #reading: Promise<void> | undefined;

  constructor(config: RollupConfig, deps: { engine: Engine; l1: L1Reader; feeds: FeedView }) {
    this.#config = config;
    this.#engine = deps.engine;
    this.#l1 = deps.l1;
    this.#feeds = deps.feeds;
  }

  setConfirmed(confirmed: ConfirmedProposal): void {
    this.#confirmed = confirmed;
  }

  async syncStatus(safe: ChainTip): Promise<SyncStatus> {
    const heads = this.#feeds.heads;
    const genesis = this.#genesisRef();
    const unsafeL2 = await this.#refOf("latest");
    const safeL2 = await this.#refOf({ hash: safe.hash });
    return {
      currentL1: (await this.#currentL1()) ?? genesis,
      headL1: heads?.head ?? genesis,
      safeL1: heads?.safe ?? genesis,
      finalizedL1: heads?.finalized ?? genesis,
      unsafeL2,
      safeL2,
      finalizedL2: await this.#refOf("finalized").catch(() => this.#refOf("earliest")),
      undisputedL2: this.#confirmed
        ? await this.#refOf(this.#confirmed.l2BlockNumber).catch(() => null)
        : null,
    };
  }

  async outputAtBlock(number: bigint, syncStatus: SyncStatus): Promise<OutputAtBlock> {
    const header = await this.#headerOf(number);
    return {
      version: OUTPUT_ROOT_VERSION,
      outputRoot: outputRoot({
        stateRoot: header.stateRoot,
        messagePasserStorageRoot: header.withdrawalsRoot,
        blockHash: header.hash,
      }),
      blockRef: await this.#refOf(number),
      withdrawalStorageRoot: header.withdrawalsRoot,
      stateRoot: header.stateRoot,
      syncStatus,
    };
  }

  /** The entry that made it safe is the last derived one at or below that L1 block. */
  async safeHeadAtL1Block(l1Number: bigint) {
    const known = this.#feeds.snapshot?.at.number;
    const start = this.#config.genesisOrigin;
    if (known === undefined || l1Number > known || l1Number < start.number) {
      throw new ServiceError("NODE_NO_SAFE_HEAD", { l1Number, currentL1: known });
    }
    const end = this.#entriesUpTo(l1Number);
    const safeHead = this.#feeds.blockAtEntryEnd(end);
    const entry = this.#feeds.getEntry(end - 1n);
    if (!safeHead) throw new ServiceError("NODE_NO_SAFE_HEAD", { l1Number });
    const l1Block = entry
      ? { hash: entry.l1.blockHash, number: entry.header.l1Number }
      : { hash: start.hash, number: start.number };
    return { l1Block, safeHead };
  }

  /** Number of derived entries in L1 blocks up to `l1Number`. */
  #entriesUpTo(l1Number: bigint): bigint {
    let low = 0n;
    let high = this.#feeds.derivedCount;
    while (low < high) {
      const middle = (low + high) / 2n;
      const entry = this.#feeds.getEntry(middle);
      if (entry && entry.header.l1Number <= l1Number) low = middle + 1n;
      else high = middle;
    }
    return low;
  }

  /** L1 block up to which everything is derived. */
  async #currentL1(): Promise<L1BlockRef | undefined> {
    const { snapshot, derivedCount } = this.#feeds;
    if (!snapshot) return undefined;
    if (derivedCount === snapshot.entries.length) return snapshot.at;
    const entry = this.#feeds.getEntry(derivedCount - 1n);
    if (!entry) return undefined;
    if (this.#lastDerived?.hash !== entry.l1.blockHash) await this.#readSoon(entry.l1.blockHash);
    return this.#lastDerived;
  }

  /** An L1 that does not answer must not hold up answers about L2: then the block before is told, which is right too. */
  async #readSoon(hash: Hash): Promise<void> {
    this.#reading ??= this.#l1
      .getHeaderByHash(hash)
      .then(({ number, time, parentHash }) => {
        this.#lastDerived = { hash, number, time, parentHash };
      })
      .catch(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
    await Promise.race([this.#reading, sleep(L1_PATIENCE_MS, undefined, { ref: false })]);
  }

  #genesisRef(): L1BlockRef {
    const { hash, number, time } = this.#config.genesisOrigin;
    return { hash, number, time, parentHash: `0x${"00".repeat(32)}` };
  }

  async #headerOf(id: BlockId): Promise<BlockHeader> {
    const header = await this.#engine.getHeader(id);
    if (!header) throw new ServiceError("NODE_UNKNOWN_BLOCK", { id });
    return header;
  }

  async #refOf(id: BlockId): Promise<L2BlockRef> {
    const header = await this.#headerOf(id);
    const { hash, number, parentHash, timestamp: time } = header;
    if (number === 0n) {
      const { genesisOrigin } = this.#config;
      const l1Origin = { hash: genesisOrigin.hash, number: genesisOrigin.number };
      return { hash, number, parentHash, time, l1Origin, sequenceNumber: 0n };
    }
    const l1 = await this.#attributesOf(hash);
    return {
      hash,
      number,
      parentHash,
      time,
      l1Origin: { hash: l1.originHash, number: l1.originNumber },
      sequenceNumber: l1.sequenceNumber,
    };
  }

  async #attributesOf(hash: Hash) {
    const kept = this.#attributes.get(hash);
    if (kept) return kept;
    const block = await this.#engine.getBlock({ hash });
    const first = block?.transactions[0];
    if (!first) throw new ServiceError("NODE_UNKNOWN_BLOCK", { hash });
    const attributes = decodeL1Attributes(decodeDepositTx(first).data);
    this.#attributes.set(hash, attributes);
    return attributes;
  }
}
