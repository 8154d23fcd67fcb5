import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { DEFAULT_GATEWAY_LIMITS } from "../../src/rpc/types.js";
import { ROOT } from "./sourceFiles.js";

const PAGE = "docs/limits.md";

interface Row {
  id: string;
  test: string;
}

/** Rows of the table of promises. */
function rowsOf(page: string): Row[] {
  return page.split("\n").flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, id = "", , , cell = ""] = cells;
    return /^[A-D]\d+$/.test(id) ? [{ id, test: cell }] : [];
  });
}

type Lookup = (path: string) => string | undefined;

const onDisk: Lookup = (path) =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : undefined;

/** Rows without a test, tests that do not exist, and titles that their files do not have. */
function findProblems(page: string, lookup: Lookup): string[] {
  return rowsOf(page).flatMap(({ id, test: cell }) => {
    const named = [...cell.matchAll(/`(test\/[^`]+)`((?:,? "[^"]+")+)/g)];
    if (named.length === 0) return [`${id}: no test`];
    return named.flatMap(([, path = "", titles = ""]) => {
      const text = lookup(path);
      if (text === undefined) return [`${id}: ${path} does not exist`];
      return [...titles.matchAll(/"([^"]+)"/g)].flatMap(([, title = ""]) =>
        text.includes(title) ? [] : [`${id}: ${path} has no "${title}"`],
      );
    });
  });
}

const page = readFileSync(join(ROOT, PAGE), "utf8");

test("limits: every row of the page names a test that is there, by file and title", () => {
  const ids = rowsOf(page).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(40);
  expect(new Set(ids).size).toBe(ids.length);
  expect(findProblems(page, onDisk)).toEqual([]);
});

test("limits: planted faults of the page are found", () => {
  const lookup: Lookup = (path) => (path === "test/a.test.ts" ? 'test("it holds")' : undefined);
  const row = (cell: string) => `| A1 | promise | ours | ${cell} | |\n`;
  expect(findProblems(row('`test/a.test.ts` "it holds"'), lookup)).toEqual([]);
  expect(findProblems(row(""), lookup)).toEqual(["A1: no test"]);
  expect(findProblems(row('`test/b.test.ts` "it holds"'), lookup)).toHaveLength(1);
  expect(findProblems(row('`test/a.test.ts` "it holds", "more"'), lookup)).toHaveLength(1);
});

test("limits: the figures of the page are those of the code", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \| \S.* \|$/gm)];
  const figures = rows.map(([, name, value]) => [name, Number(value?.replaceAll(",", ""))]);
  const defaults = Object.entries(DEFAULT_GATEWAY_LIMITS);
  expect(figures).toEqual(defaults.map(([name, value]) => [name, Number(value)]));
});
