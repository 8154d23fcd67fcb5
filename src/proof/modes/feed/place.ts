import { MAX_TIME_AHEAD_OF_ENTRY } from "../../../protocol/index.js";
import { makeBlk, makeScan } from "../../state/defaults.js";
import type { Chain, Step, Word } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";
import { openL1Header } from "./openL1Header.js";

type Origin = Chain["origin"];

/** Gives the block its time and L1 origin, or ends the batch. Source: docs/protocol/machine.md#derivation */
export function place(step: Step): void {
  const { chain, blk } = step.s;
  touch(step, G.lastScalars, G.cursor, G.origin, G.originHash, G.originBaseFee, G.originRandao);
  touch(step, G.originBeaconRoot, G.entry, G.entryRange, G.originsHash, G.batchCursor, G.scan);
  touch(step, G.blk, G.blkScalars, G.blkCounters, G.batchPlace);
  const placed = blk.synthesized ? placeSynthesized(step) : placeBatchBlock(step);
  if (placed === undefined) {
    chain.batch.blocksLeft = 0;
    chain.scan = makeScan();
    step.s.blk = makeBlk();
    goTo(step, MODE.next);
    return;
  }
  const isSame = placed.origin.number === chain.origin.number;
  chain.sequenceNumber = isSame ? chain.sequenceNumber + 1n : 0n;
  chain.origin = placed.origin;
  blk.timestamp = placed.timestamp;
  if (!blk.synthesized) {
    chain.batch.pos = blk.blockEnd;
    chain.batch.blocksLeft--;
  }
  chain.scan = makeScan();
  goTo(step, MODE.blkhdr);
}

function placeSynthesized(step: Step): { timestamp: bigint; origin: Origin } {
  const { chain } = step.s;
  const { firstOrigin, lastOrigin } = chain.entry;
  const isEmpty = lastOrigin < firstOrigin;
  const origin = isEmpty ? chain.origin : originAt(step, lastOrigin);
  const after = chain.timestamp + 1n;
  return { timestamp: after > origin.time ? after : origin.time, origin };
}

/** Undefined: a rule is violated. */
function placeBatchBlock(step: Step): { timestamp: bigint; origin: Origin } | undefined {
  const { chain } = step.s;
  const { scan, entry } = chain;
  const number = chain.origin.number + BigInt(scan.originDelta);
  const isInRange = number >= entry.firstOrigin && number <= entry.lastOrigin;
  if (scan.dt === 0 || (scan.originDelta !== 0 && !isInRange)) return undefined;
  const origin = originAt(step, number);
  const timestamp = chain.timestamp + BigInt(scan.dt);
  const isInTime = timestamp >= origin.time && timestamp <= entry.l1Time + MAX_TIME_AHEAD_OF_ENTRY;
  return isInTime ? { timestamp, origin } : undefined;
}

/** The current origin, or another one of the entry's range, opened by its hash. */
function originAt(step: Step, number: bigint): Origin {
  const { s, inputs, rec } = step;
  const { chain } = s;
  if (number === chain.origin.number) return chain.origin;
  const hashes = inputs.entryOrigins(chain.entryIndex);
  const at = Number(number - chain.entry.firstOrigin) * 32;
  const hash: Word = bytesToWord(hashes.subarray(at, at + 32));
  const header = inputs.l1Header(hash);
  rec?.aux(hashes);
  rec?.aux(header);
  return { ...openL1Header(header), hash };
}
