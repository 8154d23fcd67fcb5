import { expect, test } from "@jest/globals";
import { decodeFunctionData } from "viem";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { encodeAppend, encodeForceInclude } from "../../../src/services/feedCalls.js";
import { toHex } from "../../../src/util/hex.js";

const hash = (byte: string) => `0x${byte.repeat(32)}` as const;

test("the compiled contract reads the calls as they were meant", () => {
  const append = encodeAppend({
    expectedIndex: 1n,
    expectedPrevHash: hash("11"),
    firstOrigin: 2n,
    lastOrigin: 3n,
    lastOriginHash: hash("22"),
    depTo: 4n,
    data: new Uint8Array([1, 2, 3]),
  });
  expect(decodeFunctionData({ abi: SequencerFeed.abi, data: toHex(append) })).toEqual({
    functionName: "append",
    args: [1n, hash("11"), 2n, 3n, hash("22"), 4n, "0x010203"],
  });
  const force = encodeForceInclude(7n, hash("33"));
  expect(decodeFunctionData({ abi: SequencerFeed.abi, data: toHex(force) })).toEqual({
    functionName: "forceInclude",
    args: [7n, hash("33")],
  });
});
