import type { Block, Engine, Receipt } from "../../engine/types.js";
import { RECORD_KIND_DEPOSIT } from "../../protocol/constants.js";
import type { DepositTx } from "../../protocol/depositTx.js";
import { decodeDepositTx, isDepositTx } from "../../protocol/depositTx.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Hash } from "../../util/hex.js";
import { toHex } from "../../util/hex.js";
import type { FeedView } from "../chainAccess.js";
import type { StepResult } from "../types.js";
import { indexKey, putMark, putRow, TABLES } from "./indexKeys.js";
import type { IndexEvent } from "./types.js";
import { type Unit, UnitLog } from "./unitLog.js";
import { readWithdrawals, withdrawalPosition } from "./withdrawalLogs.js";

/** Where a deposit was included; the row of its record index. */
export interface InclusionRow {
  blockNumber: bigint;
  blockHash: Hash;
  timestamp: bigint;
  txHash: Hash;
  sourceHash: Hash;
  success: boolean;
}

/** After a block: the next record that L2 has not consumed. */
interface BlockNote {
  nextRecord: bigint;
}

/** What the stream reads. */
export interface L2StreamDeps {
  engine: Pick<Engine, "getHeader" | "getBlock" | "getReceipts" | "genesisHash">;
  feeds: Pick<FeedView, "getRecord">;
  store: KeyValueStore;
  emit(events: IndexEvent[]): void;
}

/** Further behind the head than this, changes are not announced one by one. */
const ANNOUNCE_WITHIN = 64n;

/** Canonical L2 blocks → withdrawals initiated, and where deposits were included. */
export class L2Stream {
  readonly #perStep: number;
  readonly #deps: L2StreamDeps;
  readonly #log: UnitLog<BlockNote>;
  #head: bigint | undefined;
  #messageVersion = 0;

  constructor(config: { blocksPerStep: number }, deps: L2StreamDeps) {
    this.#perStep = config.blocksPerStep;
    this.#deps = deps;
    this.#log = new UnitLog(deps.store, "l2");
  }

  get indexed(): bigint {
    return this.#log.tip?.height ?? 0n;
  }

  get head(): bigint {
    return this.#head ?? this.indexed;
  }

  /** False until the engine was asked for the first time. */
  get isHeadKnown(): boolean {
    return this.#head !== undefined;
  }

  /** Changes with every withdrawal that comes or goes. */
  get messageVersion(): number {
    return this.#messageVersion;
  }

