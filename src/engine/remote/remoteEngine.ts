import {
  type ExecutionPayload,
  isDepositTx,
  nextBaseFee,
  type PayloadAttributes,
} from "../../protocol/index.js";
import type { Logger } from "../../telemetry/logger.js";
import { FoveaError, hasCode } from "../../util/errors.js";
import { type Hash, type Hex, ZERO_HASH } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { EngineError } from "../errors.js";
import type { BlockHeader, Engine, EngineEvent, ForkchoiceState, PayloadStatus } from "../types.js";
import { encodeAttributes } from "../wire/attributesJson.js";
import { JsonFields, readQuantity } from "../wire/jsonFields.js";
import { decodePayload, encodePayload, type PayloadShape } from "../wire/payloadJson.js";
import { type BuildOutcome, buildDroppingInvalid } from "./dropInvalid.js";
import { type EngineRpc, type EngineRpcConfig, HttpEngineRpc } from "./engineRpc.js";
import { RemotePool } from "./remotePool.js";
import { RemoteReader } from "./remoteReader.js";

/** Answer of forkchoiceUpdated. */
type Updated = { payloadStatus: PayloadStatus; payloadId: Hex | null };

/** Who the external engine must be. */
export interface RemoteChain {
  chainId: number;
  genesisHash: Hash;
}

/** Payloads of the L2: of Prague, with OP's fields. */
const SHAPE: PayloadShape = { structure: 3, isRollup: true };
/** Error numbers of the Engine API. */
const BAD_FORKCHOICE = -38_002;
const BAD_ATTRIBUTES = -38_003;
const UNSUPPORTED_FORK = -38_005;
const STATUSES = ["VALID", "INVALID", "INVALID_BLOCK_HASH", "SYNCING", "ACCEPTED"] as const;
/** Blocks between two heads that are told to subscribers. */
const MAX_ANNOUNCED = 10_000;
/** Beacon roots of blocks being built are remembered: some engines do not repeat them. */
const MAX_PAYLOADS = 64;

/**
 * An engine in another process, driven over the Engine API by this server alone. It knows nothing of the drop rule: lists with
 * transactions that are invalid where they stand are cut down here, by asking it (`buildDroppingInvalid`).
 * It follows its heads itself: what others do to the engine is seen at the next update from here.
 */
export class RemoteEngine extends RemoteReader implements Engine {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly pool: RemotePool;
  readonly #logger: Logger;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #beaconRoots = new Lru<Hex, Hash>(MAX_PAYLOADS);
  /** The last head that subscribers know. */
  #head: BlockHeader | undefined;
  #labels = "";

  private constructor(
    chain: RemoteChain,
    config: EngineRpcConfig,
    deps: { rpc: EngineRpc; logger: Logger },
  ) {
    super(config, deps.rpc);
    this.chainId = chain.chainId;
    this.genesisHash = chain.genesisHash;
    this.#logger = deps.logger;
    this.pool = new RemotePool(deps.rpc, (hash) =>
      this.#emit({ type: "pendingTransaction", hash }),
    );
  }

