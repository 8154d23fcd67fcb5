import { decodeDepositTx, isDepositTx } from "../protocol/depositTx.js";
import { fallbackSourceHash, userDepositSourceHash } from "../protocol/sourceHash.js";
import type { BatchBlock, Cursor } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";
import { DeriveError } from "./errors.js";

const MAX_DT = 65_535;
const MAX_ORIGIN_DELTA = 2 ** 32 - 1;

/** A sequenced block as the batcher knows it. */
export interface SequencedBlock {
  /** All envelopes of the block, the L1 attributes transaction first. */
  transactions: readonly Uint8Array[];
  /** Cursors before and after the block. */
  parent: Cursor;
  cursor: Cursor;
  /** The hints it was built with: one log index per deposit, in order. */
  hints: readonly number[];
}

/**
 * The batch block from which derivation builds the same block again.
 * Errors: DERIVE_BLOCK_MISMATCH if there is none: time or origin out of reach, or a deposit that has the hash of another hint.
 * Source: docs/protocol/batch.md, docs/protocol/derivation.md#sequencing
 */
export function batchBlockFromPayload(block: SequencedBlock): BatchBlock {
  const { transactions, parent, cursor, hints } = block;
  const dt = Number(cursor.l2Time - parent.l2Time);
  const originDelta = Number(cursor.origin.number - parent.origin.number);
  const deposits = transactions.slice(1).filter(isDepositTx);
  const isReachable =
    dt >= 1 && dt <= MAX_DT && originDelta >= 0 && originDelta <= MAX_ORIGIN_DELTA;
  if (!isReachable || !haveSourceHashes(deposits, block)) {
    throw new DeriveError("DERIVE_BLOCK_MISMATCH", { l2Number: cursor.l2Number, dt, originDelta });
  }
  return {
    dt,
    originDelta,
    hints: hints.slice(0, deposits.length),
    transactions: transactions.filter((raw) => !isDepositTx(raw)),
  };
}

/** Every deposit must have the source hash of its hint, or the fallback of a record that the block consumed. */
function haveSourceHashes(
  deposits: readonly Uint8Array[],
  { parent, cursor, hints }: SequencedBlock,
): boolean {
  const fallbacks = new Set<Hash>();
  for (let index = parent.recordIndex; index < cursor.recordIndex; index++) {
    fallbacks.add(fallbackSourceHash(index));
  }
  return deposits.every((raw, i) => {
    const { sourceHash } = decodeDepositTx(raw);
    const hint = hints[i];
    const isHinted =
      hint !== undefined && sourceHash === userDepositSourceHash(cursor.origin.hash, hint);
    return isHinted || fallbacks.has(sourceHash);
  });
}
