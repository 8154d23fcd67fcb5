import type { L1BlockRef, L2BlockRef } from "../../protocol/types.js";
import type { SyncStatus } from "../../services/types.js";
import { encodeBlockRef, encodeHead } from "./encode/common.js";
import { nodeOf } from "./parts.js";
import type { RestDeps } from "./routes.js";

/**
 * `halted`: a role has stopped for good; `stalled`: something that should go on does not; `syncing`: it goes on, but is behind.
 */
export type SyncState = "synced" | "syncing" | "stalled" | "halted";

/** Entries behind which one that was just posted is no lag. */
const USUAL_ENTRIES_BEHIND = 2;

/** Largest fraction of a sync whose end is not known yet. */
const MAX_UNSURE = 0.9999;

/** Heads of both chains, how far they are apart, and what the node is doing. */
export async function syncAnswer(deps: RestDeps) {
  const status = await nodeOf(deps).syncStatus();
  return {
    currentL1: encodeL1(status.currentL1),
    headL1: encodeL1(status.headL1),
    safeL1: encodeL1(status.safeL1),
    finalizedL1: encodeL1(status.finalizedL1),
    unsafeL2: encodeL2(status.unsafeL2),
    safeL2: encodeL2(status.safeL2),
    finalizedL2: encodeL2(status.finalizedL2),
    undisputedL2: status.undisputedL2 && encodeL2(status.undisputedL2),
    lag: lagsOf(status, deps.clock.nowMs()),
    state: stateOf(deps),
    progress: progressOf(deps),
  };
}

function lagsOf({ unsafeL2, safeL2, finalizedL2, headL1 }: SyncStatus, nowMs: number) {
  const age = (time: bigint) => Math.max(0, Math.floor(nowMs / 1000) - Number(time));
  return {
    unsafeToSafeBlocks: Math.max(0, Number(unsafeL2.number - safeL2.number)),
    unsafeToFinalizedBlocks: Math.max(0, Number(unsafeL2.number - finalizedL2.number)),
    unsafeAgeSec: age(unsafeL2.time),
    safeAgeSec: age(safeL2.time),
    l1AgeSec: age(headL1.time),
  };
}

function stateOf(deps: RestDeps): SyncState {
  const alerts = deps.health.alerts();
  if (alerts.some(({ isCritical }) => isCritical)) return "halted";
  const { entriesKnown, entriesDerived } = progressOf(deps);
  const counting = alerts.some(({ counts }) => counts);
  if (entriesKnown - entriesDerived > USUAL_ENTRIES_BEHIND) return "syncing";
  return counting ? "stalled" : "synced";
}

function progressOf({ chain }: RestDeps) {
  if (chain === undefined) return { entriesDerived: 0, entriesKnown: 0, fraction: 0 };
  const { derivedCount, entryCount, snapshot } = chain.feeds;
  const entriesDerived = Number(derivedCount);
  const entriesKnown = Number(snapshot?.entries.length ?? entryCount);
  const done = entriesKnown === 0 ? 1 : Math.min(1, entriesDerived / entriesKnown);
  // Before L1 has answered nobody knows how much there is.
  const fraction = snapshot !== undefined ? done : entriesKnown === 0 ? 0 : done * MAX_UNSURE;
  return { entriesDerived, entriesKnown, fraction };
}

function encodeL1(ref: L1BlockRef) {
  return encodeHead(ref);
}

function encodeL2(ref: L2BlockRef) {
  return {
    ...encodeHead(ref),
    l1Origin: encodeBlockRef(ref.l1Origin),
    sequenceNumber: Number(ref.sequenceNumber),
  };
}