  /**
   * Connects, and compares the chain.
   * Errors: ENGINE_REMOTE_UNREACHABLE, ENGINE_REMOTE_REFUSED, ENGINE_OTHER_GENESIS.
   */
  static async connect(
    chain: RemoteChain,
    config: EngineRpcConfig,
    deps: { logger: Logger; rpc?: EngineRpc },
  ): Promise<RemoteEngine> {
    const rpc = deps.rpc ?? new HttpEngineRpc(config);
    const chainId = Number(readQuantity(await rpc.call("eth_chainId", []), "chainId"));
    const genesis = await rpc.call("eth_getBlockByNumber", ["0x0", false]);
    const found = genesis === null ? undefined : new JsonFields(genesis, "genesis").hash("hash");
    if (chainId !== chain.chainId || found !== chain.genesisHash) {
      throw new EngineError("ENGINE_OTHER_GENESIS", { ...chain, foundChainId: chainId, found });
    }
    const engine = new RemoteEngine(chain, config, { rpc, logger: deps.logger });
    const head = await engine.getHeader("latest");
    if (!head) throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { block: "latest" });
    engine.#head = head;
    return engine;
  }

  async forkchoiceUpdated(
    state: ForkchoiceState,
    attributes?: PayloadAttributes,
  ): Promise<Updated> {
    const updated =
      attributes === undefined
        ? await this.#update(state, null)
        : await this.#startBuilding(state, attributes);
    if (updated.payloadStatus.status === "VALID") await this.#announce(state);
    return updated;
  }

  async getPayload(payloadId: Hex): Promise<ExecutionPayload> {
    const answer = new JsonFields(await this.#getPayload(payloadId), "payload");
    const parentBeaconBlockRoot = answer.has("parentBeaconBlockRoot")
      ? answer.hash("parentBeaconBlockRoot")
      : (this.#beaconRoots.get(payloadId) ?? ZERO_HASH);
    return decodePayload(answer.object("executionPayload"), SHAPE, { parentBeaconBlockRoot });
  }

  async newPayload(payload: ExecutionPayload): Promise<PayloadStatus> {
    const params = [encodePayload(payload, SHAPE), [], payload.parentBeaconBlockRoot, []];
    return readStatus(await this.rpc.call("engine_newPayloadV4", params));
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    const own = (event: EngineEvent): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Passes a question on as it is. Errors: as EngineRpc. */
  forward(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.rpc.call(method, params);
  }

  async suggestTip(): Promise<bigint> {
    return readQuantity(await this.rpc.call("eth_maxPriorityFeePerGas", []), "tip", 256);
  }

  nextBaseFee(parent: BlockHeader): bigint {
    return nextBaseFee(parent);
  }

  async close(): Promise<void> {
    await this.closeReader();
  }

  /** The engine gets lists that are wholly valid; what it refuses is cut down until it takes it. */
  async #startBuilding(state: ForkchoiceState, attributes: PayloadAttributes): Promise<Updated> {
    const { transactions, dropInvalid } = attributes;
    const start = async (list: Uint8Array[], noTxPool: boolean) =>
      this.#build(state, { ...attributes, transactions: list, noTxPool });
    if (!dropInvalid) return unwrap(await start(transactions, attributes.noTxPool));
    const forced = transactions.findIndex((raw) => !isDepositTx(raw));
    // Deposits alone are never dropped.
    if (forced === -1) return unwrap(await start(transactions, attributes.noTxPool));
    let kept = transactions;
    // Without the pool, whose transactions would take the place of those that are looked for.
    const outcome = await buildDroppingInvalid(transactions, forced, (list) => {
      kept = list;
      return start(list, true);
    });
    if ("built" in outcome && !attributes.noTxPool) return unwrap(await start(kept, false));
    return unwrap(outcome);
  }

  async #build(
    state: ForkchoiceState,
    attributes: PayloadAttributes,
  ): Promise<BuildOutcome<Updated> & { updated?: Updated }> {
    try {
      const updated = await this.#update(state, encodeAttributes(attributes));
      const { status, validationError } = updated.payloadStatus;
      if (status === "INVALID") {
        const invalid = validationError ?? "invalid";
        return { invalid, at: blamedAt(invalid), updated };
      }
      if (updated.payloadId !== null) {
        this.#beaconRoots.set(updated.payloadId, attributes.parentBeaconBlockRoot);
      }
      return { built: updated };
    } catch (error) {
      // Some engines say in this way that a forced list cannot be executed.
      if (!hasCode(error, "ENGINE_BAD_ATTRIBUTES")) throw error;
      const reason = String((error as FoveaError).data.reason);
      return { invalid: reason, at: blamedAt(reason), updated: refused(state, reason) };
    }
  }

  async #update(state: ForkchoiceState, attributes: unknown): Promise<Updated> {
    const { headBlockHash, safeBlockHash, finalizedBlockHash } = state;
    const wire = { headBlockHash, safeBlockHash, finalizedBlockHash };
    try {
      const answer = await this.rpc.call("engine_forkchoiceUpdatedV3", [wire, attributes]);
      const fields = new JsonFields(answer, "forkchoiceUpdated");
      return {
        payloadStatus: readStatus(fields.object("payloadStatus")),
        payloadId: fields.has("payloadId") ? fields.data("payloadId", 8) : null,
      };
    } catch (error) {
      throw asOwnError(error);
    }
  }

  async #getPayload(payloadId: Hex): Promise<unknown> {
    try {
      return await this.rpc.call("engine_getPayloadV4", [payloadId]);
    } catch (error) {
      const { rpcCode } = error instanceof FoveaError ? error.data : {};
      if (rpcCode !== UNSUPPORTED_FORK) throw asOwnError(error);
      return this.rpc.call("engine_getPayloadV5", [payloadId]);
    }
  }

  /** Tells subscribers what an update from here has changed. */
  async #announce(state: ForkchoiceState): Promise<void> {
    const { headBlockHash: head, safeBlockHash: safe, finalizedBlockHash: finalized } = state;
    if (head !== this.#head?.hash) {
      const change = await this.#changeTo(head);
      if (change !== undefined) {
        this.#head = change.head;
        this.#emit({ type: "head", added: change.added, removed: change.removed });
        void this.pool.refresh();
      }
    }
    const labels = `${safe}${finalized}`;
    if (labels === this.#labels || labels === `${ZERO_HASH}${ZERO_HASH}`) return;
    this.#labels = labels;
    const safeNow = await this.getHeader("safe");
    const finalizedNow = await this.getHeader("finalized");
    this.#emit({
      type: "labels",
      safe: safeNow?.hash ?? this.genesisHash,
      finalized: finalizedNow?.hash ?? this.genesisHash,
    });
  }

  async #changeTo(hash: Hash) {
    const head = await this.getHeader({ hash });
    let old: BlockHeader | undefined = this.#head;
    let next = head;
    const added: BlockHeader[] = [];
    const removed: BlockHeader[] = [];
    while (old && next && old.hash !== next.hash && added.length + removed.length < MAX_ANNOUNCED) {
      if (next.number > old.number) {
        added.unshift(next);
        next = await this.getHeader({ hash: next.parentHash });
      } else {
        removed.unshift(old);
        old = await this.getHeader({ hash: old.parentHash });
      }
    }
    return head && { head, added, removed };
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
}

