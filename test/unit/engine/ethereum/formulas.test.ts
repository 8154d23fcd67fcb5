import { describe, expect, test } from "@jest/globals";
import { blobBaseFee, nextExcessBlobGas } from "../../../../src/engine/ethereum/blobParams.js";
import { nextDifficulty } from "../../../../src/engine/ethereum/difficulty.js";
import {
  depositRequests,
  listRequests,
  requestsHash,
} from "../../../../src/engine/ethereum/requests.js";
import type { Fork } from "../../../../src/engine/execution/forks.js";
import { EMPTY_REQUESTS_HASH } from "../../../../src/engine/header.js";
import { toHex } from "../../../../src/util/hex.js";

describe("difficulty", () => {
  const parent = { number: 999_999n, timestamp: 100n, difficulty: 2_048_000n, hasOmmers: false };

  // The bomb of block 1,000,000 is 2^8; each fork with a delay has none there.
  test.each([
    ["chainstart", 12n, 2_048_000n + 1_000n + 256n],
    ["chainstart", 13n, 2_048_000n - 1_000n + 256n],
    ["homestead", 9n, 2_048_000n + 1_000n + 256n],
    ["homestead", 10n, 2_048_000n + 256n],
    ["homestead", 25n, 2_048_000n - 1_000n + 256n],
    ["homestead", 5_000n, 2_048_000n - 99_000n + 256n],
    ["byzantium", 8n, 2_048_000n + 1_000n],
    ["byzantium", 9n, 2_048_000n],
    ["byzantium", 5_000n, 2_048_000n - 99_000n],
  ])("in %s after %s seconds is %s", (fork, elapsed, expected) => {
    expect(nextDifficulty(fork as Fork, parent, parent.timestamp + elapsed)).toBe(expected);
  });

  test("rises when the parent has ommers, since Byzantium", () => {
    const withOmmers = { ...parent, hasOmmers: true };
    expect(nextDifficulty("byzantium" as Fork, withOmmers, 109n)).toBe(2_049_000n);
    expect(nextDifficulty("homestead" as Fork, withOmmers, 110n)).toBe(2_048_256n);
  });

  test.each([
    ["byzantium", 3_000_000n],
    ["constantinople", 5_000_000n],
    ["istanbul", 5_000_000n],
    ["muirGlacier", 9_000_000n],
    ["berlin", 9_000_000n],
    ["london", 9_700_000n],
    ["arrowGlacier", 10_700_000n],
    ["grayGlacier", 11_400_000n],
  ])("has in %s a bomb that is %s blocks late", (fork, delay) => {
    const at = (number: bigint): bigint =>
      nextDifficulty(fork as Fork, { ...parent, number: number - 1n }, 109n);
    expect(at(delay + 199_999n)).toBe(2_048_000n);
    expect(at(delay + 200_000n)).toBe(2_048_001n);
    expect(at(delay + 1_000_000n)).toBe(2_048_256n);
  });

  test("is never below its minimum", () => {
    const low = { ...parent, number: 1n, difficulty: 131_072n };
    expect(nextDifficulty("grayGlacier" as Fork, low, 1_000n)).toBe(131_072n);
    expect(nextDifficulty("chainstart" as Fork, low, 1_000n)).toBe(131_072n);
  });
});

describe("blob gas", () => {
  const cancun = { target: 3n, max: 6n, updateFraction: 3_338_477n };

  test.each([
    [0n, 1n],
    [2_314_057n, 1n],
    [2_314_058n, 2n],
    [10n * 1024n * 1024n, 23n],
  ])("with an excess of %s costs %s", (excess, price) => {
    expect(blobBaseFee(excess, cancun)).toBe(price);
  });

  test("excess grows by what is above the target, and not below zero", () => {
    const parent = { excessBlobGas: 131_072n, blobGasUsed: 4n * 131_072n, baseFeePerGas: 7n };
    expect(nextExcessBlobGas(parent, cancun, false)).toBe(2n * 131_072n);
    expect(nextExcessBlobGas({ ...parent, blobGasUsed: 0n }, cancun, false)).toBe(0n);
  });

  test("excess grows slower than blobs are cheap, since Osaka", () => {
    const parent = { excessBlobGas: 0n, blobGasUsed: 6n * 131_072n, baseFeePerGas: 1_000n };
    expect(nextExcessBlobGas(parent, cancun, true)).toBe(3n * 131_072n);
    // At the edge 2^13 of base fee is worth as much as a blob: 2^17.
    expect(nextExcessBlobGas({ ...parent, blobGasUsed: 4n * 131_072n }, cancun, true)).toBe(
      2n * 131_072n,
    );
    const edge = { ...parent, blobGasUsed: 4n * 131_072n, baseFeePerGas: 16n };
    expect(nextExcessBlobGas(edge, cancun, true)).toBe(131_072n);
  });
});

describe("execution requests", () => {
  const contract = `0x${"dd".repeat(20)}` as const;
  const topic = "0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5";
  const word = (value: number): Buffer => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
  const field = (length: number, byte: number): Buffer =>
    Buffer.concat([word(length), Buffer.alloc(Math.ceil(length / 32) * 32).fill(byte, 0, length)]);
  const event = Buffer.concat([
    ...[160, 256, 320, 384, 512].map(word),
    field(48, 1),
    field(32, 2),
    field(8, 3),
    field(96, 4),
    field(8, 5),
  ]);
  const log = (data: Uint8Array) => ({ address: contract, topics: [topic] as const, data });

  test("of deposits are read out of the contract's events and no others", () => {
    const others = { ...log(event), address: `0x${"ee".repeat(20)}` as const };
    const found = depositRequests(
      [
        { ...log(event), topics: [topic] },
        { ...others, topics: [topic] },
      ],
      contract,
    );
    expect(toHex(found)).toBe(
      `0x${"01".repeat(48)}${"02".repeat(32)}${"03".repeat(8)}${"04".repeat(96)}${"05".repeat(8)}`,
    );
  });

  test.each([
    ["too short", event.subarray(0, 575)],
    ["another offset", Buffer.concat([word(161), event.subarray(32)])],
    ["another size", Buffer.concat([event.subarray(0, 160), word(47), event.subarray(192)])],
  ])("of a deposit event with %s make the block invalid", (_name, data) => {
    expect(() => depositRequests([{ ...log(data), topics: [topic] }], contract)).toThrow(
      expect.objectContaining({ code: "ENGINE_INVALID_BLOCK" }),
    );
  });

  test("are hashed without the types that have none", () => {
    expect(listRequests([new Uint8Array(), Uint8Array.of(7), new Uint8Array()])).toEqual([
      Uint8Array.of(1, 7),
    ]);
    expect(requestsHash([])).toBe(EMPTY_REQUESTS_HASH);
  });
});
