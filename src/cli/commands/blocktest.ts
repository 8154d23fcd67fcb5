import { runBlockTests } from "../../engine/ethereum/suites/blockTest.js";
import { runFixtures } from "../client/runFixtures.js";

/** `fovea blocktest`: blockchain tests, each with its network, last block and, if it fails, the reason. */
export function blocktest(files: readonly string[], { fork }: { fork?: string }): Promise<void> {
  return runFixtures(files, (contents) => runBlockTests(contents, fork), "blockchain test");
}
