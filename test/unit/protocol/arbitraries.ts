import fc from "fast-check";
import { type Address, type Hash, toHex } from "../../../src/util/hex.js";

export const u8 = fc.nat(255);
export const u32 = fc.nat(2 ** 32 - 1);
export const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
export const u256 = fc.oneof(fc.bigInt(0n, 2n ** 256n - 1n), fc.bigInt(0n, 300n));
export const address: fc.Arbitrary<Address> = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map(toHex);
export const hash: fc.Arbitrary<Hash> = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
export const data = fc.uint8Array({ maxLength: 200 });

/** Runs a property with a fixed seed. */
export function check<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 300) {
  fc.assert(fc.property(arbitrary, property), { numRuns, seed: 7 });
}
