import type { FeedView } from "../../../services/chainAccess.js";
import type { IndexedDeposit } from "../../../services/indexer/types.js";
import { toHex } from "../../../util/hex.js";
import { encodeAddress, encodeL1Ref, encodeTime, isoTime } from "./common.js";

/** A deposit as lists show it: everything but its data. */
export function encodeDeposit(deposit: IndexedDeposit, feeds: FeedView) {
  const { l2 } = deposit;
  return {
    index: Number(deposit.index),
    recordHash: deposit.recordHash,
    status: deposit.status,
    from: encodeAddress(deposit.from),
    to: deposit.to && encodeAddress(deposit.to),
    isCreation: deposit.to === null,
    mintWei: deposit.mint.toString(),
    valueWei: deposit.value.toString(),
    gasLimit: deposit.gasLimit.toString(),
    dataSize: deposit.data.length,
    sourceHash: l2?.sourceHash ?? deposit.expected.sourceHash,
    expectedL2TxHash: deposit.expected.txHash,
    l1: encodeL1Ref(deposit.l1, feeds.heads),
    l2: l2 && {
      blockNumber: Number(l2.blockNumber),
      blockHash: l2.blockHash,
      txHash: l2.txHash,
      success: l2.success,
      safety: l2.safety,
      ...encodeTime(l2.timestamp),
    },
    forcedInclusion: encodeDeadline(deposit, feeds),
  };
}

/** The same with its data. */
export function encodeDepositDetail(deposit: IndexedDeposit, feeds: FeedView) {
  return { ...encodeDeposit(deposit, feeds), data: toHex(deposit.data) };
}

/** Once an entry of the SequencerFeed covers the record nothing can leave it out any more. */
function encodeDeadline({ index, forceableAt }: IndexedDeposit, { snapshot }: FeedView) {
  const isCovered = snapshot !== undefined && index < snapshot.entries.lastDepTo;
  const left = snapshot === undefined ? 0 : Number(forceableAt - snapshot.at.time);
  return {
    isCovered,
    forceableAt: isoTime(Number(forceableAt) * 1_000),
    forceableAtTimestamp: Number(forceableAt),
    remainingSec: isCovered ? null : Math.max(0, left),
  };
}
