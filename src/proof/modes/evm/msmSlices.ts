import { MSM_BYTES, type MsmGroup, msmSlice, startMsm } from "../../compute/msmSlice.js";
import type { Step } from "../../state/types.js";
import { readPages, regs, touch } from "../../step.js";
import { BUFFER, G, LIMIT } from "../../table.js";
import {
  answerBytes,
  clearSlices,
  haltSlices,
  progressOf,
  runningBytes,
  setProgress,
  setRunningBytes,
} from "./slices.js";

const MSM_G1 = 0x0cn;

function groupOf(address: bigint): MsmGroup {
  return address === MSM_G1 ? "g1" : "g2";
}

/** PRECOMP's part of a multi-scalar multiplication in slices. The frame's registers and newAddr must be recorded. */
export function beginMsm(step: Step): void {
  setProgress(step, 0);
  setRunningBytes(step, startMsm(groupOf(regs(step).newAddr)));
}

/** MSM_I: some pairs of a multi-scalar multiplication. Source: docs/protocol/machine.md#precompiles */
export function msmSlices(step: Step): void {
  const { inputLen, newAddr } = regs(step);
  touch(step, G.lens, G.newAddr);
  const group = groupOf(newAddr);
  const { pair, point } = MSM_BYTES[group];
  const done = progressOf(step);
  const count = Math.min(LIMIT.msmPairs, inputLen / pair - done);
  const pairs = readPages(step, BUFFER.input, done * pair, count * pair);
  const sum = msmSlice(group, runningBytes(step, point / 32), pairs);
  if (sum === undefined) {
    haltSlices(step);
    return;
  }
  if ((done + count) * pair < inputLen) {
    setProgress(step, done + count);
    setRunningBytes(step, sum);
    return;
  }
  clearSlices(step);
  answerBytes(step, sum);
}
