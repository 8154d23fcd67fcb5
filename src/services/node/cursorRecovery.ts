import { buildBlockAttributes } from "../../derive/index.js";
import type { Block, Engine } from "../../engine/types.js";
import type { L1Header, L1Reader } from "../../l1/types.js";
import { decodeDepositTx, decodeL1Attributes, isDepositTx } from "../../protocol/index.js";
import type { Cursor, RollupConfig } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import { FoveaError } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import type { ChainTip } from "../chainAccess.js";
import { depositHints } from "../depositHints.js";
import { recordsUpTo } from "../recordsUpTo.js";
import { matchesAttributes } from "./attributesMatch.js";
import type { NodeStore } from "./nodeStore.js";

/** Unsafe blocks that outlived the node's store get their cursors back, if the sequencer would build them so again. */
export class CursorRecovery {
  readonly #config: RollupConfig;
  readonly #engine: Engine;
  readonly #l1: L1Reader;
  readonly #store: NodeStore;
  readonly #logger: Logger;

  constructor(
    config: RollupConfig,
    deps: { engine: Engine; l1: L1Reader; store: NodeStore; logger: Logger },
  ) {
    this.#config = config;
    this.#engine = deps.engine;
    this.#l1 = deps.l1;
    this.#store = deps.store;
    this.#logger = deps.logger;
  }

  /** Undefined: the block does not follow from its parent and the records known. */
  async recover(parent: ChainTip, blockHash: Hash): Promise<Cursor | undefined> {
    const block = await this.#engine.getBlock({ hash: blockHash });
    const origin = block && (await this.#originOf(block));
    if (!block || !origin || origin.number < parent.cursor.origin.number) return undefined;
    const { recordIndex } = parent.cursor;
    const records = recordsUpTo(this.#store, recordIndex, origin.number);
    const { attributes, cursor } = buildBlockAttributes(this.#config.chain, parent.cursor, {
      timestamp: block.header.timestamp,
      origin,
      hints: depositHints(this.#store, recordIndex, origin.number),
      candidates: block.transactions.filter((tx) => !isDepositTx(tx)),
      records,
      recordEnd: recordIndex + BigInt(records.length),
    });
    if (!matchesAttributes(block, attributes)) return undefined;
    await this.#store.putBlock(blockHash, cursor);
    this.#logger.info({ block: cursor.l2Number }, "unsafe block taken over");
    return cursor;
  }

  async #originOf(block: Block): Promise<L1Header | undefined> {
    const [first] = block.transactions;
    if (!first || !isDepositTx(first)) return undefined;
    const { originNumber, originHash } = decodeL1Attributes(decodeDepositTx(first).data);
    try {
      const header = await this.#l1.getHeader(originNumber);
      return header.hash === originHash ? header : undefined;
    } catch (error) {
      if (error instanceof FoveaError && error.code === "L1_BLOCK_MISSING") return undefined;
      throw error;
    }
  }
}
