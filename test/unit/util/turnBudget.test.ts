import { expect, test } from "@jest/globals";
import { TurnBudget } from "../../../src/util/turnBudget.js";

test("so many pass in one turn of the event loop, the others later, in order", async () => {
  const budget = new TurnBudget(4);
  const passed: number[] = [];
  const counts: number[] = [];
  const all = Array.from({ length: 11 }, async (_item, index) => {
    await budget.take();
    passed.push(index);
  });
  while (passed.length < 11) {
    await new Promise((resolve) => setImmediate(resolve));
    counts.push(passed.length);
  }
  await Promise.all(all);
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0));
  // Before the first look there is this turn and the one after it.
  expect(steps[0]).toBeLessThanOrEqual(8);
  expect(Math.max(...steps.slice(1))).toBeLessThanOrEqual(4);
});

test("who comes one by one, in turns of their own, never waits", async () => {
  const budget = new TurnBudget(1);
  for (let round = 0; round < 5; round++) {
    let hasPassed = false;
    void budget.take().then(() => {
      hasPassed = true;
    });
    await Promise.resolve();
    expect(hasPassed).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
  }
});
