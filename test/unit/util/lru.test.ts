import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Lru } from "../../../src/util/lru.js";

describe("an Lru", () => {
  test("forgets what was used longest ago", () => {
    const lru = new Lru<string, number>(2);
    lru.set("a", 1);
    lru.set("b", 2);
    expect(lru.get("a")).toBe(1);
    lru.set("c", 3);
    expect([lru.get("a"), lru.get("b"), lru.get("c")]).toEqual([1, undefined, 3]);
  });

  test("counts an entry once, however often it is set", () => {
    const lru = new Lru<string, number>(2);
    lru.set("a", 1);
    lru.set("b", 2);
    lru.set("b", 3);
    expect([lru.get("a"), lru.get("b")]).toEqual([1, 3]);
  });

  test("holds as much as its entries may weigh, and nothing heavier", () => {
    const lru = new Lru<string, string>(5, ({ length }) => length);
    lru.set("a", "123");
    lru.set("b", "12");
    expect([lru.get("a"), lru.get("b")]).toEqual(["123", "12"]);
    lru.set("c", "1");
    expect([lru.get("a"), lru.get("b"), lru.get("c")]).toEqual([undefined, "12", "1"]);
    lru.set("d", "123456");
    expect([lru.get("b"), lru.get("c"), lru.get("d")]).toEqual([undefined, undefined, undefined]);
  });

  test("has room again for what was deleted or cleared", () => {
    const lru = new Lru<string, string>(3, ({ length }) => length);
    lru.set("a", "123");
    lru.delete("a");
    lru.set("b", "123");
    expect(lru.get("b")).toBe("123");
    lru.clear();
    lru.set("c", "12");
    lru.set("d", "1");
    expect([lru.get("b"), lru.get("c"), lru.get("d")]).toEqual([undefined, "12", "1"]);
  });

  test("keeps what a list in the order of use would keep, whatever is asked of it", () => {
    const limit = 8;
    const step = fc.record({
      call: fc.constantFrom("get", "get", "set", "set", "set", "delete", "clear"),
      key: fc.nat(11),
      weight: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const lru = new Lru<number, number>(limit, (weight) => weight);
        let list: { key: number; weight: number }[] = [];
        for (const { call, key, weight } of steps) {
          const known = list.find((entry) => entry.key === key);
          const others = list.filter((entry) => entry.key !== key);
          if (call === "get") {
            expect(lru.get(key)).toBe(known?.weight);
            if (known) list = [...others, known];
          } else if (call === "set") {
            lru.set(key, weight);
            list = [...others, { key, weight }];
            while (list.reduce((sum, entry) => sum + entry.weight, 0) > limit) list.shift();
          } else if (call === "delete") {
            lru.delete(key);
            list = others;
          } else {
            lru.clear();
            list = [];
          }
        }
        for (const { key, weight } of list) expect(lru.get(key)).toBe(weight);
        for (let key = 0; key <= 11; key++) {
          if (!list.some((entry) => entry.key === key)) expect(lru.get(key)).toBeUndefined();
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
