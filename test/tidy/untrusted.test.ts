import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { readFiles, type SourceFile, withoutComments } from "./sourceFiles.js";

// What must not be done with what strangers send, and with packages.

/** Words that turn data into code, or into somebody's prototype; files in which they only see our own objects. */
const WORDS: Readonly<Record<string, { pattern: RegExp; own: readonly string[] }>> = {
  "Object.assign writes what __proto__ says; spread does not": {
    pattern: /\bObject\.assign\(/,
    own: [
      "src/engine/execution/evmMachine.ts",
      "src/engine/tracing/evmObserver.ts",
      "src/l1/sender.ts",
      "src/proof/modes/feed/depositFields.ts",
    ],
  },
  "Object.setPrototypeOf and __proto__": {
    pattern: /\bsetPrototypeOf\(|\b__proto__\b/,
    own: ["src/rpc/expressClasses.ts"],
  },
  "code made of text": { pattern: /\beval\(|\bnew Function\(|\brunIn\w*Context\(/, own: [] },
  "a shell": { pattern: /\bshell:\s*true|\bexecSync\(|[^.\w]exec\(/, own: [] },
};

function findProblems(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    Object.entries(WORDS).flatMap(([name, { pattern, own }]) =>
      pattern.test(withoutComments(text)) && !own.includes(path) ? [`${path}: ${name}`] : [],
    ),
  );
}

test("untrusted: no text of strangers becomes code or a prototype", () => {
  const files = readFiles("src", [".ts", ".mjs"]);
  expect(findProblems(files)).toEqual([]);
  const paths = files.map(({ path }) => path);
  for (const { own } of Object.values(WORDS)) {
    for (const path of own) expect(paths).toContain(path);
  }
  for (const text of [
    "Object.assign({}, body);",
    "Object.setPrototypeOf(a, b);",
    'eval("1");',
    'new Function("x");',
    "spawn(a, { shell: true });",
    "await exec(command);",
  ]) {
    expect([text, findProblems([{ path: "src/rpc/a.ts", text }]).length]).toEqual([text, 1]);
  }
  expect(findProblems([{ path: "src/rpc/a.ts", text: "/x/.exec(text); // eval(" }])).toEqual([]);
});

interface LockFile {
  packages: Record<
    string,
    { version?: string; resolved?: string; integrity?: string; link?: true }
  >;
}
interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

/** First versions without holes that became known; `npm audit` knows the newer ones, but asks the registry. */
const AT_LEAST: Readonly<Record<string, string>> = {
  // CVE-2024-37890: a request with many headers ended the process.
  ws: "8.17.1",
  // CVE-2024-45590: a nested body held up the parser.
  "body-parser": "1.20.3",
  // CVE-2024-45296: routes that became slow expressions.
  "path-to-regexp": "8.0.0",
  // CVE-2022-24999: __proto__ in a query.
  qs: "6.10.3",
};

function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const at of [0, 1, 2]) {
    if ((a?.[at] ?? 0) !== (b?.[at] ?? 0)) return (a?.[at] ?? 0) > (b?.[at] ?? 0);
  }
  return true;
}

test("packages: each has one exact version, from the registry, with its hash", () => {
  const wanted = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  const loose = Object.entries(wanted).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
  for (const [name, version] of Object.entries(wanted)) {
    expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
  }
  const strange = Object.entries(lock.packages).filter(
    ([path, { resolved, integrity }]) =>
      path !== "" &&
      resolved !== undefined &&
      (!resolved.startsWith("https://registry.npmjs.org/") || !integrity?.startsWith("sha512-")),
  );
  expect(strange).toEqual([]);
});

test("packages: those that read what strangers send have no known hole", () => {
  const old = Object.entries(lock.packages).flatMap(([path, { version }]) => {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const least = AT_LEAST[name];
    return least !== undefined && !isAtLeast(version ?? "0", least) ? [`${path} ${version}`] : [];
  });
  expect(old).toEqual([]);
  for (const name of Object.keys(AT_LEAST)) {
    expect([name, lock.packages[`node_modules/${name}`] !== undefined]).toEqual([name, true]);
  }
  expect([
    isAtLeast("8.17.0", "8.17.1"),
    isAtLeast("8.23.0", "8.17.1"),
    isAtLeast("10.0.0", "8.9.9"),
  ]).toEqual([false, true, true]);
});
