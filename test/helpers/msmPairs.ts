import { NobleBLS } from "@ethereumjs/evm";
import { MSM_BYTES, type MsmGroup } from "../../src/proof/compute/msmSlice.js";
import type { Random } from "../contracts/vectors/random.js";

const bls = new NobleBLS();

/** Pairs of EIP-2537 with points of the subgroup, one of them infinity, and any scalars. */
export function msmPairs(group: MsmGroup, count: number, random: Random): Uint8Array {
  const { point, pair } = MSM_BYTES[group];
  const pairs = new Uint8Array(count * pair);
  let last = new Uint8Array(point);
  for (let index = 0; index < count; index++) {
    // Mapping to the group is slow: most points are the double of the one before.
    if (index % 16 === 0) {
      const field = new Uint8Array(group === "g1" ? 64 : 128);
      for (let at = 17; at < field.length; at += 64) field.set(random.bytes(47), at);
      last = Uint8Array.from(group === "g1" ? bls.mapFPtoG1(field) : bls.mapFP2toG2(field));
    } else {
      const twice = new Uint8Array(2 * point);
      twice.set(last);
      twice.set(last, point);
      last = Uint8Array.from(group === "g1" ? bls.addG1(twice) : bls.addG2(twice));
    }
    if (index % 16 !== 7) pairs.set(last, index * pair);
    pairs.set(random.bytes(32), index * pair + point);
  }
  return pairs;
}
