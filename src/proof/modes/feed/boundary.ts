import type { Step } from "../../state/types.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** Between two blocks: begins the next one, if there is input and its slot has come. Source: docs/protocol/machine.md#derivation */
export function boundary(step: Step): void {
  if (!step.mayBegin) return;
  const { chain } = step.s;
  touch(step, G.cursor, G.entry);
  if (chain.entry.isOpen) goTo(step, MODE.next);
  else if (chain.entryIndex < step.entryBound) goTo(step, MODE.entry);
}
