import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { readFiles, type SourceFile } from "./sourceFiles.js";

const LIMIT_LINES: Record<string, number> = { ".ts": 400, ".mjs": 400, ".sol": 500 };
/** A list of cases may be longer than code. */
const TEST_LIMIT_LINES = 600;

/** Files over the limit with their number of lines. The list may only shrink, and so may its numbers. */
const exceptions = JSON.parse(readFileSync("test/tidy/sizes.json", "utf8")) as Record<
  string,
  number
>;

function findProblems(files: SourceFile[], allowed: Record<string, number>): string[] {
  const problems: string[] = [];
  for (const { path, text } of files) {
    const lines = text.split("\n").length - 1;
    const ending = path.slice(path.lastIndexOf("."));
    const limit = path.endsWith(".test.ts") ? TEST_LIMIT_LINES : (LIMIT_LINES[ending] ?? 400);
    const exception = allowed[path];
    if (exception === undefined) {
      if (lines > limit) problems.push(`${path}: ${lines} lines, at most ${limit}: split it`);
    } else if (lines > exception)
      problems.push(`${path}: grew from ${exception} to ${lines} lines`);
    else if (lines <= limit) problems.push(`${path}: small now, remove it from sizes.json`);
    else if (lines < exception) problems.push(`${path}: write ${lines} into sizes.json`);
  }
  const known = new Set(files.map(({ path }) => path));
  for (const path of Object.keys(allowed)) {
    if (!known.has(path)) problems.push(`${path}: is gone, remove it from sizes.json`);
  }
  return problems;
}

test("sizes: no file is over its limit, but for those in sizes.json", () => {
  const files = [
    ...readFiles("src", [".ts", ".mjs"]),
    ...readFiles("test", [".ts", ".mjs"]),
    ...readFiles("scripts", [".mjs"]),
    ...readFiles("contracts", [".sol"]),
  ];
  expect(findProblems(files, exceptions)).toEqual([]);
});

test("sizes: planted violations are found", () => {
  const file = (path: string, lines: number) => ({ path, text: "x\n".repeat(lines) });
  expect(findProblems([file("a.ts", 401)], {})).toEqual(["a.ts: 401 lines, at most 400: split it"]);
  expect(findProblems([file("A.sol", 450)], {})).toEqual([]);
  expect(findProblems([file("a.ts", 600)], { "a.ts": 500 })).toEqual([
    "a.ts: grew from 500 to 600 lines",
  ]);
  expect(findProblems([file("a.ts", 100)], { "a.ts": 500 })).toHaveLength(1);
  expect(findProblems([], { "a.ts": 500 })).toHaveLength(1);
});
