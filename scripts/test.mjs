// Runs every check and test, quick ones first, and ends with the line `N passed, N failed`.
// Usage: npm test                          everything
//        npm test -- test/unit/derive ...  only jest, with these arguments
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SCRATCH = mkdtempSync(join(tmpdir(), "fovea-test-"));
const NODE_FLAGS = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const script = (path) => join(ROOT, path);
const run = (args) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;

/** One check counts as one test. */
function check(name, args) {
  const startMs = Date.now();
  const isPassed = run(args) === 0;
  total[isPassed ? "passed" : "failed"]++;
  if (!isPassed) failures.push(name);
  console.log(
    `${isPassed ? "ok    " : "FAILED"} ${name} (${((Date.now() - startMs) / 1000).toFixed(1)} s)`,
  );
  return isPassed;
}

function jest(name, args) {
  const file = join(SCRATCH, `${name}.json`);
  const status = run([
    ...NODE_FLAGS,
    script("node_modules/jest/bin/jest.js"),
    "--json",
    `--outputFile=${file}`,
    "--passWithNoTests",
    ...args,
  ]);
  if (!existsSync(file)) {
    total.failed++;
    failures.push(`${name}: jest itself failed`);
    return;
  }
  const result = JSON.parse(readFileSync(file, "utf8"));
  total.passed += result.numPassedTests;
  // A file that could not be loaded has no tests to count, and is a failure all the same.
  total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  total.skipped += result.numPendingTests + result.numTodoTests;
  for (const suite of result.testResults) {
    for (const { status: outcome, fullName } of suite.assertionResults) {
      if (outcome === "failed") failures.push(fullName);
    }
    if (suite.status === "failed" && suite.assertionResults.length === 0) failures.push(suite.name);
  }
  if (status !== 0 && result.success) {
    total.failed++;
    failures.push(`${name}: jest ended with code ${status}`);
  }
}

const args = process.argv.slice(2);
if (args.length > 0) {
  jest("part", args.some((arg) => arg.includes("e2e")) ? ["--runInBand", ...args] : args);
} else {
  check("types", [script("node_modules/typescript/bin/tsc"), "-p", "tsconfig.json", "--noEmit"]);
  check("format and lint", [script("node_modules/@biomejs/biome/bin/biome"), "ci", "."]);
  jest("quick", ["--testPathIgnorePatterns", "/test/e2e/", "/test/bench/"]);
  check("generated contracts are those of contracts/", [
    script("scripts/genContracts.mjs"),
    "--check",
  ]);
  if (check("build", [script("scripts/prepare.mjs"), "--build"])) {
    jest("e2e", ["--runInBand", "--testPathPatterns", "/test/e2e/"]);
  }
}

rmSync(SCRATCH, { recursive: true, force: true });
for (const name of failures) console.log(`failed: ${name}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
