// An L1 for measurements: anvil, whose clock the builder of a chain moves, and which then goes on in real time.
import { closeSync, mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findAnvilBinary, spawnGuarded } from "../../../dist/l1/dev/anvilProcess.js";
import { L1_MNEMONIC } from "../../../dist/l1/dev/embeddedL1.js";
import { untilAnswers } from "../../../dist/l1/dev/untilAnswers.js";
import { HttpJsonRpc } from "../../../dist/l1/jsonRpc.js";

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/**
 * Starts anvil on the chain in `folder`, or a new one that begins at `startTime` (seconds). Mines a block for each transaction.
 * Its state is saved when it stops.
 */
export async function startBenchL1(folder, { chainId, startTime }) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const options = {
    port,
    "chain-id": chainId,
    state: join(folder, "state.json"),
    "state-interval": 1_000_000_000,
    "cache-path": join(folder, "cache"),
    "max-persisted-states": 64,
    "slots-in-an-epoch": 4,
    hardfork: "osaka",
    mnemonic: L1_MNEMONIC,
    accounts: 10,
    balance: 1_000_000,
    "gas-limit": 60_000_000,
    order: "fifo",
    ...(startTime === undefined ? {} : { timestamp: startTime }),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const errors = openSync(join(folder, "anvil.log"), "a");
  const child = spawnGuarded(findAnvilBinary(), [...args, "--quiet"], errors);
  closeSync(errors);
  const url = `http://127.0.0.1:${port}`;
  const onExit = (reason) => new Error(`anvil ended: ${reason}`);
  await untilAnswers({ url, chainId, timeoutMs: 120_000, exited: child.exited, onExit });
  const rpc = new HttpJsonRpc({ url, timeoutMs: 60_000 });
  return {
    url,
    rpc,
    /** Each further block is `seconds` later than the one before, whatever the time. */
    pace: (seconds) => rpc.call("anvil_setBlockTimestampInterval", [seconds]),
    async headTime() {
      return Number((await rpc.call("eth_getBlockByNumber", ["latest", false])).timestamp);
    },
    /** From now on a block every `seconds`, at the time of this machine. */
    async goLive(seconds) {
      await rpc.call("anvil_removeBlockTimestampInterval", []);
      await rpc.call("evm_setTime", [Math.floor(Date.now() / 1000)]);
      await rpc.call("evm_mine", []);
      await rpc.call("evm_setAutomine", [false]);
      await rpc.call("evm_setIntervalMining", [seconds]);
    },
    async stop() {
      // The child alone does not keep this process alive.
      const alive = setInterval(() => {}, 1_000);
      child.kill("SIGTERM");
      await child.exited;
      clearInterval(alive);
    },
  };
}
