import {
  L1_ATTRIBUTES_GAS,
  RECORD_KIND_CONFIG,
  RECORD_KIND_DEPOSIT,
} from "../protocol/constants.js";
import { depositTxFromRecord } from "../protocol/depositFromRecord.js";
import { encodeDepositTx } from "../protocol/depositTx.js";
import { fallbackSourceHash, userDepositSourceHash } from "../protocol/sourceHash.js";
import { applyConfigRecord } from "../protocol/systemConfigUpdate.js";
import type { Cursor, DepositFeedRecord, L1Origin } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";
import { DeriveError } from "./errors.js";

/** A deposit of a block. */
export interface DerivedDeposit {
  recordIndex: bigint;
  sourceHash: Hash;
  /** Envelope of type 0x7E. */
  raw: Uint8Array;
}

/** Records a block consumes, and what they change. */
export interface ConsumedRecords {
  deposits: DerivedDeposit[];
  recordIndex: bigint;
  lastHint: Cursor["lastHint"];
  config: Cursor["config"];
  /** True if a record that belongs to this origin or an earlier one did not fit. */
  leftOver: boolean;
}

/**
 * Consumes the records that a block with this origin takes, in feed order.
 * Shapes: `records` ascending without gaps, from the cursor's or an earlier index; those from `recordEnd` on are not looked at.
 * Errors: DERIVE_RECORD_MISSING.
 * Source: docs/protocol/derivation.md#one-block, steps 1, 5 and 6
 */
export function consumeRecords(
  cursor: Cursor,
  origin: L1Origin,
  hints: readonly number[],
  records: readonly DepositFeedRecord[],
  recordEnd: bigint,
): ConsumedRecords {
  const gasAvailable = cursor.config.gasLimit - L1_ATTRIBUTES_GAS;
  const deposits: DerivedDeposit[] = [];
  let { recordIndex, lastHint, config } = cursor;
  let gasTaken = 0n;
  let leftOver = false;
  for (; recordIndex < recordEnd; recordIndex++) {
    const record = recordAt(records, recordIndex);
    const { header } = record;
    if (header.l1Number > origin.number) break;
    if (header.kind === RECORD_KIND_DEPOSIT) {
      if (gasTaken + header.gasLimit > gasAvailable) {
        leftOver = true;
        break;
      }
      gasTaken += header.gasLimit;
      const hint = hints[deposits.length];
      const isUsable =
        hint !== undefined && header.l1Number === origin.number && isNext(lastHint, origin, hint);
      if (isUsable) lastHint = { l1Number: origin.number, logIndex: hint };
      const sourceHash = isUsable
        ? userDepositSourceHash(origin.hash, hint)
        : fallbackSourceHash(recordIndex);
      const raw = encodeDepositTx(depositTxFromRecord(record, sourceHash));
      deposits.push({ recordIndex, sourceHash, raw });
    } else if (header.kind === RECORD_KIND_CONFIG) {
      config = applyConfigRecord(config, record.data);
    }
  }
  return { deposits, recordIndex, lastHint, config, leftOver };
}

/** Hints must rise within an L1 block, so that no two deposits can share a source hash. */
function isNext(lastHint: Cursor["lastHint"], origin: L1Origin, hint: number): boolean {
  return lastHint === null || lastHint.l1Number !== origin.number || lastHint.logIndex < hint;
}

function recordAt(records: readonly DepositFeedRecord[], index: bigint): DepositFeedRecord {
  const first = records[0]?.header.index ?? 0n;
  const record = index < first ? undefined : records[Number(index - first)];
  if (record?.header.index !== index) throw new DeriveError("DERIVE_RECORD_MISSING", { index });
  return record;
}
