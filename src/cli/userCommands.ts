import { Argument, type Command } from "commander";
import type { AddCommand } from "./main.js";
import type { SettingName } from "./settings.js";

const AMOUNT = "ETH as 0.5 or 0.5ether, or with a unit as in 20gwei";
const CLIENT_SETTINGS: SettingName[] = [
  "datadir",
  "host",
  "port",
  "adminPort",
  "l1RpcUrl",
  "l1Port",
];
const SERVER_SETTINGS: SettingName[] = ["datadir", "host", "port", "adminPort"];
const KEY_HELP = `
Signs with --private-key-file, else --account, else FOVEA_PRIVATE_KEY, else account (1) of a development chain.
Server: --rpc-url, else --port or --datadir, else ETH_RPC_URL, else the one that runs on ./data or on port 9545.
`;

/** The commands of people who use the rollup: they need a server's public port and an L1, and a key of their own. */
export function addUserCommands(program: Command, add: AddCommand): void {
  const client = (name: string, text: string) =>
    add(program, name, text, CLIENT_SETTINGS).option(
      "--rpc-url <url>",
      "the L2: a Fovea server's public port [ETH_RPC_URL]",
    );
  const signing = (name: string, text: string) =>
    client(name, text)
      .option("--account <number>", "sign as an account of the development chain")
      .option("--private-key-file <file>", "sign with the key in this file (chmod 600)")
      .addHelpText("after", KEY_HELP);

  signing("deposit", "Send ETH from L1 to L2; ends when it is there.")
    .requiredOption("--value <amount>", AMOUNT)
    .option("--to <address>", "recipient on L2; the sender if absent")
    .option("--data <hex>", "call data for the recipient")
    .option("--gas <gas>", "gas of the call on L2; estimated if absent")
    .option("--no-wait", "end when it is on L1")
    .action(async (options) => {
      const { deposit } = await import("./commands/deposit.js");
      await deposit(options);
    });
  signing("withdraw", "Send ETH from L2 to L1; with --wait until it is finalized there.")
    .requiredOption("--value <amount>", AMOUNT)
    .option("--to <address>", "recipient on L1; the sender if absent")
    .option("--data <hex>", "call data for the recipient")
    .option("--gas <gas>", "gas that the call on L1 gets at least, default 100000")
    .option("--wait", "prove and finalize too, with a line per stage")
    .option("--timeout <seconds>", "give up waiting after this time (exit code 75)")
    .action(async (options) => {
      const { withdraw } = await import("./commands/withdraw.js");
      await withdraw(options);
    });
  const hash = new Argument("<hash>", "the L2 transaction that began the withdrawal");
  for (const [name, goal, text] of [
    ["prove", "proven", "Prove a withdrawal on L1 against a proposal that our node agrees with."],
    ["finalize", "finalized", "Finalize a proven withdrawal on L1."],
  ] as const) {
    const made = signing(name, text);
    if (name === "prove") addProveStep(made, add);
    made
      .addArgument(hash)
      .option("--index <number>", "which withdrawal of the transaction, default 0")
      .option("--wait", "wait until it is possible")
      .option("--timeout <seconds>", "give up waiting after this time (exit code 75)")
      .action(async (hashText: string, options) => {
        const { continueWithdrawal } = await import("./commands/withdraw.js");
        await continueWithdrawal(hashText, goal, options);
      });
  }
  add(
    program,
    "witness",
    "Write the proof file of a block's steps: roots and all that proves them.",
    [...SERVER_SETTINGS],
  )
    .requiredOption("--block <number>", "the L2 block")
    .option("--from <position>", "first step, default 0: the boundary that begins the block")
    .option("--count <number>", "how many steps, default all of the block (at most 65535)")
    .option("--stride <number>", "positions between two steps, default 1")
    .requiredOption("--out <file>", "where the JSON goes")
    .option("--rpc <url>", "admin port of the server whose engine is read")
    .action(async (options) => {
      const { witness } = await import("./commands/witness.js");
      await witness(options);
    });
  client("tx", "The life of a transaction in words; takes L2 hashes, and L1 hashes of deposits.")
    .argument("<hash>", "transaction hash")
    .action(async (hashText: string, options) => {
      const { tx } = await import("./commands/tx.js");
      await tx(hashText, options);
    });
  signing("force", "Write overdue deposits into the chain without the sequencer.")
    .option("--wait", "wait until they are overdue")
    .action(async (options) => {
      const { force } = await import("./commands/force.js");
      await force(options);
    });
  signing("deploy-verifier", "Put the step verifier on L1; anybody may, once.").action(
    async (options) => {
      const { deployVerifier } = await import("./commands/deployVerifier.js");
      await deployVerifier(options);
    },
  );
  signing("demo", "A story against the running development server.")
    .addArgument(new Argument("<story>", "which one").choices(["withdrawal"]))
    .action(async (_story: string, options) => {
      const { demoWithdrawal } = await import("./commands/demo.js");
      await demoWithdrawal(options);
    });
}

/** `fovea prove step`, below the command for withdrawals. */
function addProveStep(prove: Command, add: AddCommand): void {
  add(prove, "step", "Prove one step of an L2 block, and show what it does.", CLIENT_SETTINGS)
    .option("--rpc-url <url>", "the L2: a Fovea server's public port [ETH_RPC_URL]")
    .requiredOption("--block <number>", "the L2 block")
    .requiredOption("--position <number>", "steps behind the boundary that begins the block")
    .option("--on-chain", "call the verifier on L1 and compare its root")
    .option("--verifier <address>", "the verifier, if it is not the one of `deploy-verifier`")
    .action(async (_options, command: Command) => {
      const { proveStep } = await import("./commands/proveStep.js");
      // The command above takes the flags that both have.
      await proveStep(command.optsWithGlobals());
    });
}
