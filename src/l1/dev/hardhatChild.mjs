// Runs Hardhat's node in a process of its own, on a Node that is new enough for it.
// Started by hardhatNode.ts as `node this-file <working folder>` with the settings as the first message; sends { error } if it
// cannot run; ends with its parent.
// Plain JavaScript, because the tests start it from src/ and the server from dist/.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

process.on("disconnect", () => process.exit(0));

async function run({ folder, port, chainId, blockGasLimit, mnemonic }) {
  // Hardhat wants a project around it; what it writes stays in the data directory.
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const network = {
    type: "edr-simulated",
    chainType: "l1",
    chainId,
    hardfork: "osaka",
    blockGasLimit,
    // Deploying makes many blocks a second: their time must not run away from the wall clock.
    allowBlocksWithSameTimestamp: true,
    // As other nodes do: whoever sends a transaction that reverts gets its hash and a receipt.
    throwOnTransactionFailures: false,
    accounts: { mnemonic, count: 10, accountsBalance: 10_000n * 10n ** 18n },
    mining: { auto: true, interval: 0, mempool: { order: "fifo" } },
  };
  const paths = Object.fromEntries(
    ["artifacts", "cache", "sources", "tests"].map((name) => [name, join(folder, name)]),
  );
  const hre = await createHardhatRuntimeEnvironment(
    { paths, networks: { l1: network } },
    { network: "l1" },
    folder,
  );
  // Without a host name it listens on all addresses when it believes to be in a container.
  await hre.tasks.getTask("node").run({ hostname: "127.0.0.1", port });
}

function fail(error) {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  process.send?.({ error: text.split("\n")[0] }, () => process.exit(1));
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
process.once("message", (settings) => run(settings).catch(fail));
