import type { ChainReader } from "../../engine/types.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { IndexedWithdrawal, IndexStanding } from "../../services/indexer/types.js";
import type { WithdrawalStatus } from "../../services/withdrawals/types.js";
import type {
  WithdrawalReader,
  WithdrawalReport,
} from "../../services/withdrawals/withdrawalReader.js";
import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { encodeWithdrawal } from "./encodeWithdrawal.js";
import { toJson } from "./toJson.js";

/** A withdrawal in a list. */
export interface WithdrawalRow {
  withdrawal: IndexedWithdrawal;
  status: WithdrawalStatus;
  /** As JSON. Bytes, since lists of strings are put together twice, and what they leave behind must be collected. */
  json(): Buffer;
}

/** What rows are made from. */
export interface WithdrawalRowsDeps {
  reader: Pick<WithdrawalReader, "report">;
  engine: Pick<ChainReader, "getHeader">;
  /** L1's finalized block; undefined: not known. */
  finalizedL1(): L1BlockRef | undefined;
}

/** What rows may weigh that are kept until L1, L2's safe head or a proposal moves on. */
const KEPT_BYTES = 16_000_000;
/** Of a row without its withdrawal's data, about. */
const ROW_BYTES = 4_000;

/** Rows of lists. As long as nothing has changed that they tell of, a row is made once, whoever asks for it. */
export class WithdrawalRows {
  readonly #deps: WithdrawalRowsDeps;
  readonly #kept = new Lru<Hash, WithdrawalRow>(
    KEPT_BYTES,
    ({ withdrawal }) =>
      // Digits, and the bytes themselves.
      ROW_BYTES + 3 * withdrawal.data.length,
  );
  /** Everything that kept rows follow from, besides their withdrawals. */
  #keptAt = "";

  constructor(deps: WithdrawalRowsDeps) {
    this.#deps = deps;
  }

  /**
   * In the order of `withdrawals`. Rows are kept if `version` is given: that of the index which stands on `at`.
   * Errors: those of WithdrawalReader.
   */
  async read(
    withdrawals: readonly IndexedWithdrawal[],
    { at, version }: { at: L1BlockRef; version: IndexStanding["version"] | undefined },
  ): Promise<WithdrawalRow[]> {
    const finalized = this.#deps.finalizedL1();
    const safe = await this.#deps.engine.getHeader("safe");
    const state = `${at.hash} ${version} ${finalized?.hash} ${safe?.hash}`;
    const heads = finalized && { head: at, finalized };
    const toRow = (report: WithdrawalReport) => rowOf(report, heads);
    if (version === undefined) {
      return (await this.#deps.reader.report(withdrawals, at)).map(toRow);
    }
    if (this.#keptAt !== state) this.#kept.clear();
    this.#keptAt = state;
    const rows = withdrawals.map((withdrawal) => {
      const row = this.#kept.get(withdrawal.withdrawalHash);
      // The same withdrawal may be in another L2 block after a reorg.
      return row?.withdrawal === withdrawal ? row : undefined;
    });
    const missing = withdrawals.filter((_, i) => rows[i] === undefined);
    const made = (await this.#deps.reader.report(missing, at)).map(toRow).values();
    return rows.map((kept) => {
      if (kept) return kept;
      const row = made.next().value as WithdrawalRow;
      if (this.#keptAt === state) this.#kept.set(row.withdrawal.withdrawalHash, row);
      return row;
    });
  }
}

function rowOf(report: WithdrawalReport, heads: Parameters<typeof encodeWithdrawal>[1]) {
  let json: Buffer | undefined;
  return {
    withdrawal: report.withdrawal,
    status: report.progress.status,
    json() {
      json ??= Buffer.from(toJson(encodeWithdrawal(report, heads)));
      return json;
    },
  };
}
