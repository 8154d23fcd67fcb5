import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CURSOR_BYTES, decodeCursor, encodeCursor } from "../../../src/derive/index.js";
import type { Cursor } from "../../../src/protocol/index.js";
import { type Hash, toHex } from "../../../src/util/hex.js";

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const u32 = fc.nat(2 ** 32 - 1);
const hash: fc.Arbitrary<Hash> = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const cursors: fc.Arbitrary<Cursor> = fc.record({
  l2Number: u64,
  l2Time: u64,
  origin: fc.record({
    number: u64,
    hash,
    time: u64,
    baseFee: fc.bigInt(0n, 2n ** 256n - 1n),
    prevRandao: hash,
    parentBeaconBlockRoot: hash,
  }),
  sequenceNumber: u64,
  recordIndex: u64,
  lastHint: fc.option(fc.record({ l1Number: u64, logIndex: u32 })),
  config: fc.record({
    batcherHash: hash,
    baseFeeScalar: u32,
    blobBaseFeeScalar: u32,
    gasLimit: u64,
    eip1559Denominator: u32,
    eip1559Elasticity: u32,
    operatorFeeScalar: u32,
    operatorFeeConstant: u64,
    minBaseFee: u64,
    daFootprintGasScalar: fc.nat(65_535),
  }),
  entryIndex: u64,
});

describe("cursorCodec", () => {
  test("a stored cursor comes back as it was", () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const bytes = encodeCursor(cursor);
        expect(bytes.length).toBe(CURSOR_BYTES);
        expect(decodeCursor(bytes)).toEqual(cursor);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test("other bytes are refused", () => {
    const refused = expect.objectContaining({ code: "DERIVE_BAD_CURSOR" });
    expect(() => decodeCursor(new Uint8Array(0))).toThrow(refused);
    expect(() => decodeCursor(new Uint8Array(CURSOR_BYTES))).toThrow(refused);
  });
});
