import type { Machine } from "./machine.js";
import { LIMIT } from "./table.js";
import type { StepProof } from "./witness/witnessOf.js";

const SLOT = BigInt(LIMIT.slotSteps);
/** Steps between two looks at the position. */
const STRETCH = 1_000_000;

/** Runs to a position of the claim, or to the boundary whose stutter covers it. The machine's own position may then be a lower one. */
function advance(machine: Machine, position: bigint): void {
  while (machine.t < position) {
    if (machine.isAtBoundary && machine.t % SLOT !== 0n) {
      const nextSlot = machine.t - (machine.t % SLOT) + SLOT;
      if (nextSlot > position) return;
      machine.skipToSlot();
      continue;
    }
    const left = position - machine.t;
    let isFirst = true;
    machine.runTo(
      ({ isAtBoundary }) => {
        const isDone = isAtBoundary && !isFirst;
        isFirst = false;
        return isDone;
      },
      left < BigInt(STRETCH) ? Number(left) : STRETCH,
    );
  }
}

/**
 * Machine roots at ascending positions of a claim: what a player of the dispute game reveals. Nothing is kept of the steps between.
 * Shapes: positions from `machine.t` on; the machine ends at the last one. Errors: RangeError for positions that go back, those of the inputs.
 */
export function rootsAt(machine: Machine, positions: readonly bigint[]): Uint8Array[] {
  return positions.map((position) => {
    if (position < machine.t) throw new RangeError(`position ${position} is passed`);
    advance(machine, position);
    return machine.root();
  });
}

/** The step at a position with all that proves it; a stutter of a boundary is one too. Errors: as `rootsAt`. */
export function witnessAt(machine: Machine, position: bigint): StepProof {
  if (position < machine.t) throw new RangeError(`position ${position} is passed`);
  advance(machine, position);
  return machine.at(position).witness();
}
