import { describe, expect, test } from "@jest/globals";
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
});
