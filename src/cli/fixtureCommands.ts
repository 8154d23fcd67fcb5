import type { Command } from "commander";
import type { AddCommand } from "./main.js";

/** Adds the commands that run test fixtures of Ethereum; none of them needs a data directory. */
export function addFixtureCommands(program: Command, command: AddCommand): void {
  command(
    program,
    "statetest",
    "Run state tests (ethereum/tests, execution-spec-tests); prints results as `evm statetest` does.",
    [],
  )
    .argument("<file...>", "fixtures, or folders with them")
    .option("--fork <name>", "only cases of this fork")
    .action(async (files: string[], options: { fork?: string }) => {
      const { statetest } = await import("./commands/statetest.js");
      await statetest(files, options);
    });
  command(
    program,
    "blocktest",
    "Run blockchain tests (ethereum/tests, execution-spec-tests); prints a result for each.",
    [],
  )
    .argument("<file...>", "fixtures, or folders with them")
    .option("--fork <name>", "only cases of this network")
    .action(async (files: string[], options: { fork?: string }) => {
      const { blocktest } = await import("./commands/blocktest.js");
      await blocktest(files, options);
    });
}
