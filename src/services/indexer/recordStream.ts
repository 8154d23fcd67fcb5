import type { FeedRecord } from "../../l1/types.js";
import { RECORD_KIND_DEPOSIT } from "../../protocol/constants.js";
import { depositTxFromRecord } from "../../protocol/depositFromRecord.js";
import { encodeDepositTx, hashTx } from "../../protocol/depositTx.js";
import { userDepositSourceHash } from "../../protocol/sourceHash.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Hash } from "../../util/hex.js";
import type { FeedView } from "../chainAccess.js";
import type { StepResult } from "../types.js";
import { indexKey, putMark, putRow, TABLES } from "./indexKeys.js";
import type { IndexEvent } from "./types.js";
import { type Unit, UnitLog } from "./unitLog.js";

/** What the stream reads. */
export interface RecordStreamDeps {
  feeds: Pick<FeedView, "getRecord" | "snapshot">;
  store: KeyValueStore;
  emit(events: IndexEvent[]): void;
}

/** Records of the DepositFeed → lists of deposits. What a record says is read from the node when it is asked for. */
export class RecordStream {
  readonly #perStep: number;
  readonly #deps: RecordStreamDeps;
  readonly #log: UnitLog<object>;

  constructor(config: { recordsPerStep: number }, deps: RecordStreamDeps) {
    this.#perStep = config.recordsPerStep;
    this.#deps = deps;
    this.#log = new UnitLog(deps.store, "records");
  }

  /** Number of records. */
  get indexed(): bigint {
    return this.#log.tip === undefined ? 0n : this.#log.tip.height + 1n;
  }

  get known(): bigint {
    return this.#deps.feeds.snapshot?.records.length ?? this.indexed;
  }

  /** The record, if it is indexed and still the same. */
  get(index: bigint): FeedRecord | undefined {
    const unit = this.#log.get(index);
    const record = unit && this.#deps.feeds.getRecord(index);
    return record && tagOf(record) === unit.tag ? record : undefined;
  }

  reset(): void {
    this.#log.reset();
  }

  async step(): Promise<StepResult> {
    if (await this.#takeBack()) return { status: "progress" };
    const isCatchingUp = this.known - this.indexed > BigInt(this.#perStep);
    const units: Unit<object>[] = [];
    const events: IndexEvent[] = [];
    for (let index = this.indexed; units.length < this.#perStep; index += 1n) {
      const record = this.#deps.feeds.getRecord(index);
      if (!record) break;
      const isDeposit = record.header.kind === RECORD_KIND_DEPOSIT;
      const puts = isDeposit ? rowsOf(record) : [];
      units.push({ height: index, tag: tagOf(record), note: {}, puts });
      if (isDeposit && !isCatchingUp) events.push({ type: "deposit", index, change: "seen" });
    }
    await this.#log.append(units);
    this.#deps.emit(events);
    return { status: units.length > 0 ? "progress" : "idle" };
  }

  /** True if there may be more to take back. */
  async #takeBack(): Promise<boolean> {
    for (let i = 0; i < this.#perStep; i += 1) {
      const tip = this.#log.tip;
      if (!tip || this.get(tip.height)) return false;
      const isDeposit = (await this.#log.pop()).length > 0;
      if (isDeposit) this.#deps.emit([{ type: "deposit", index: tip.height, change: "removed" }]);
    }
    return true;
  }
}

/** Hashes that wallets compute from the L1 log of a deposit. Source: docs/protocol/deposits.md#source-hash */
export function expectedHashes(record: FeedRecord): { sourceHash: Hash; txHash: Hash } {
  const kept = HASHES.get(record);
  if (kept) return kept;
  const sourceHash = userDepositSourceHash(record.l1.blockHash, record.l1.logIndex);
  const txHash = hashTx(encodeDepositTx(depositTxFromRecord(record, sourceHash)));
  const hashes = { sourceHash, txHash };
  HASHES.set(record, hashes);
  return hashes;
}

/** Of records that are in memory anyway. */
const HASHES = new WeakMap<FeedRecord, { sourceHash: Hash; txHash: Hash }>();

/** The same content may come again in another L1 block. */
function tagOf({ hash, l1 }: FeedRecord): string {
  return `${hash} ${l1.blockHash}`;
}

function rowsOf(record: FeedRecord): StoreOperation[] {
  const { index, from, to, isCreation } = record.header;
  return [
    putMark(indexKey(TABLES.deposits, index)),
    putMark(indexKey(TABLES.depositsByFrom, from, index)),
    ...(isCreation ? [] : [putMark(indexKey(TABLES.depositsByTo, to, index))]),
    putMark(indexKey(TABLES.depositsByL1Tx, record.l1.txHash, index)),
    putRow(indexKey(TABLES.depositByExpectedHash, expectedHashes(record).txHash), {
      position: index,
    }),
  ];
}
