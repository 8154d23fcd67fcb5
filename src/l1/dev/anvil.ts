import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../util/clock.js";
import { L1Error } from "../errors.js";
import { HttpJsonRpc, type JsonRpc } from "../jsonRpc.js";
import {
  type AnvilProcess,
  findAnvilBinary,
  PROGRAM_NOT_FOUND,
  removePidFile,
  spawnGuarded,
  stopLeftover,
  writePidFile,
} from "./anvilProcess.js";
import { chooseState, clearState, saveState } from "./anvilState.js";
import {
  type EmbeddedL1,
  type EmbeddedL1Config,
  L1_BLOCK_GAS_LIMIT,
  L1_MNEMONIC,
} from "./embeddedL1.js";
import { assertPortFree, PORT_PATIENCE_MS } from "./port.js";
import { untilAnswers } from "./untilAnswers.js";

/** A running anvil. `startIntervalMining` saves a new chain first, `stop` saves any. */
export interface Anvil extends EmbeddedL1 {
  /** Writes the chain to disk now, atomically. */
  saveState(): Promise<void>;
}

/** Blocks per epoch: `safe` is that many behind the head, `finalized` twice as many. */
const SLOTS_IN_AN_EPOCH = 4;
// Only recent state is read; each old one takes 2 MB of disk.
const MAX_PERSISTED_STATES = 64;
const NEVER_SECONDS = 1_000_000_000;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 15_000;
const SAVE_INTERVAL_MS = 1_000;

/**
 * Starts anvil as L1 for development, on the chain in `dataDir` if there is one. An anvil that an earlier, killed server
 * left behind is ended first (it saves its chain when it ends), so no block is lost unless anvil itself was killed.
 * Mines one block per transaction until `startIntervalMining`.
 * Errors: L1_DEV_CHAIN_UNAVAILABLE, L1_PORT_TAKEN, L1_DATA_DIR_IN_USE, L1_STATE_CORRUPT, L1_DEV_CHAIN_FAILED.
 */
export async function startAnvil(config: EmbeddedL1Config): Promise<Anvil> {
  const { port, logger } = config;
  const folder = join(config.dataDir, "l1");
  const binary = findAnvilBinary();
  mkdirSync(folder, { recursive: true });
  const hadLeftover = await stopLeftover(folder, STOP_TIMEOUT_MS, logger);
  await assertPortFree(port, hadLeftover ? PORT_PATIENCE_MS : 0);
  if (config.fresh) clearState(folder);
  // Old states that anvil spilled to disk are of no use to a new process.
  rmSync(join(folder, "cache"), { recursive: true, force: true });
  const isContinued = await chooseState(folder, logger);

  const url = `http://127.0.0.1:${port}`;
  const errorFile = openSync(join(folder, "anvil.log"), "a");
  const child = spawnGuarded(binary, anvilArguments(config, folder), errorFile);
  closeSync(errorFile);
  writePidFile(folder, child);
  const rpc = new HttpJsonRpc({ url, timeoutMs: 30_000 });
  try {
    const { exited } = child;
    const { chainId } = config;
    await untilAnswers({ url, chainId, timeoutMs: START_TIMEOUT_MS, exited, onExit: explainExit });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  logger.info({ url, pid: child.pid, isContinued }, "embedded L1 runs");
  return new RunningAnvil(config, folder, url, child, rpc, isContinued);
}

function explainExit(reason: string): Error {
  if (reason !== PROGRAM_NOT_FOUND) return new L1Error("L1_DEV_CHAIN_FAILED", { reason });
  const { platform, arch } = process;
  return new L1Error("L1_DEV_CHAIN_UNAVAILABLE", { engine: "anvil", platform, arch });
}

class RunningAnvil implements Anvil {
  readonly engine = "anvil";
  readonly url: string;
  readonly pid: number;
  readonly rpc: JsonRpc;
  readonly isContinued: boolean;
  readonly #config: EmbeddedL1Config;
  readonly #folder: string;
  readonly #child: AnvilProcess;
  readonly #stopping = new AbortController();
  readonly #saver: Promise<void>;
  #saving: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(
    config: EmbeddedL1Config,
    folder: string,
    url: string,
    child: AnvilProcess,
    rpc: JsonRpc,
    isContinued: boolean,
  ) {
    this.url = url;
    this.pid = child.pid;
    this.rpc = rpc;
    this.isContinued = isContinued;
    this.#config = config;
    this.#folder = folder;
    this.#child = child;
    this.#saver = this.#saveNowAndThen();
    void child.exited.then((reason) => {
      if (this.#stopping.signal.aborted) return;
      this.#stopping.abort();
      config.logger.error({ reason }, "embedded L1 ended");
      config.onExit?.(reason);
    });
  }

  async startIntervalMining(): Promise<void> {
    // Right after a restart the newest block is as old as the pause was long.
    if (this.isContinued) await this.rpc.call("evm_mine", []);
    else await this.saveState();
    await this.rpc.call("evm_setAutomine", [false]);
    await this.rpc.call("evm_setIntervalMining", [this.#config.blockTimeSeconds]);
  }

  /** One at a time: two would write the same file. */
  saveState(): Promise<void> {
    const saved = this.#saving.then(() => saveState(this.#folder, this.rpc));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#saver;
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

  /**
   * For the case that anvil itself is killed. Its own periodic dump is not used: it rewrites the file in place, so a kill
   * in between spoils it.
   */
  async #saveNowAndThen(): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = SAVE_INTERVAL_MS;
    for (;;) {
      await systemClock.sleep(waitMs, signal);
      if (signal.aborted) return;
      const startMs = systemClock.nowMs();
      try {
        await this.saveState();
      } catch (error) {
        this.#config.logger.warn({ error }, "could not save the embedded L1");
      }
      // A long chain takes long to save: never spend more than a twentieth of the time on it.
      waitMs = Math.max(SAVE_INTERVAL_MS, 20 * (systemClock.nowMs() - startMs));
    }
  }
}

function anvilArguments(config: EmbeddedL1Config, folder: string): string[] {
  const options: Record<string, string | number> = {
    host: "127.0.0.1",
    port: config.port,
    "chain-id": config.chainId,
    state: join(folder, "state.json"),
    "state-interval": NEVER_SECONDS,
    "cache-path": join(folder, "cache"),
    "max-persisted-states": MAX_PERSISTED_STATES,
    "slots-in-an-epoch": SLOTS_IN_AN_EPOCH,
    hardfork: "osaka",
    mnemonic: L1_MNEMONIC,
    accounts: 10,
    balance: 10_000,
    "gas-limit": L1_BLOCK_GAS_LIMIT,
    order: "fifo",
  };
  const pairs = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [...pairs, "--quiet"];
}
