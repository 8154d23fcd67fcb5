import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, objectOf } from "../../engine/ethereum/jsonFields.js";
import { FoveaError } from "../../util/errors.js";
import { cliError } from "../errors.js";

/** What a runner says of one case; it may say more. */
interface CaseResult {
  name: string;
  pass: boolean;
}

function* filesIn(path: string): Generator<string> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw cliError("CLI_USAGE", `There is no file ${path}.`, cause);
  }
  if (!isFolder) return yield path;
  for (const name of readdirSync(path).sort()) {
    const inner = join(path, name);
    if (statSync(inner).isDirectory() || name.endsWith(".json")) yield* filesIn(inner);
  }
}

function readFixture(path: string): JsonObject {
  try {
    return objectOf(JSON.parse(readFileSync(path, "utf8")), "contents");
  } catch (cause) {
    throw cliError("CLI_USAGE", `${path} is not a file of test fixtures.`, cause);
  }
}

/**
 * Runs the cases of files and folders, prints the results as one JSON array, and the count on standard error.
 * Sets exit code 1 if one fails or there is none. Errors: CLI_USAGE (a file is not there or holds no fixtures).
 */
export async function runFixtures<Result extends CaseResult>(
  paths: readonly string[],
  run: (contents: JsonObject) => AsyncIterable<Result>,
  what: string,
): Promise<void> {
  let total = 0;
  let passed = 0;
  try {
    for (const path of paths) {
      for (const file of filesIn(path)) {
        for await (const result of runFile(file, run, what)) {
          // One result at a time: a folder may have tens of thousands.
          process.stdout.write(`${total === 0 ? "[" : ","}\n  ${JSON.stringify(result)}`);
          total++;
          if (result.pass) passed++;
        }
      }
    }
  } finally {
    process.stdout.write(total === 0 ? "[]\n" : "\n]\n");
  }
  process.stderr.write(`${passed} of ${total} ${what}s pass\n`);
  if (passed < total || total === 0) process.exitCode = 1;
}

async function* runFile<Result extends CaseResult>(
  file: string,
  run: (contents: JsonObject) => AsyncIterable<Result>,
  what: string,
): AsyncGenerator<Result> {
  const contents = readFixture(file);
  try {
    yield* run(contents);
  } catch (cause) {
    if (!(cause instanceof FoveaError)) throw cause;
    const reason = typeof cause.data.sentence === "string" ? cause.data.sentence : cause.message;
    throw cliError("CLI_USAGE", `${file} is not a file of ${what}s: ${reason}`, cause);
  }
}
