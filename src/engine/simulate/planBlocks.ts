import type { BlockHeader } from "../types.js";
import { SimulateError } from "./errors.js";
import type { SimulateBlock } from "./types.js";

/** Most blocks of one simulation, those that fill gaps counted. */
export const MAX_SIMULATED_BLOCKS = 256n;
const MAX_CALLS_PER_BLOCK = 5_000;
const MAX_CALLS = 10_000;
/** Units: seconds. */
const DEFAULT_BLOCK_TIME = 12n;

/** A block to simulate whose number and time are known. */
export interface PlannedBlock extends SimulateBlock {
  number: bigint;
  timestamp: bigint;
}

function tooMuch(reason: string): never {
  throw new SimulateError("SIMULATE_LIMIT", { reason });
}

function assertSize(blocks: readonly SimulateBlock[]): void {
  if (blocks.length === 0) throw new SimulateError("SIMULATE_PARAMS", { reason: "empty input" });
  if (BigInt(blocks.length) > MAX_SIMULATED_BLOCKS) tooMuch("too many blocks");
  let total = 0;
  for (const { calls } of blocks) {
    if (calls.length > MAX_CALLS_PER_BLOCK) {
      tooMuch(`too many calls in block: ${calls.length} > ${MAX_CALLS_PER_BLOCK}`);
    }
    total += calls.length;
    if (total > MAX_CALLS) tooMuch(`too many calls: ${total} > ${MAX_CALLS}`);
  }
}

/**
 * Numbers and times of blocks after `base`: both must rise, gaps between numbers are filled with empty blocks.
 * Errors: SIMULATE_PARAMS, SIMULATE_LIMIT, SIMULATE_BLOCK_NUMBER, SIMULATE_BLOCK_TIMESTAMP.
 */
export function planBlocks(
  base: Pick<BlockHeader, "number" | "timestamp">,
  blocks: readonly SimulateBlock[],
): PlannedBlock[] {
  assertSize(blocks);
  const planned: PlannedBlock[] = [];
  let { number, timestamp } = base;
  for (const block of blocks) {
    const { number: wanted = number + 1n, time } = block.blockOverrides;
    if (wanted <= number) {
      const reason = `block numbers must be in order: ${wanted} <= ${number}`;
      throw new SimulateError("SIMULATE_BLOCK_NUMBER", { reason });
    }
    if (wanted - base.number > MAX_SIMULATED_BLOCKS) tooMuch("too many blocks");
    while (number + 1n < wanted) {
      number++;
      timestamp += DEFAULT_BLOCK_TIME;
      planned.push({ number, timestamp, blockOverrides: {}, stateOverrides: {}, calls: [] });
    }
    if (time !== undefined && time <= timestamp) {
      const reason = `block timestamps must be in order: ${time} <= ${timestamp}`;
      throw new SimulateError("SIMULATE_BLOCK_TIMESTAMP", { reason });
    }
    number = wanted;
    timestamp = time ?? timestamp + DEFAULT_BLOCK_TIME;
    planned.push({ ...block, number, timestamp });
  }
  return planned;
}
