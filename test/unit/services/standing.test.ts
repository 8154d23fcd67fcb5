import { expect, test } from "@jest/globals";
import { standingLength } from "../../../src/services/standing.js";

test("standingLength finds every possible end", async () => {
  for (let count = 0n; count <= 40n; count += 1n) {
    for (let good = 0n; good <= count; good += 1n) {
      expect(await standingLength(count, async (index) => index < good)).toBe(good);
    }
  }
});

test("standingLength asks once when everything stands, and few times when little fell", async () => {
  const asked: bigint[] = [];
  const ask = (good: bigint) =>
    standingLength(1_000_000n, async (index) => {
      asked.push(index);
      return index < good;
    });
  await ask(1_000_000n);
  expect(asked).toEqual([999_999n]);
  asked.length = 0;
  await ask(999_900n);
  expect(asked.length).toBeLessThan(20);
});
