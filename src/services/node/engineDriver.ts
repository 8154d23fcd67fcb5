import type { BlockHeader, Engine } from "../../engine/types.js";
import type { ExecutionPayload, PayloadAttributes } from "../../protocol/types.js";
import type { Hash } from "../../util/hex.js";
import { ZERO_HASH } from "../../util/hex.js";
import { ServiceError } from "../errors.js";
import { matchesAttributes } from "./attributesMatch.js";

/** What applying a derived block did. */
export interface AppliedBlock {
  hash: Hash;
  header: BlockHeader;
  /** True: the canonical block was already this one; nothing was executed. */
  consolidated: boolean;
}

/**
 * Fork choice and block building on the engine; the only place where the node moves heads.
 * Errors: NODE_ENGINE_REJECTED, NODE_ENGINE_UNAVAILABLE, and those of the engine.
 */
export class EngineDriver {
  readonly #engine: Engine;

  constructor(deps: { engine: Engine }) {
    this.#engine = deps.engine;
  }

  async unsafeHead(): Promise<BlockHeader> {
    return this.#label("latest");
  }

  async finalizedHead(): Promise<BlockHeader> {
    const header = await this.#engine.getHeader("finalized");
    return header ?? this.#label("earliest");
  }

  /** Makes the block with these attributes canonical on top of `parent`, which is canonical. */
  async applyDerived(parent: Hash, attributes: PayloadAttributes): Promise<AppliedBlock> {
    const parentHeader = await this.#engine.getHeader({ hash: parent });
    if (!parentHeader) throw new ServiceError("NODE_UNKNOWN_BLOCK", { hash: parent });
    const existing = await this.#engine.getBlock(parentHeader.number + 1n);
    if (existing?.header.parentHash === parent && matchesAttributes(existing, attributes)) {
      return { hash: existing.header.hash, header: existing.header, consolidated: true };
    }
    await this.#lowerLabels(parentHeader);
    const headBefore = (await this.unsafeHead()).hash;
    const payload = await this.build(parent, attributes);
    await this.insert(payload);
    // The batch held transactions that were dropped: the block is the one we had, so keep what stands on it.
    const isSame = existing?.header.hash === payload.blockHash;
    const head = isSame ? headBefore : payload.blockHash;
    await this.setHead(head);
    const header = await this.#engine.getHeader({ hash: payload.blockHash });
    if (!header) throw new ServiceError("NODE_ENGINE_REJECTED", { hash: payload.blockHash });
    return { hash: payload.blockHash, header, consolidated: isSame };
  }

  /** Moves the head to `parent` and builds on it. */
  async build(parent: Hash, attributes: PayloadAttributes): Promise<ExecutionPayload> {
    const answer = await this.#engine.forkchoiceUpdated(forkchoice(parent), attributes);
    if (answer.payloadStatus.status !== "VALID" || answer.payloadId === null) {
      throw new ServiceError("NODE_ENGINE_UNAVAILABLE", { parent, answer });
    }
    return this.#engine.getPayload(answer.payloadId);
  }

  async insert(payload: ExecutionPayload): Promise<void> {
    const status = await this.#engine.newPayload(payload);
    if (status.status === "VALID") return;
    const code = status.status.startsWith("INVALID")
      ? "NODE_ENGINE_REJECTED"
      : "NODE_ENGINE_UNAVAILABLE";
    throw new ServiceError(code, { block: payload.blockHash, status });
  }

  async setHead(head: Hash): Promise<void> {
    await this.#update(head, ZERO_HASH, ZERO_HASH);
  }

  /** Zero hash: leave that label as it is. */
  async setLabels(safe: Hash, finalized: Hash): Promise<void> {
    await this.#update((await this.unsafeHead()).hash, safe, finalized);
  }

  /** A head may not move away from below its labels: the safe one steps back first, the finalized one never. */
  async #lowerLabels(parent: BlockHeader): Promise<void> {
    const finalized = await this.finalizedHead();
    if (finalized.number > parent.number) {
      throw new ServiceError("NODE_FINALITY_VIOLATION", {
        finalized: finalized.number,
        derived: parent.number + 1n,
      });
    }
    const safe = await this.#engine.getHeader("safe");
    if (safe && safe.number > parent.number) await this.setLabels(parent.hash, ZERO_HASH);
  }

  async #update(head: Hash, safe: Hash, finalized: Hash): Promise<void> {
    const { payloadStatus } = await this.#engine.forkchoiceUpdated({
      headBlockHash: head,
      safeBlockHash: safe,
      finalizedBlockHash: finalized,
    });
    if (payloadStatus.status !== "VALID") {
      throw new ServiceError("NODE_ENGINE_UNAVAILABLE", { head, payloadStatus });
    }
  }

  async #label(label: "latest" | "earliest"): Promise<BlockHeader> {
    const header = await this.#engine.getHeader(label);
    if (!header) throw new ServiceError("NODE_ENGINE_UNAVAILABLE", { label });
    return header;
  }
}

function forkchoice(head: Hash) {
  return { headBlockHash: head, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
}
