import { FEE_RECIPIENT, MAX_SEQUENCER_DRIFT } from "../protocol/constants.js";
import { l1AttributesTx } from "../protocol/l1Attributes.js";
import { isStatelesslyValid } from "../protocol/statelessValidity.js";
import type {
  ChainConfig,
  Cursor,
  DepositFeedRecord,
  L1Origin,
  PayloadAttributes,
} from "../protocol/types.js";
import { consumeRecords, type DerivedDeposit } from "./consumeRecords.js";

/** What one block is made of, besides the cursor. */
export interface BlockInput {
  timestamp: bigint;
  origin: L1Origin;
  /** Log indexes of the block's deposits, in order; may be too few or too many. */
  hints: readonly number[];
  candidates: readonly Uint8Array[];
  /** Ascending without gaps, from the cursor's record or an earlier one. */
  records: readonly DepositFeedRecord[];
  /** Records from this index on are not looked at. */
  recordEnd: bigint;
}

/** A block to be built, and the cursor after it. */
export interface DerivedBlock {
  attributes: PayloadAttributes;
  cursor: Cursor;
  deposits: DerivedDeposit[];
  /** Records wait for the next block, which must keep the origin. */
  leftOver: boolean;
  /** False: the block holds deposits only, whatever candidates there are. A sequencer must not open its pool then. */
  acceptsCandidates: boolean;
}

/**
 * Attributes of the block after `cursor`: the same function for the sequencer and for derivation.
 * Errors: DERIVE_RECORD_MISSING.
 * Source: docs/protocol/derivation.md#one-block
 */
export function buildBlockAttributes(
  chain: ChainConfig,
  cursor: Cursor,
  { timestamp, origin, hints, candidates, records, recordEnd }: BlockInput,
): DerivedBlock {
  const { deposits, leftOver, ...after } = consumeRecords(
    cursor,
    origin,
    hints,
    records,
    recordEnd,
  );
  const acceptsCandidates = !leftOver && timestamp <= origin.time + MAX_SEQUENCER_DRIFT;
  const kept = acceptsCandidates
    ? candidates.filter((raw) => isStatelesslyValid(raw, chain.l2ChainId))
    : [];
  const sequenceNumber = origin.number === cursor.origin.number ? cursor.sequenceNumber + 1n : 0n;
  const { config } = cursor;
  const attributes: PayloadAttributes = {
    timestamp,
    prevRandao: origin.prevRandao,
    suggestedFeeRecipient: FEE_RECIPIENT,
    parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
    gasLimit: config.gasLimit,
    eip1559Params: {
      denominator: config.eip1559Denominator,
      elasticity: config.eip1559Elasticity,
    },
    minBaseFee: config.minBaseFee,
    transactions: [
      l1AttributesTx({ origin, sequenceNumber, config }),
      ...deposits.map(({ raw }) => raw),
      ...kept,
    ],
    noTxPool: true,
    dropInvalid: true,
  };
  return {
    attributes,
    cursor: {
      ...after,
      l2Number: cursor.l2Number + 1n,
      l2Time: timestamp,
      origin,
      sequenceNumber,
      entryIndex: cursor.entryIndex,
    },
    deposits,
    leftOver,
    acceptsCandidates,
  };
}
