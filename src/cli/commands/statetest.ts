import { runStateTests } from "../../engine/ethereum/suites/stateTest.js";
import { runFixtures } from "../client/runFixtures.js";

/** `fovea statetest`: state tests, with results as `evm statetest` of geth prints them. */
export function statetest(files: readonly string[], { fork }: { fork?: string }): Promise<void> {
  return runFixtures(files, (contents) => runStateTests(contents, fork), "state test");
}
