import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runStateTests } from "../../../../src/engine/ethereum/suites/stateTest.js";
import { jsonFiles } from "../../../helpers/jsonFiles.js";

/** A folder with conformance suites of others; without one there is nothing to run. */
const DIR = process.env.FOVEA_CONFORMANCE;

(DIR === undefined ? describe.skip : describe)("state tests of execution-spec-tests", () => {
  test("every case ends in the state and with the logs that it expects", async () => {
    const failures: string[] = [];
    let total = 0;
    for (const path of jsonFiles(join(DIR as string, "eest-state"))) {
      for await (const result of runStateTests(JSON.parse(readFileSync(path, "utf8")))) {
        total++;
        if (!result.pass) failures.push(`${result.name} ${result.fork}: ${result.error}`);
      }
    }
    process.stdout.write(`${total - failures.length} of ${total} state tests\n`);
    expect(failures).toEqual([]);
    expect(total).toBeGreaterThan(0);
  }, 900_000);
});
