import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { DEFAULT_TX_POOL_LIMITS } from "../../../src/engine/txPoolConfig.js";

test("the figures of the pool on the page of limits are its defaults", () => {
  const page = readFileSync("docs/limits.md", "utf8");
  const section = page.slice(page.indexOf("## Transaction pool"), page.indexOf("## Figures"));
  const figures = [...section.matchAll(/ \| `(\w+)` \| ([\d,]+) \|$/gm)].map(([, name, value]) => [
    name,
    value?.replaceAll(",", ""),
  ]);
  const { allowUnprotected, ...numbers } = DEFAULT_TX_POOL_LIMITS;
  expect(allowUnprotected).toBe(false);
  expect(Object.fromEntries(figures)).toEqual(
    Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
  );
});