function unwrap(outcome: BuildOutcome<Updated> & { updated?: Updated }): Updated {
  if ("built" in outcome) return outcome.built;
  if (outcome.updated) return outcome.updated;
  throw new EngineError("ENGINE_BAD_ATTRIBUTES", { reason: outcome.invalid });
}

function refused(state: ForkchoiceState, reason: string): Updated {
  const payloadStatus: PayloadStatus = {
    status: "INVALID",
    latestValidHash: state.headBlockHash,
    validationError: reason,
  };
  return { payloadStatus, payloadId: null };
}

/** Place of the transaction that an engine blames, if its words name one. */
function blamedAt(reason: string): number | undefined {
  const place = /\b(?:transaction|tx) (\d{1,6})\b/.exec(reason)?.[1];
  return place === undefined ? undefined : Number(place);
}

function readStatus(value: unknown): PayloadStatus {
  const fields = new JsonFields(value, "payloadStatus");
  const status = STATUSES.find((name) => name === fields.text("status"));
  if (status === undefined)
    throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { status: "unknown" });
  return {
    status,
    latestValidHash: fields.has("latestValidHash") ? fields.hash("latestValidHash") : null,
    validationError: fields.has("validationError") ? fields.text("validationError") : null,
  };
}

/** Errors of the Engine API under the codes that an engine in this process throws. */
function asOwnError(error: unknown): unknown {
  if (!hasCode(error, "ENGINE_REMOTE_ERROR")) return error;
  const { rpcCode, rpcMessage, rpcData } = (error as FoveaError).data;
  const detail = typeof rpcData === "object" && rpcData !== null ? JSON.stringify(rpcData) : "";
  const data = { reason: `${rpcMessage} ${detail}`.trim().slice(0, 500) };
  if (rpcCode === BAD_ATTRIBUTES) return new EngineError("ENGINE_BAD_ATTRIBUTES", data, error);
  if (rpcCode === BAD_FORKCHOICE) return new EngineError("ENGINE_BAD_FORKCHOICE", data, error);
  if (rpcCode === -38_001) return new EngineError("ENGINE_UNKNOWN_PAYLOAD", data, error);
  return error;
}
