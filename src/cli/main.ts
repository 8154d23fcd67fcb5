import { Command, CommanderError, Option } from "commander";
import { FoveaError } from "../util/errors.js";
import { addChainCommands } from "./chainCommands.js";
import { exitCodeOf, sentenceOf } from "./errors.js";
import { exitOnCrash } from "./exitOnCrash.js";
import { addFixtureCommands } from "./fixtureCommands.js";
import type { GivenFlags } from "./readSettings.js";
import { SETTINGS, type Setting, type SettingName } from "./settings.js";
import { addUserCommands } from "./userCommands.js";
import { VERSION } from "./version.js";

const EXAMPLES = `
Examples:
  npx fovea start                          the whole rollup on this machine, its L1 included
  npx fovea start --l1-rpc-url http://127.0.0.1:8545 --roles verifier
  npx fovea status                         heads, roles and queues of the running server
  npx fovea withdraw --value 0.5 --wait    from L2 to L1, with a line per stage until it is finalized
  npx fovea doctor                         what is wrong with this machine or configuration, and the cure
  npx fovea accounts --json                funded accounts and keys of the development chain
`;

/** Runs one command and sets the exit code; every failure is one sentence on standard error. */
export async function main(args: string[]): Promise<void> {
  exitOnCrash(process);
  // A reader that has seen enough (`fovea accounts | head -1`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end this way too, with code 0.
      process.exitCode = error.exitCode === 0 ? 0 : 64;
      return;
    }
    process.stderr.write(`fovea: ${sentenceOf(error)}\n`);
    // Only what nobody foresaw needs more than a sentence.
    if (!(error instanceof FoveaError)) process.stderr.write(`${(error as Error)?.stack ?? ""}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** The program with all its commands; a command's code is loaded when it runs, so that `--help` is quick. */
export function createProgram(): Command {
  const program = new Command("fovea")
    .description("An optimistic rollup in one server.")
    .version(VERSION)
    .addHelpText("after", EXAMPLES)
    .showSuggestionAfterError()
    .exitOverride();

  const allSettings = Object.keys(SETTINGS) as SettingName[];
  const findServer: SettingName[] = ["datadir", "host", "port", "adminPort"];

  command(
    program,
    "start",
    "Start the server with its L1, engine, roles, queues and RPC.",
    allSettings,
  )
    .addHelpText(
      "after",
      "\nKeys and REDIS_URL come from the environment only: docs/configuration.md\n",
    )
    .action(async (options: GivenFlags) => {
      const { start } = await import("./commands/start.js");
      await start(options);
    });
  command(program, "status", "Heads, roles and queues of the running server.", findServer)
    .option("--url <url>", "address of the server's admin port")
    .action(async (options) => {
      const { status } = await import("./commands/status.js");
      await status(options);
    });
  command(
    program,
    "accounts",
    "Accounts and keys of the development chain, with balances if a server runs.",
    [...findServer, "chainConfig"],
  ).action(async (options) => {
    const { accounts } = await import("./commands/accounts.js");
    await accounts(options);
  });
  command(program, "contracts", "Chain ids and addresses of the L1 contracts.", [
    ...findServer,
    "chainConfig",
  ]).action(async (options) => {
    const { contracts } = await import("./commands/contracts.js");
    await contracts(options);
  });
  command(
    program,
    "config",
    "Effective settings with their sources, and the chain config.",
    allSettings,
  ).action(async (options) => {
    const { config } = await import("./commands/config.js");
    await config(options);
  });
  command(
    program,
    "rebuild",
    "Delete everything but L1, derive it again, and compare with the safe head that was.",
    allSettings,
  )
    .option("-y, --yes", "do not ask")
    .action(async (options) => {
      const { rebuild } = await import("./commands/rebuild.js");
      await rebuild(options);
    });
  command(
    program,
    "doctor",
    "What is wrong with this machine, the configuration or the server, with a cure for each.",
    allSettings,
  )
    .option("--rpc-url <url>", "look at the server at this address too [ETH_RPC_URL]")
    .action(async (options) => {
      const { doctor } = await import("./commands/doctor.js");
      await doctor(options);
    });
  command(program, "engine", "The L2's execution engine alone, for a rollup node elsewhere.", [
    ...(["datadir", "host", "port", "cors", "vhosts"] satisfies SettingName[]),
    ...(["enginePort", "engineHost", "jwt", "logLevel", "logJson"] satisfies SettingName[]),
  ])
    .requiredOption("--rollup <file>", "rollup.json in the data directory of the rollup node")
    .action(async (options) => {
      const { engine } = await import("./commands/engine.js");
      await engine(options);
    });
  addUserCommands(program, command);
  addChainCommands(program, command);
  addFixtureCommands(program, command);
  return program;
}

/** Adds a command with `--json` and the flags of the settings it uses. */
export type AddCommand = typeof command;

function command(
  program: Command,
  name: string,
  description: string,
  settings: SettingName[],
): Command {
  const made = program
    .command(name)
    .description(description)
    .option("--json", "answer as JSON")
    .exitOverride();
  for (const settingName of settings) {
    const row: Setting<unknown> = SETTINGS[settingName];
    if (row.flag === null) continue;
    const flags = row.argument === null ? `--${row.flag}` : `--${row.flag} ${row.argument}`;
    const preset = row.default === null || row.argument === null ? "" : `, default ${row.default}`;
    made.addOption(new Option(flags, `${row.text} [${row.env}${preset}]`));
  }
  return made;
}
