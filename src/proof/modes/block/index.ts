import type { Step } from "../../state/types.js";
import { MODE } from "../../table.js";
import { fold } from "./fold.js";
import { leaf } from "./leaf.js";
import { leafhash } from "./leafhash.js";
import { mproot } from "./mproot.js";
import { seal } from "./seal.js";

/** Steps of the end of a block, by mode. */
export const BLOCK_MODES: Readonly<Record<number, (step: Step) => void>> = {
  [MODE.leaf]: leaf,
  [MODE.leafhash]: leafhash,
  [MODE.fold]: fold,
  [MODE.mproot]: mproot,
  [MODE.seal]: seal,
};
