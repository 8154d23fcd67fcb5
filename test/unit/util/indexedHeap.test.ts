import { expect, test } from "@jest/globals";
import { IndexedHeap } from "../../../src/util/indexedHeap.js";
import { randomBelow } from "../../helpers/pooledTxs.js";

test("the lowest rank is found over thousands of random changes, with one key left out or not", () => {
  const random = randomBelow(11);
  const heap = new IndexedHeap<string, number>((left, right) => left < right);
  const ranks = new Map<string, number>();
  const lowest = (except?: string) =>
    Math.min(...[...ranks].filter(([key]) => key !== except).map(([, rank]) => rank));
  for (let step = 0; step < 5_000; step++) {
    const key = `key ${random(40)}`;
    if (random(3) === 0) {
      ranks.delete(key);
      heap.delete(key);
    } else {
      const rank = random(100);
      ranks.set(key, rank);
      heap.set(key, rank);
    }
    expect(heap.size).toBe(ranks.size);
    expect(heap.lowest()?.rank ?? Number.POSITIVE_INFINITY).toBe(lowest());
    const other = heap.lowest(key);
    expect(other?.rank ?? Number.POSITIVE_INFINITY).toBe(lowest(key));
    expect(other?.key).not.toBe(key);
    if (other) expect(ranks.get(other.key)).toBe(other.rank);
  }
});

test("a change compares with as many as the heap has levels, not with all", () => {
  let compared = 0;
  const heap = new IndexedHeap<number, number>((left, right) => {
    compared++;
    return left < right;
  });
  const random = randomBelow(5);
  const size = 1 << 14;
  for (let key = 0; key < size; key++) heap.set(key, random(1_000_000));
  for (let step = 0; step < 1_000; step++) {
    compared = 0;
    const { key } = heap.lowest() ?? { key: 0 };
    heap.delete(key);
    heap.set(key, random(1_000_000));
    expect(compared).toBeLessThanOrEqual(60);
  }
});