  /** True if the last block that is in is the engine's: then all of them are. */
  async isCanonical(): Promise<boolean> {
    const { tip } = this.#log;
    return !!tip && (await this.#deps.engine.getHeader(tip.height))?.hash === tip.tag;
  }

  /** First record that no block up to this one has included; undefined: not indexed. */
  nextRecordAfter(l2Number: bigint): bigint | undefined {
    return l2Number === 0n ? 0n : this.#log.get(l2Number)?.note.nextRecord;
  }

  reset(): void {
    this.#messageVersion += 1;
    this.#log.reset();
  }

  async step(): Promise<StepResult> {
    const head = await this.#deps.engine.getHeader("latest");
    if (!head) return { status: "waiting", detail: "the engine has no head" };
    this.#head = head.number;
    if (this.#log.tip?.tag === head.hash) return { status: "idle" };
    if (await this.#takeBack()) return { status: "progress" };
    return this.#goOn();
  }

  /** True if there may be more to take back. */
  async #takeBack(): Promise<boolean> {
    for (let i = 0; i < this.#perStep; i += 1) {
      const tip = this.#log.tip;
      if (!tip) return false;
      if ((await this.#deps.engine.getHeader(tip.height))?.hash === tip.tag) return false;
      await this.#log.pop();
      this.#messageVersion += 1;
    }
    return true;
  }

  async #goOn(): Promise<StepResult> {
    const { engine, emit } = this.#deps;
    const units: Unit<BlockNote>[] = [];
    const events: IndexEvent[] = [];
    let number = this.indexed + 1n;
    let parentHash = this.#log.tip?.tag ?? engine.genesisHash;
    let parentRoot = (await engine.getHeader(number - 1n))?.withdrawalsRoot;
    let nextRecord = this.#log.tip?.note.nextRecord ?? 0n;
    let problem: string | undefined;
    const { head } = this;
    for (; number <= head && units.length < this.#perStep; number += 1n) {
      const block = await engine.getBlock(number);
      if (block?.header.parentHash !== parentHash) break;
      const { hash, withdrawalsRoot } = block.header;
      const rows = await this.#rowsOf(block, nextRecord, withdrawalsRoot !== parentRoot);
      if (typeof rows === "string") {
        problem = rows;
        break;
      }
      units.push({ height: number, tag: hash, note: rows.note, puts: rows.puts });
      if (head - number < ANNOUNCE_WITHIN) events.push(...rows.events);
      parentHash = hash;
      parentRoot = withdrawalsRoot;
      nextRecord = rows.note.nextRecord;
    }
    await this.#log.append(units);
    if (units.some(({ puts }) => puts.length > 0)) this.#messageVersion += 1;
    emit(events);
    if (units.length > 0) return { status: "progress" };
    return { status: "waiting", detail: problem ?? "the head moved" };
  }

  /** Answers why not, if the block cannot be indexed now. */
  async #rowsOf(block: Block, nextRecord: bigint, hasMessages: boolean) {
    const { hash } = block.header;
    const hasDeposits = isDepositTx(block.transactions[1] ?? new Uint8Array(1));
    if (!hasDeposits && !hasMessages) return { note: { nextRecord }, puts: [], events: [] };
    const receipts = await this.#deps.engine.getReceipts(hash);
    if (!receipts) return "the head moved";
    const deposits = this.#depositRows(block, receipts, nextRecord);
    if (typeof deposits === "string") return deposits;
    const messages = withdrawalRows(block, receipts);
    return {
      note: { nextRecord: deposits.nextRecord },
      puts: [...deposits.puts, ...messages.puts],
      events: [...deposits.events, ...messages.events],
    };
  }

  #depositRows(block: Block, receipts: Receipt[], nextRecord: bigint) {
    const { number: blockNumber, hash: blockHash, timestamp } = block.header;
    const puts: StoreOperation[] = [];
    const events: IndexEvent[] = [];
    let next = nextRecord;
    for (let i = 1; isDepositTx(block.transactions[i] ?? new Uint8Array(1)); i += 1) {
      const tx = decodeDepositTx(block.transactions[i] as Uint8Array);
      const index = this.#findRecord(next, tx);
      if (index === undefined) return `record ${next} is not the node's yet`;
      next = index + 1n;
      const txHash = block.transactionHashes[i] as Hash;
      const success = receipts[i]?.status === 1;
      const { sourceHash } = tx;
      const row: InclusionRow = { blockNumber, blockHash, timestamp, txHash, sourceHash, success };
      puts.push(
        putRow(indexKey(TABLES.inclusions, index), row),
        putRow(indexKey(TABLES.depositByL2Hash, txHash), { position: index }),
      );
      if (!success) puts.push(putMark(indexKey(TABLES.failedDeposits, index)));
      events.push({ type: "deposit", index, change: "included" });
    }
    return { puts, events, nextRecord: next };
  }

  /** Deposits are included in the order of their records; records of other kinds make no transaction. */
  #findRecord(from: bigint, tx: DepositTx): bigint | undefined {
    for (let index = from; ; index += 1n) {
      const record = this.#deps.feeds.getRecord(index);
      if (!record) return undefined;
      const { header } = record;
      if (header.kind !== RECORD_KIND_DEPOSIT) continue;
      // After an L1 reorg the node may have new records while the engine still has blocks with the old ones.
      const fits =
        header.from === tx.from &&
        header.mint === tx.mint &&
        header.value === tx.value &&
        header.gasLimit === tx.gas &&
        (header.isCreation ? null : header.to) === tx.to &&
        toHex(record.data) === toHex(tx.data);
      return fits ? index : undefined;
    }
  }
}

function withdrawalRows(block: Block, receipts: Receipt[]) {
  const puts: StoreOperation[] = [];
  const events: IndexEvent[] = [];
  for (const row of readWithdrawals(block, receipts)) {
    const position = withdrawalPosition(row.l2);
    puts.push(
      putRow(indexKey(TABLES.withdrawals, position), row),
      putRow(indexKey(TABLES.withdrawalByHash, row.withdrawalHash), { position }),
      putMark(indexKey(TABLES.withdrawalsBySender, row.sender, position)),
      putMark(indexKey(TABLES.withdrawalsByTarget, row.target, position)),
      putMark(indexKey(TABLES.withdrawalsByTx, row.l2.txHash, position)),
    );
    const { withdrawalHash } = row;
    events.push({ type: "withdrawal", withdrawalHash, change: "initiated" });
  }
  return { puts, events };
}
