import { EVMError, NobleBLS } from "@ethereumjs/evm";
import { ComputeError } from "./errors.js";

/** Most pairs in a slice. */
export const MSM_MAX_PAIRS = 64;

/** The two groups of EIP-2537. */
export type MsmGroup = "g1" | "g2";

/** Bytes of a point and of a pair (point, scalar). */
export const MSM_BYTES: Readonly<Record<MsmGroup, { point: number; pair: number }>> = {
  g1: { point: 128, pair: 160 },
  g2: { point: 256, pair: 288 },
};

/** Bytes of a coordinate, and of the zeroes in front of it in its 64. */
const COORDINATE_BYTES = 64;
const PADDING_BYTES = 16;

const bls = new NobleBLS();

/** The accumulator in front of the first slice: the point at infinity. */
export function startMsm(group: MsmGroup): Uint8Array {
  return new Uint8Array(MSM_BYTES[group].point);
}

/**
 * One slice: acc + sum of scalar * point. Undefined if a point is not one of the subgroup: then the whole call fails.
 * Shapes: `acc` one point, not changed; `pairs` 1 to 64 pairs; a new point comes back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 * Source: EIP-2537.
 */
export function msmSlice(
  group: MsmGroup,
  acc: Uint8Array,
  pairs: Uint8Array,
): Uint8Array | undefined {
  const { point, pair } = MSM_BYTES[group];
  if (acc.length !== point) throw new ComputeError("COMPUTE_BAD_STATE", { length: acc.length });
  const count = pairs.length / pair;
  if (!Number.isInteger(count) || count < 1 || count > MSM_MAX_PAIRS) {
    throw new ComputeError("COMPUTE_BAD_SLICE", { length: pairs.length, multipleOf: pair });
  }
  for (let index = 0; index < count; index++) {
    if (!isPadded(pairs.subarray(index * pair, index * pair + point))) return undefined;
  }
  try {
    const part = group === "g1" ? bls.msmG1(pairs) : bls.msmG2(pairs);
    const both = new Uint8Array(2 * point);
    both.set(acc);
    both.set(part, point);
    return Uint8Array.from(group === "g1" ? bls.addG1(both) : bls.addG2(both));
  } catch (error) {
    // The library's way to say that a point is not in its group.
    if (error instanceof EVMError) return undefined;
    throw error;
  }
}

/** EIP-2537: the first 16 of a coordinate's 64 bytes are zero. */
function isPadded(point: Uint8Array): boolean {
  for (let at = 0; at < point.length; at += COORDINATE_BYTES) {
    if (point.subarray(at, at + PADDING_BYTES).some((byte) => byte !== 0)) return false;
  }
  return true;
}
