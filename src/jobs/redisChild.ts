import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnGuarded } from "../l1/dev/anvilProcess.js";

/** A child that does not outlive this process, however this process ends. */
export interface RedisChild {
  readonly pid: number;
  /** Resolves with the reason when it has ended. */
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** A program that cannot bind its port, or is not installed, has ended after this time. */
const BIND_MS = 60;
const STOP_TIMEOUT_MS = 2_000;

/** Starts redis-server or valkey-server on `port`; undefined if it is missing or ends at once. */
export async function launchNative(
  program: string,
  dir: string,
  port: number,
  password: string,
): Promise<RedisChild | undefined> {
  const settings = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${JSON.stringify(dir)}`,
    `logfile ${JSON.stringify(join(dir, "redis.log"))}`,
    "appendonly yes",
    'save ""',
    "maxmemory-policy noeviction",
    "daemonize no",
    `requirepass ${password}`,
  ];
  // A file of ours alone: command lines are visible to everybody.
  const file = join(dir, "redis.conf");
  await writeFile(file, `${settings.join("\n")}\n`, { mode: 0o600 });
  const errors = openSync(join(dir, "redis.log"), "a", 0o600);
  const child = spawnGuarded(program, [file], errors);
  closeSync(errors);
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<RedisChild>((resolve) => {
    timer = setTimeout(() => resolve(child), BIND_MS);
  });
  const first = await Promise.race([bound, child.exited.then(() => undefined)]);
  clearTimeout(timer);
  return first;
}

/** Starts the embedded Valkey on `port`; undefined if it cannot bind it. */
export async function launchEmbedded(port: number): Promise<RedisChild | undefined> {
  const file = fileURLToPath(new URL("./valkeyChild.mjs", import.meta.url));
  const child = fork(file, [String(port)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<boolean>((resolve) => {
    child.once("message", (message) => resolve(message === "ready"));
  });
  if ((await Promise.race([ready, exited.then(() => false)])) === false) {
    child.kill("SIGKILL");
    return undefined;
  }
  return { pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal) };
}

/** Asks a child to end, and makes it end after two seconds. */
export async function endRedisChild(child: RedisChild): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await child.exited;
  clearTimeout(timer);
}
