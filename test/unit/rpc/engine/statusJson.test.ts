import { expect, test } from "@jest/globals";
import type { BlockHeader } from "../../../../src/engine/types.js";
import { encodeStatus } from "../../../../src/rpc/engine/statusJson.js";
import { type Hash, ZERO_HASH } from "../../../../src/util/hex.js";

const MINED: Hash = `0x${"aa".repeat(32)}`;
const STAKED: Hash = `0x${"bb".repeat(32)}`;
const engine = {
  getHeader: async (id: unknown) =>
    ({ difficulty: (id as { hash: Hash }).hash === MINED ? 7n : 0n }) as BlockHeader,
};
const invalid = (latestValidHash: Hash | null) =>
  ({ status: "INVALID", latestValidHash, validationError: "x" }) as const;

test("the last valid block of an invalid one is zero if it was mined, itself if not, and null if unknown", async () => {
  expect((await encodeStatus(invalid(MINED), engine)).latestValidHash).toBe(ZERO_HASH);
  expect((await encodeStatus(invalid(STAKED), engine)).latestValidHash).toBe(STAKED);
  expect((await encodeStatus(invalid(null), engine)).latestValidHash).toBeNull();
  const valid = { status: "VALID", latestValidHash: MINED, validationError: null } as const;
  expect((await encodeStatus(valid, engine)).latestValidHash).toBe(MINED);
});
