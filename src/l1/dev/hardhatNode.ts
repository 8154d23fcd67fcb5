import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../util/clock.js";
import { L1Error } from "../errors.js";
import { HttpJsonRpc, type JsonRpc } from "../jsonRpc.js";
import { type AnvilProcess, removePidFile, stopLeftover, writePidFile } from "./anvilProcess.js";
import { clearState } from "./anvilState.js";
import {
  type EmbeddedL1,
  type EmbeddedL1Config,
  L1_BLOCK_GAS_LIMIT,
  L1_MNEMONIC,
} from "./embeddedL1.js";
import { findHardhatNode, spawnHardhat } from "./hardhatProcess.js";
import { assertPortFree, PORT_PATIENCE_MS } from "./port.js";
import { untilAnswers } from "./untilAnswers.js";

// Loading Hardhat takes a second on a quiet machine.
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
/** Below the data directory's `l1`; `stopLeftover` knows it. */
const WORK_FOLDER = "hardhat";

/**
 * Starts Hardhat's node as L1 for development, for machines without anvil. It keeps its chain in memory: each start begins a new one.
 * Its `safe` and `finalized` blocks are its newest one, which nothing ever takes back.
 * Mines one block per transaction until `startIntervalMining`.
 * Errors: L1_DEV_CHAIN_UNAVAILABLE, L1_PORT_TAKEN, L1_DATA_DIR_IN_USE, L1_DEV_CHAIN_FAILED.
 */
export async function startHardhatNode(config: EmbeddedL1Config): Promise<EmbeddedL1> {
  const { port, chainId, logger } = config;
  const node = findHardhatNode();
  const folder = join(config.dataDir, "l1");
  mkdirSync(folder, { recursive: true });
  const hadLeftover = await stopLeftover(folder, STOP_TIMEOUT_MS, logger);
  await assertPortFree(port, hadLeftover ? PORT_PATIENCE_MS : 0);
  if (config.fresh) clearState(folder);

  const url = `http://127.0.0.1:${port}`;
  const settings = {
    folder: join(folder, WORK_FOLDER),
    port,
    chainId,
    blockGasLimit: L1_BLOCK_GAS_LIMIT,
    mnemonic: L1_MNEMONIC,
  };
  const errorFile = openSync(join(folder, "hardhat.log"), "a");
  const child = spawnHardhat(node, settings, errorFile);
  closeSync(errorFile);
  writePidFile(folder, child);
  const rpc = new HttpJsonRpc({ url, timeoutMs: 30_000 });
  try {
    await untilAnswers({
      url,
      chainId,
      timeoutMs: START_TIMEOUT_MS,
      exited: child.exited,
      onExit: (reason) => new L1Error("L1_DEV_CHAIN_FAILED", { engine: "hardhat", reason }),
    });
    // It prints every request otherwise.
    await rpc.call("hardhat_setLoggingEnabled", [false]);
  } catch (error) {
    child.kill("SIGKILL");
    removePidFile(folder);
    throw error;
  }
  logger.info({ url, pid: child.pid }, "embedded L1 (Hardhat's node) runs");
  return new RunningHardhatNode(config, folder, url, child, rpc);
}

class RunningHardhatNode implements EmbeddedL1 {
  readonly engine = "hardhat";
  readonly url: string;
  readonly pid: number;
  readonly rpc: JsonRpc;
  readonly isContinued = false;
  readonly #config: EmbeddedL1Config;
  readonly #folder: string;
  readonly #child: AnvilProcess;
  #stopped: Promise<void> | undefined;

  constructor(
    config: EmbeddedL1Config,
    folder: string,
    url: string,
    child: AnvilProcess,
    rpc: JsonRpc,
  ) {
    this.url = url;
    this.pid = child.pid;
    this.rpc = rpc;
    this.#config = config;
    this.#folder = folder;
    this.#child = child;
    void child.exited.then((reason) => {
      if (this.#stopped !== undefined) return;
      config.logger.error({ reason }, "embedded L1 ended");
      config.onExit?.(reason);
    });
  }

  async startIntervalMining(): Promise<void> {
    await this.rpc.call("evm_setAutomine", [false]);
    // Milliseconds here, seconds with anvil.
    await this.rpc.call("evm_setIntervalMining", [this.#config.blockTimeSeconds * 1_000]);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const deadline = new AbortController();
    const timeout = systemClock.sleep(STOP_TIMEOUT_MS, deadline.signal).then(() => "timeout");
    if ((await Promise.race([this.#child.exited, timeout])) === "timeout") {
      this.#child.kill("SIGKILL");
      await this.#child.exited;
    }
    deadline.abort();
    removePidFile(this.#folder);
  }
}
