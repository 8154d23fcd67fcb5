import type { Step } from "../state/types.js";
import { BLOCK_MODES } from "./block/index.js";
import { EVM_MODES } from "./evm/index.js";
import { FEED_MODES } from "./feed/index.js";
import { TX_MODES } from "./tx/index.js";

/** Every mode's step function: the one table by which the machine runs. */
export const MODES: readonly (((step: Step) => void) | undefined)[] = Array.from(
  { length: 256 },
  (_, mode) => EVM_MODES[mode] ?? TX_MODES[mode] ?? FEED_MODES[mode] ?? BLOCK_MODES[mode],
);
