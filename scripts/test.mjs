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
const passedOnlyAgain = [];
/** More failed files than this are no accident. */
const MOST_AGAIN = 3;

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

/** One run of jest. Undefined: jest itself failed. */
function runJest(name, args) {
  const file = join(SCRATCH, `${name}.json`);
  const status = run([
    ...NODE_FLAGS,
    script("node_modules/jest/bin/jest.js"),
    "--json",
    `--outputFile=${file}`,
    "--passWithNoTests",
    ...args,
  ]);
  if (!existsSync(file)) return undefined;
  return { status, ...JSON.parse(readFileSync(file, "utf8")) };
}

function count(name, result) {
  if (result === undefined) {
    total.failed++;
    failures.push(`${name}: jest itself failed`);
    return;
  }
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
  if (result.status !== 0 && result.success) {
    total.failed++;
    failures.push(`${name}: jest ended with code ${result.status}`);
  }
}

/**
 * Tests drive real chains, queues and browsers, which a busy machine can make miss a deadline. So up to three files that failed
 * are run once more, alone, and that is said; what fails twice has failed.
 */
function jest(name, args, mayRunAgain = false) {
  const first = runJest(name, args);
  const failed = first?.testResults.filter((suite) => suite.status === "failed") ?? [];
  if (!mayRunAgain || failed.length === 0 || failed.length > MOST_AGAIN) {
    count(name, first);
    return;
  }
  const files = failed.map((suite) => suite.name);
  for (const file of files) console.log(`failed, is run again alone: ${file}`);
  const passed = failed.flatMap((suite) => suite.assertionResults);
  const inFailed = passed.filter(({ status }) => status === "passed").length;
  const again = runJest(`${name}-again`, ["--runInBand", "--runTestsByPath", ...files]);
  total.passed += first.numPassedTests - inFailed;
  total.skipped += first.numPendingTests + first.numTodoTests;
  count(`${name} again`, again);
  for (const suite of again?.testResults ?? []) {
    if (suite.status !== "failed") passedOnlyAgain.push(suite.name);
  }
}

const args = process.argv.slice(2);
if (args.length > 0) {
  jest("part", args.some((arg) => arg.includes("e2e")) ? ["--runInBand", ...args] : args);
} else {
  check("types", [script("node_modules/typescript/bin/tsc"), "-p", "tsconfig.json", "--noEmit"]);
  check("format and lint", [script("node_modules/@biomejs/biome/bin/biome"), "ci", "."]);
  check("the contracts' machine table is that of src/proof", [
    script("scripts/genMachineTable.mjs"),
    "--check",
  ]);
  jest("quick", ["--testPathIgnorePatterns", "/test/e2e/", "/test/bench/"], true);
  check("generated contracts are those of contracts/", [
    script("scripts/genContracts.mjs"),
    "--check",
  ]);
  if (check("build", [script("scripts/prepare.mjs"), "--build"])) {
    jest("e2e", ["--maxWorkers=2", "--testPathPatterns", "/test/e2e/"], true);
  }
}

rmSync(SCRATCH, { recursive: true, force: true });
for (const name of failures) console.log(`failed: ${name}`);
for (const name of passedOnlyAgain) console.log(`passed only the second time: ${name}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
