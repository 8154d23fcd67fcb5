import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import {
  hasNestedQuantifier,
  pumpsOf,
  type RegexLiteral,
  regexesOf,
} from "../helpers/regexPumps.js";
import { readFiles } from "./sourceFiles.js";

// A regular expression must not take long, whatever text somebody sends.

const LENGTH = 1 << 20;
/** Linear work on a megabyte takes milliseconds, quadratic work many minutes. */
const PATIENCE_MS = 3_000;

/** Expressions that never see a long text, or none of a stranger: path and beginning of the pattern, longest text, and why. */
const SHORT: readonly [path: string, begin: string, length: number, why: string][] = [
  ["src/cli/doctor/examine.ts", "; (did you mean", 10_000, "our own sentence"],
  ["src/engine/ethereum/suites/networkConfig.ts", "^(\\w+?)To", 100, "a name in a file of tests"],
  ["src/l1/provenStorage.ts", "method.*(not", 2_000, "jsonRpc.ts cuts what L1 says"],
  ["src/rpc/admin/queueBoard.ts", "<link href", 10_000, "the page of a package"],
  ["src/rpc/debug/traceConfig.ts", "(\\d+(?:", 32, "parseText lets no longer text in"],
  ["src/rpc/pages/moduleImports.ts", "((?:^|[;}\\n])", 10_000, "modules of this package"],
  ["src/rpc/pages/moduleImports.ts", "\\/\\*[\\s\\S]", 10_000, "modules of this package"],
];

/** Nested, but each text fits in one way only. */
const ONE_WAY = ["^[a-z0-9]+(-[a-z0-9]+)*$"];

/** Places that make an expression of a text, which is a constant of ours there. */
const MADE: Readonly<Record<string, number>> = { "src/cli/doctor/redisCheck.ts": 1 };

const sources = readFiles("src", [".ts", ".mjs"]);
const found = sources.map(({ path, text }) => ({ path, ...regexesOf(path, text) }));
const literals = [...found.flatMap((file) => file.literals), ...patternsOf("openapi.yaml")];

/** Patterns of a schema: the validator makes expressions of them, and they see what comes over REST first. */
function patternsOf(path: string): RegexLiteral[] {
  const patterns = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { pattern } = node as { pattern?: unknown };
    if (typeof pattern === "string") patterns.add(pattern);
    for (const item of Object.values(node)) visit(item);
  };
  visit(parse(readFileSync(path, "utf8")));
  return [...patterns].map((source) => ({ path, source, flags: "u" }));
}

const shortOf = ({ path, source }: RegexLiteral) =>
  SHORT.find(([file, begin]) => file === path && source.startsWith(begin));

/** What is slow about an expression: the text on which it is not done in time, or fails. */
function slowText(literal: RegexLiteral, length: number, timeout = PATIENCE_MS) {
  const { source, flags } = literal;
  const code = "regex.test(text); text.replace(regex, '').length";
  return pumpsOf(literal, length).find((text) => {
    try {
      runInNewContext(code, { regex: new RegExp(source, flags), text }, { timeout });
      return false;
    } catch {
      return true;
    }
  });
}

test("regular expressions: none repeats what repeats", () => {
  expect(literals.length).toBeGreaterThan(100);
  expect(literals.filter(({ path }) => path === "openapi.yaml").length).toBeGreaterThan(5);
  const nested = literals.filter(
    ({ source }) => hasNestedQuantifier(source) && !ONE_WAY.includes(source),
  );
  expect(nested.map(({ path, source }) => `${path}: ${source}`)).toEqual([]);
});

test("regular expressions: none is made of a text at run time, but where the text is ours", () => {
  const made = Object.fromEntries(
    found.filter((file) => file.made > 0).map((file) => [file.path, file.made]),
  );
  expect(made).toEqual(MADE);
});

test("regular expressions: each is done with a megabyte that was made to hold it up", () => {
  const slow: string[] = [];
  let texts = 0;
  for (const literal of literals) {
    const length = shortOf(literal)?.[2] ?? LENGTH;
    texts += pumpsOf(literal, 100).length;
    const text = slowText(literal, length);
    if (text !== undefined) {
      slow.push(`${literal.path}: ${literal.source} on ${JSON.stringify(text.slice(0, 40))}...`);
    }
  }
  process.stdout.write(`regular expressions: ${literals.length}, on ${texts} texts\n`);
  expect(slow).toEqual([]);
}, 600_000);

test("regular expressions: the exceptions are needed", () => {
  for (const [path, begin] of SHORT) {
    expect([path, literals.some((it) => it.path === path && it.source.startsWith(begin))]).toEqual([
      path,
      true,
    ]);
  }
});

test("regular expressions: planted ones are found", () => {
  const literal = (source: string): RegexLiteral => ({ path: "a.ts", source, flags: "" });
  for (const source of ["^(0x)?([0-9a-f]+)+$", "^(a*)*$", "^(?:\\w+\\s?)*$", "^((a|b+)x?){2,}$"]) {
    expect([source, hasNestedQuantifier(source)]).toEqual([source, true]);
  }
  for (const source of ["^0x([0-9a-f]{2})*$", "^(a+)?b*$", "^[(*+]+$", "^a{2,3}(b{1,10})$"]) {
    expect([source, hasNestedQuantifier(source)]).toEqual([source, false]);
  }
  const code = 'const a = /^x+$/i; const b = new RegExp("x"); const c = RegExp(b); // /(y+)+/';
  expect(regexesOf("a.ts", code)).toEqual({
    literals: [{ path: "a.ts", source: "^x+$", flags: "i" }],
    made: 2,
  });
  // Quadratic without nesting: spaces at an end, a word before anything.
  for (const source of ["\\s+$", "method.*found", "<a[^>]*>", "^\\w*\\d*\\w*$"]) {
    expect([source, slowText(literal(source), LENGTH, 300) === undefined]).toEqual([source, false]);
  }
  expect(slowText(literal("^0x[0-9a-f]*$"), LENGTH)).toBeUndefined();
}, 120_000);
