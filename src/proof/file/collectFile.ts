import { ProofError } from "../errors.js";
import type { Machine } from "../machine.js";
import { MAX_FILE_STEPS, ProofFileBuilder } from "./proofFileBuilder.js";
import type { ProofFile, ProofFileMeta } from "./types.js";

/** Steps run between two looks at what else there is to do. */
const STEPS_PER_SLICE = 20_000;

/** Which steps go into a file. */
export interface CollectOptions {
  /** `count` roots' steps, `stride` positions apart; the root behind the last one is there too. */
  readonly count: number;
  readonly meta: ProofFileMeta;
}

/**
 * Makes a proof file from a machine that stands at position 0 of the block's slot; dense with a stride of 1.
 * Yields now and then, so that a caller may let others run; stops at the block's end.
 * Errors: PROOF_FILE_TOO_LARGE, PROOF_FILE_NO_STEP if the block has no step at the first position, those of the machine and of its witnesses.
 */
export function* collectFile(
  machine: Machine,
  { count, meta }: CollectOptions,
): Generator<void, ProofFile> {
  if (count >= MAX_FILE_STEPS) {
    throw new ProofError("PROOF_FILE_TOO_LARGE", { count, max: MAX_FILE_STEPS - 1 });
  }
  const builder = new ProofFileBuilder(meta);
  let position = yield* runTo(machine, meta, 0, meta.from);
  for (let i = 0; i < count && !isDone(machine, meta); i++) {
    builder.addStep(machine.state.ctl.mode, machine.witness());
    position = yield* runTo(machine, meta, position, builder.position);
    yield;
  }
  const file = builder.finish();
  if (file.access.length === 0) {
    throw new ProofError("PROOF_FILE_NO_STEP", { stepIndex: meta.from, steps: position });
  }
  // A stride that ends behind the block meets no root of it.
  if (position === builder.position) builder.addRoot(machine.root());
  return file;
}

function isDone({ state }: Machine, { block }: ProofFileMeta): boolean {
  return state.chain.number >= block;
}

function* runTo(
  machine: Machine,
  meta: ProofFileMeta,
  from: number,
  to: number,
): Generator<void, number> {
  let position = from;
  while (position < to && !isDone(machine, meta)) {
    const most = Math.min(STEPS_PER_SLICE, to - position);
    position += machine.runTo((at) => isDone(at, meta), most);
    yield;
  }
  return position;
}
