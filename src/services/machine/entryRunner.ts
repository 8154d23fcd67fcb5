import { setImmediate as nextTurn } from "node:timers/promises";
import type { MachineInputs, Word } from "../../proof/state/types.js";
import type { Hash } from "../../util/hex.js";
import { EntryRun, type EntryStart } from "./entryRun.js";
import type { BlockRoot, EntryEnd } from "./rootStore.js";

/** Inputs of a run; `prefetch` is awaited before an input is read, where there is time for it. */
export type RunInputs = MachineInputs & {
  prefetch?(name: keyof MachineInputs, argument: Hash | Word): Promise<void>;
};

/** One entry to run, and who is asked and told meanwhile. */
export interface EntryJob {
  start: EntryStart;
  inputs: RunInputs;
  /** Gets each block as it is done; the run goes on when it resolves, and fails with what it throws. */
  onBlock(block: BlockRoot): Promise<void>;
  signal: AbortSignal;
}

/** Runs the machine over entries, one at a time. */
export interface EntryRunner {
  /** Undefined: aborted. Errors: those of the inputs and of `onBlock`, PROOF_NO_MODE. */
  run(job: EntryJob): Promise<Omit<EntryEnd, "entryHash"> | undefined>;
  /** Gives back what the runner holds; it may be used again. */
  close(): Promise<void>;
}

/** Longest time for which others do not get the event loop. Units: milliseconds. */
const SLICE_MS = 4;

/** Runs in this thread, in slices. */
export class SliceRunner implements EntryRunner {
  async run({ start, inputs, onBlock, signal }: EntryJob) {
    const run = new EntryRun(start, inputs);
    while (!signal.aborted) {
      const until = performance.now() + SLICE_MS;
      const at = run.advance(() => performance.now() >= until);
      if (at.kind === "end") return at.end;
      if (at.kind === "block") await onBlock(at.block);
      await nextTurn();
    }
    return undefined;
  }

  async close(): Promise<void> {}
}
