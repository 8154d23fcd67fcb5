import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeRollupFile } from "../../src/cli/rollupFile.js";
import { computeGenesis } from "../../src/engine/genesis.js";
import type { EngineRpcConfig } from "../../src/engine/remote/engineRpc.js";
import { RemoteEngine } from "../../src/engine/remote/remoteEngine.js";
import type { RollupConfig } from "../../src/protocol/index.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { hasCode } from "../../src/util/errors.js";
import { fromHex } from "../../src/util/hex.js";
import { freePort } from "./freePort.js";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const START_MS = 60_000;

/** `fovea engine` in a process of its own. */
export class EngineProcess {
  readonly rollup: RollupConfig;
  readonly folder = mkdtempSync(join(tmpdir(), "fovea-engine-"));
  #child: ChildProcess | undefined;
  #ports: { rpc: number; engine: number } | undefined;
  #printed = "";

  constructor(rollup: RollupConfig) {
    this.rollup = rollup;
    writeRollupFile(join(this.folder, "rollup.json"), rollup);
  }

  get config(): EngineRpcConfig {
    const secret = readFileSync(join(this.folder, "jwt.hex"), "utf8").trim();
    return { url: `http://127.0.0.1:${this.#ports?.engine}`, secret: fromHex(secret) };
  }

  /** Starts it, also again on what it has, and connects. */
  async start(): Promise<RemoteEngine> {
    this.#ports ??= { rpc: await freePort(), engine: await freePort() };
    const flags = {
      rollup: join(this.folder, "rollup.json"),
      datadir: this.folder,
      port: this.#ports.rpc,
      "engine-port": this.#ports.engine,
      "log-level": "error",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const child = spawn(process.execPath, [join(ROOT, "bin/fovea.mjs"), "engine", ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#printed += chunk;
      });
    }
    const { hash: genesisHash } = await computeGenesis(this.rollup);
    const chain = { chainId: this.rollup.chain.l2ChainId, genesisHash };
    for (const until = Date.now() + START_MS; ; ) {
      try {
        return await RemoteEngine.connect(chain, this.config, { logger: silentLogger() });
      } catch (error) {
        const isUp = !hasCode(error, "ENGINE_REMOTE_UNREACHABLE") && !isMissing(error);
        if (isUp || Date.now() > until || child.exitCode !== null) {
          throw new Error(`fovea engine: ${this.#printed}`, { cause: error });
        }
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await exited;
  }

  async clean(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The secret is made by the engine as it starts. */
function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
