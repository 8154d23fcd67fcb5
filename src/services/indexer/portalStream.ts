import type { L1Reader } from "../../l1/types.js";
import type { L1BlockRef, RollupConfig } from "../../protocol/types.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { hasCode } from "../../util/errors.js";
import type { Address, Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { FeedView } from "../chainAccess.js";
import { decodeStored } from "../storedValue.js";
import type { StepResult } from "../types.js";
import { indexKey, putRow, TABLES } from "./indexKeys.js";
import type { PortalLog, PortalLogReader } from "./portalLogs.js";
import type { IndexEvent, L1Place, WithdrawalL1Events } from "./types.js";
import { UnitLog } from "./unitLog.js";

/** What the stream reads. */
export interface PortalStreamDeps {
  l1: Pick<L1Reader, "getHeader" | "getHeaderByHash">;
  portal: PortalLogReader;
  feeds: Pick<FeedView, "snapshot">;
  store: KeyValueStore;
  emit(events: IndexEvent[]): void;
}

interface EventRow {
  what: PortalLog["what"];
  l1: L1Place;
}

/** Units that one step takes back. */
const MAX_BACK = 64;
/** Events that one answer holds; proofs can be repeated by anybody. */
const MAX_EVENTS = 256;
/** Withdrawals whose events are kept. */
const KEPT = 8_192;
/** L1 headers that are asked for at once. */
const HEADERS_AT_ONCE = 32;
/** Largest distance of both heads at which changes are announced one by one. */
const ANNOUNCE_WITHIN = 64n;

/** The portal's logs on L1, range by range of blocks → what became of withdrawals there. */
export class PortalStream {
  readonly #start: bigint;
  readonly #deps: PortalStreamDeps;
  readonly #log: UnitLog<object>;
  readonly #kept = new Lru<Hash, WithdrawalL1Events>(KEPT);
  /** Changes with every row that changes. */
  #version = 0;

  constructor(config: Pick<RollupConfig, "genesisOrigin">, deps: PortalStreamDeps) {
    this.#start = config.genesisOrigin.number + 1n;
    this.#deps = deps;
    this.#log = new UnitLog(deps.store, "portal");
  }

  /** Last L1 block that is in. */
  get indexed(): bigint {
    return this.#log.tip?.height ?? this.#start - 1n;
  }

  /** True if a range of the log ends with this very block. All that the log holds is one chain. */
  holds({ number, hash }: Pick<L1BlockRef, "number" | "hash">): boolean {
    return this.#log.get(number)?.tag === hash;
  }

  get start(): bigint {
    return this.#start;
  }

  get head(): bigint {
    return this.#deps.feeds.snapshot?.at.number ?? this.indexed;
  }

  reset(): void {
    this.#forget();
    this.#log.reset();
  }

  async step(): Promise<StepResult> {
    const head = this.#deps.feeds.snapshot?.at;
    if (!head) return { status: "waiting", detail: "L1 has not answered yet" };
    const { tip } = this.#log;
    if (tip?.tag === head.hash) return { status: "idle" };
    if (tip && tip.tag !== head.parentHash && (await this.#takeBack())) {
      return { status: "progress" };
    }
    if (this.indexed >= head.number) return { status: "waiting", detail: "the L1 head moved" };
    return this.#goOn(head);
  }

  /** True if something was taken back. */
  async #takeBack(): Promise<boolean> {
    let count = 0;
    for (; count < MAX_BACK; count += 1) {
      const tip = this.#log.tip;
      if (!tip || (await this.#hashAt(tip.height)) === tip.tag) break;
      await this.#log.pop();
      this.#forget();
    }
    return count > 0;
  }

  async #goOn(head: L1BlockRef): Promise<StepResult> {
    const { portal, emit } = this.#deps;
    const from = this.indexed + 1n;
    const { to, logs } = await portal.find(from, head.number);
    // Asked after the logs: a range whose last block is still the same has not been replaced under us.
    const tag = await this.#hashAt(to);
    const stray = logs.find((log) => log.blockNumber === to && log.blockHash !== tag);
    if (tag === undefined || stray || (to === head.number && tag !== head.hash)) {
      return { status: "waiting", detail: "the L1 head moved" };
    }
    const puts: StoreOperation[] = [];
    const times = await this.#timesOf(new Set(logs.map(({ blockHash }) => blockHash)));
    for (const { withdrawalHash, what, ...place } of logs) {
      const timestamp = times.get(place.blockHash) as bigint;
      const row: EventRow = { what, l1: { ...place, timestamp } };
      const key = indexKey(
        TABLES.portalLogs,
        withdrawalHash,
        place.blockNumber,
        BigInt(place.logIndex),
      );
      puts.push(putRow(key, row));
    }
    await this.#log.append([{ height: to, tag, note: {}, puts }]);
    if (puts.length > 0) this.#version += 1;
    for (const { withdrawalHash } of logs) this.#kept.delete(withdrawalHash);
    if (head.number - to < ANNOUNCE_WITHIN) {
      emit(
        logs.map(({ withdrawalHash, what }) => ({
          type: "withdrawal",
          withdrawalHash,
          change: what.kind,
        })),
      );
    }
    return { status: "progress" };
  }

  /** Several headers at once: one after the other, an index of many withdrawals would wait minutes for L1. */
  async #timesOf(blockHashes: ReadonlySet<Hash>): Promise<Map<Hash, bigint>> {
    const times = new Map<Hash, bigint>();
    const rest = blockHashes.values();
    const fetchRest = async () => {
      for (const hash of rest) {
        times.set(hash, (await this.#deps.l1.getHeaderByHash(hash)).time);
      }
    };
    await Promise.all(Array.from({ length: HEADERS_AT_ONCE }, fetchRest));
    return times;
  }

  async #hashAt(number: bigint): Promise<Hash | undefined> {
    try {
      return (await this.#deps.l1.getHeader(number)).hash;
    } catch (error) {
      if (hasCode(error, "L1_BLOCK_MISSING")) return undefined;
      throw error;
    }
  }

  /** What L1 knows of a withdrawal. */
  async eventsOf(withdrawalHash: Hash): Promise<WithdrawalL1Events> {
    const kept = this.#kept.get(withdrawalHash);
    if (kept) return kept;
    const version = this.#version;
    const proofs: { submitter: Address; l1: L1Place }[] = [];
    let finalized: WithdrawalL1Events["finalized"] = null;
    const end = (1n << 64n) - 1n;
    const range = {
      gte: indexKey(TABLES.portalLogs, withdrawalHash),
      lt: indexKey(TABLES.portalLogs, withdrawalHash, end),
      // The newest: a finalization is the last event of all.
      reverse: true,
      limit: MAX_EVENTS,
      expected: 8,
    };
    for await (const [, value] of this.#deps.store.iterate(range)) {
      const { what, l1 } = decodeStored<EventRow>(value).meta;
      if (what.kind === "proven") proofs.unshift({ submitter: what.submitter, l1 });
      else finalized = { success: what.success, l1 };
    }
    const events = { proofs, finalized };
    // Not if something was written while it was read.
    if (version === this.#version) this.#kept.set(withdrawalHash, events);
    return events;
  }

  #forget(): void {
    this.#version += 1;
    this.#kept.clear();
  }
}
