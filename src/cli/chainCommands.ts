import type { Command } from "commander";
import type { AddCommand } from "./main.js";

const DATADIR = ["--datadir <path>", "folder of the chain; one process at a time"] as const;

/** The commands for other chains: genesis files, blocks from other clients, a node of plain Ethereum, blocks of OP chains. */
export function addChainCommands(program: Command, add: AddCommand): void {
  add(program, "genesis-hash", "Hash of the genesis block of a geth genesis file.", [])
    .argument("<file>", "genesis file as JSON, also packed (.gz)")
    .action(async (file: string, options) => {
      const { genesisHash } = await import("./commands/genesisHash.js");
      await genesisHash(file, options);
    });
  add(program, "exec-stateless", "Execute a block of an OP chain from its witness alone.", [])
    .argument("<file>", "witness as JSON, also packed (.gz)")
    .action(async (file: string, options) => {
      const { execStateless } = await import("./commands/execStateless.js");
      await execStateless(file, options);
    });
  add(program, "init", "Begin a chain of plain Ethereum with a geth genesis file.", [])
    .requiredOption("--genesis <file>", "genesis file as JSON, also packed (.gz)")
    .requiredOption(...DATADIR)
    .action(async (options) => {
      const { init } = await import("./commands/init.js");
      await init(options);
    });
  add(program, "import", "Execute the blocks of an RLP file; ends at the first bad one.", [])
    .argument("<file>", "blocks as other clients export them, also packed (.gz)")
    .requiredOption(...DATADIR)
    .option("--verbose", "log to standard error")
    .action(async (file: string, options) => {
      const { importChain } = await import("./commands/importChain.js");
      await importChain(file, options);
    });
  add(program, "node", "Run a node of plain Ethereum, driven through its Engine API.", [])
    .requiredOption(...DATADIR)
    .option("--genesis <file>", "begin the chain with this file if the folder holds none")
    .option("--http <host:port>", "address of JSON-RPC, default 127.0.0.1:8545")
    .option("--http.api <list>", "namespaces to answer, default eth,net,web3,txpool,debug")
    .option("--http.corsdomain <list>", "origins of web pages that may ask")
    .option("--http.vhosts <list>", "host names besides localhost")
    .option("--authrpc <host:port>", "address of the Engine API, default 127.0.0.1:8551")
    .option("--jwt <file>", "secret of the Engine API, default <datadir>/jwt.hex (made if missing)")
    .option("--threads <number>", "threads that calls run in, default 0: the main one")
    .option("--log-level <level>", "error, warn, info or debug, default warn")
    .action(async (options) => {
      const { node } = await import("./commands/node.js");
      await node(options);
    });
}
