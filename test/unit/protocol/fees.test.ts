import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  daFootprint,
  daSize,
  fastLzLength,
  l1Fee,
  l1GasUsed,
  operatorFee,
} from "../../../src/protocol/index.js";
import { fromHex } from "../../../src/util/hex.js";

/** Real envelopes with the lengths that OP clients compute for them. */
const EMPTY_TX = fromHex("0xdd80808094095e7baea6a6c7c4c2dfeb977efac326af552d878080808080");
const CONTRACT_CALL_TX = fromHex(
  "0x02f901550a758302df1483be21b88304743f94f80e51afb613d764fa61751affd3313c190a86bb870151bd62fd12adb8" +
    "e41ef24f3f000000000000000000000000000000000000000000000000000000000000006e000000000000000000000000" +
    "af88d065e77c8cc2239327c5edb3a432268e58310000000000000000000000000000000000000000000000000000000000" +
    "03c1e500000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
    "000000000000000000000000000000000000000000000000a0000000000000000000000000000000000000000000000000" +
    "0000000000000000148c89ed219d02f1a5be012c689b4f5b731827bebe000000000000000000000000c001a033fd89cb37" +
    "c31b2cba46b6466e040c61fc9b2a3675a7f5f493ebd5ad77c497f8a07cdf65680e238392693019b4092f610222e71b7cec" +
    "06449cb922b93b6a12744e",
);

/** The algorithm as the FastLZ format describes it, written for clarity: builds the compressed bytes' lengths from tokens. */
function slowFastLzLength(bytes: Uint8Array): number {
  const latest = new Map<number, number>();
  const key = (at: number) =>
    Number(
      ((BigInt((bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0) * 65_536) *
        2_654_435_769n) &
        0xffffffffn) >>
        19n,
    );
  const literals = (count: number) => {
    let size = 0;
    for (let left = count; left > 0; left -= 32) size += 1 + Math.min(left, 32);
    return size;
  };
  let size = 0;
  let pending = 0;
  let at = Math.min(2, bytes.length);
  pending = at;
  const last = bytes.length - 13;
  while (at + 1 < last) {
    const from = latest.get(key(at)) ?? 0;
    latest.set(key(at), at);
    const same = [0, 1, 2].every((i) => bytes[from + i] === bytes[at + i]);
    if (!same || at - from > 8191) {
      at++;
      pending++;
      continue;
    }
    let extra = 0;
    while (at + 3 + extra < bytes.length - 4) {
      extra++;
      if (bytes[from + 2 + extra] !== bytes[at + 2 + extra]) break;
    }
    size += literals(pending);
    let length = extra - 1;
    while (length >= 262) {
      size += 3;
      length -= 262;
    }
    size += length >= 6 ? 3 : 2;
    latest.set(key(at + extra), at + extra);
    latest.set(key(at + extra + 1), at + extra + 1);
    at += extra + 2;
    pending = 0;
    // The rest is literal once the search is over.
  }
  return size + literals(pending + bytes.length - at);
}

describe("fastLzLength", () => {
  test("equals the values that OP clients publish", () => {
    expect(fastLzLength(new Uint8Array(0))).toBe(0);
    expect(fastLzLength(new Uint8Array(1000).fill(1))).toBe(21);
    expect(fastLzLength(new Uint8Array(1000))).toBe(21);
    expect(fastLzLength(EMPTY_TX)).toBe(31);
    expect(fastLzLength(CONTRACT_CALL_TX)).toBe(202);
  });

  test("equals a plain token-by-token writer on compressible and random bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.array(fc.nat({ max: 2 }), { maxLength: 1200 }).map((list) => Uint8Array.from(list)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
        .map(([piece, times]) =>
          Uint8Array.from(Array.from({ length: times }, () => [...piece]).flat()),
        ),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        expect(fastLzLength(data)).toBe(slowFastLzLength(data));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("does not reach back further than 8,191 bytes", () => {
    const far = new Uint8Array(8192 + 64).map((_, i) => (i * 197 + (i >> 8) * 31) & 0xff);
    far.copyWithin(8192, 0, 40);
    expect(fastLzLength(far)).toBe(slowFastLzLength(far));
  });
});

describe("fees", () => {
  test("small transactions count as 100 bytes", () => {
    expect(daSize(0)).toBe(100_000_000n);
    expect(daSize(64)).toBe(100_000_000n);
    expect(daSize(200)).toBe(124_714_400n);
  });

  test("the L1 fee of the empty transaction is the one OP clients compute", () => {
    const parameters = {
      l1BaseFee: 1_000_000_000n,
      blobBaseFee: 10_000_000n,
      baseFeeScalar: 2,
      blobBaseFeeScalar: 3,
    };
    expect(l1Fee(daSize(31), parameters)).toBe(3_203_000n);
    expect(l1GasUsed(daSize(31))).toBe(1_600n);
  });

  test("the operator fee multiplies by 100 and adds the constant", () => {
    expect(operatorFee(1_000n, 2_000_000, 500n)).toBe(200_000_000_500n);
  });

  test("the DA footprint rounds the size down and reads scalar 0 as 400", () => {
    expect(daFootprint(124_714_400n, 10)).toBe(1_240n);
    expect(daFootprint(100_000_000n, 0)).toBe(40_000n);
  });
});
