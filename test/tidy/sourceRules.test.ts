import { expect, test } from "@jest/globals";
import { readFiles, type SourceFile, withoutComments } from "./sourceFiles.js";

interface Rule {
  name: string;
  pattern: RegExp;
  applies(path: string): boolean;
}

const isSource = (path: string) => path.startsWith("src/");
const isOutsideCli = (path: string) => isSource(path) && !path.startsWith("src/cli/");

const RULES: Rule[] = [
  { name: "no `any`", pattern: /(:|<|\bas|\|)\s*any\b(?!\w)/, applies: () => true },
  { name: "no default export", pattern: /^\s*export\s+default\b/m, applies: () => true },
  { name: "console only in cli", pattern: /\bconsole\s*\./, applies: isOutsideCli },
  {
    // A child may inherit it whole: `...process.env`.
    name: "process.env only in cli",
    pattern: /(?<!\.\.\.)\bprocess\s*\.\s*env\b/,
    applies: isOutsideCli,
  },
  { name: "process.argv only in cli", pattern: /\bprocess\s*\.\s*argv\b/, applies: isOutsideCli },
  {
    name: "errors have codes (defineErrors), no bare Error",
    pattern: /\bthrow\s+new\s+Error\s*\(/,
    applies: isSource,
  },
];

function findProblems(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    const broken = RULES.filter((rule) => rule.applies(path) && rule.pattern.test(code));
    return [
      ...broken.map((rule) => `${path}: ${rule.name}`),
      ...findUndocumented(path, text),
      ...(/\bTODO(?!\(#\d+\))/.test(text) && isSource(path)
        ? [`${path}: a TODO names its issue`]
        : []),
    ];
  });
}

/** Exported functions, classes, interfaces and types of src/ without a doc comment right above them. */
function findUndocumented(path: string, text: string): string[] {
  if (!isSource(path)) return [];
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const name = /^export (?:abstract |async )*(?:function|class|interface|type)\*? (\w+)/.exec(
      line,
    )?.[1];
    if (name === undefined) return [];
    const above = lines[index - 1] ?? "";
    // Overloads share the comment of the first one.
    const isShared = lines
      .slice(0, index)
      .some((l) => new RegExp(`^export .*\\b${name}\\b`).test(l));
    return above.trimEnd().endsWith("*/") || isShared
      ? []
      : [`${path}: ${name} has no doc comment`];
  });
}

test("source rules: hold in src and test", () => {
  // The planted violations below would be found.
  const files = [...readFiles("src", [".ts"]), ...readFiles("test", [".ts"])].filter(
    ({ path }) => !path.startsWith("test/tidy/") && !path.includes("/fixtures/"),
  );
  expect(findProblems(files)).toEqual([]);
});

test.each([
  ["src/engine/a.ts", "const x: any = 1;", "no `any`"],
  ["src/engine/a.ts", "const x = y as any;", "no `any`"],
  ["src/engine/a.ts", "export default 1;", "no default export"],
  ["src/engine/a.ts", "console.log(1);", "console only in cli"],
  ["src/l1/a.ts", 'const x = process.env["HOME"];', "process.env only in cli"],
  ["src/l1/a.ts", "const x = process.argv;", "process.argv only in cli"],
  ["src/l1/a.ts", 'throw new Error("x");', "errors have codes"],
  ["src/l1/a.ts", "// TODO: later", "a TODO names its issue"],
  ["src/l1/a.ts", "export function f() {}", "f has no doc comment"],
  ["src/l1/a.ts", "const a = 1;\nexport class F {}", "F has no doc comment"],
  ["src/l1/a.ts", "export interface I {}", "I has no doc comment"],
  ["src/l1/a.ts", "export type T = 1;", "T has no doc comment"],
])("source rules: a planted violation in %s is found: %s", (path, text, problem) => {
  expect(findProblems([{ path, text }]).join()).toContain(problem);
});

test("source rules: comments are not code, and cli may print", () => {
  expect(
    findProblems([{ path: "src/engine/a.ts", text: "// any: console.log(process.env)" }]),
  ).toEqual([]);
  expect(findProblems([{ path: "src/cli/a.ts", text: "console.log(process.env);" }])).toEqual([]);
  const documented = "/** What for. */\nexport function f() {}";
  expect(findProblems([{ path: "src/l1/a.ts", text: documented }])).toEqual([]);
});
