import { cloneState } from "../state/cloneState.js";
import { StateTree } from "../state/merkle.js";
import type { MachineState, Recorder } from "../state/types.js";
import { AccessRecorder } from "./accessRecorder.js";
import { bothSides, buildWitness } from "./buildWitness.js";
import { verifyFrontier } from "./frontier.js";
import { packWitness } from "./packWitness.js";
import type { Access, Witness } from "./types.js";

/** One step with all that proves it. */
export interface StepProof {
  /** Roots of the state before and after the step. */
  readonly pre: Uint8Array;
  readonly post: Uint8Array;
  readonly witness: Witness;
  readonly packed: Uint8Array;
  readonly access: Access;
  /** The state after the step; it shares what has not changed with the one before, and both may go on. */
  readonly next: MachineState;
}

/**
 * Runs one step on a copy of the state and makes its witness; the state stays as it is.
 * Errors: PROOF_UNRECORDED if the step changes what it does not tell, PROOF_ACCESS_CONFLICT, PROOF_WITNESS_TOO_LARGE, those of the step.
 */
export function witnessOf(
  state: MachineState,
  step: (state: MachineState, rec: Recorder) => void,
): StepProof {
  const next = cloneState(state);
  const recorder = new AccessRecorder();
  step(next, recorder);
  const access = recorder.access();
  const before = new StateTree(state);
  const witness = buildWitness(before, access);
  const { items, replaced } = bothSides(before, new StateTree(next), access);
  const { pre, post } = verifyFrontier(items, replaced);
  return { pre, post, witness, packed: packWitness(witness), access, next };
}
