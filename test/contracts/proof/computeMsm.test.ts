import { NobleBLS } from "@ethereumjs/evm";
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  MSM_BYTES,
  MSM_MAX_PAIRS,
  type MsmGroup,
  msmSlice,
  startMsm,
} from "../../../src/proof/compute/msmSlice.js";
import { toHex } from "../../../src/util/hex.js";
import { msmPairs } from "../../helpers/msmPairs.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const MAX_GAS = 1_500_000n;
const bls = new NobleBLS();
const GROUPS: MsmGroup[] = ["g1", "g2"];

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

describe.each(GROUPS)(`MsmSlice in %s (seed ${SEED})`, (group) => {
  const random = createRandom(SEED);
  const { pair } = MSM_BYTES[group];
  const run = (acc: Uint8Array, pairs: Uint8Array) =>
    call("msmSlice", [group === "g2", toHex(acc), toHex(pairs)]);

  test("adds up to the whole multiplication, and is the twin's after each slice", async () => {
    const pairs = msmPairs(group, 20, random);
    let acc = startMsm(group);
    for (let at = 0; at < 20; ) {
      const count = Math.min(20 - at, 1 + random.below(9));
      const part = pairs.subarray(at * pair, (at + count) * pair);
      const [isSuccess, next] = await run(acc, part);
      acc = msmSlice(group, acc, part) as Uint8Array;
      expect([at, isSuccess, next]).toEqual([at, true, toHex(acc)]);
      at += count;
    }
    const whole = group === "g1" ? bls.msmG1(pairs) : bls.msmG2(pairs);
    expect(toHex(acc)).toBe(toHex(whole));
  });

  test("fails for a point off the curve and for padding that is not zero, in both languages", async () => {
    for (const at of [30, 0]) {
      const pairs = msmPairs(group, 2, random);
      pairs[pair + at] = (pairs[pair + at] as number) ^ 1;
      const acc = startMsm(group);
      expect(msmSlice(group, acc, pairs)).toBeUndefined();
      expect((await run(acc, pairs)).slice(0, 2)).toEqual([false, toHex(acc)]);
    }
  });

  test("refuses no pair and more than 64", async () => {
    for (const count of [0, 65]) {
      const pairs = new Uint8Array(count * pair);
      await expect(run(startMsm(group), pairs)).rejects.toThrow(`MsmSliceBadPairs(${count}, 64)`);
      expect(() => msmSlice(group, startMsm(group), pairs)).toThrow(
        expect.objectContaining({ code: "COMPUTE_BAD_SLICE" }),
      );
    }
  });

  test("costs at most 1,500,000 gas for 64 pairs", async () => {
    const [, , gas] = await run(startMsm(group), msmPairs(group, MSM_MAX_PAIRS, random));
    printGas(`MSM in ${group}, 64 pairs`, gas as bigint);
    expect((gas as bigint) <= MAX_GAS).toBe(true);
  });
});
