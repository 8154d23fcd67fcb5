import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Logger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { L1Error } from "../errors.js";

/** A child process that does not outlive us. */
export interface AnvilProcess {
  readonly pid: number;
  /** Resolves with the reason when it has ended. */
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const PACKAGE = "@foundry-rs/anvil-linux-amd64";
const PID_FILE = "anvil.pid";

/**
 * Shell script: runs the given program in the shell's own process, and beside it a watcher that waits for a line on descriptor 3.
 * When the pipe ends without a line our process is gone: the watcher asks the program to end, which saves its state.
 * (On SIGTERM anvil saves and ends.)
 */
export const GUARD = `
( if read -r line <&3; then exit 0; fi; kill -TERM $$ ) >/dev/null 2>&1 </dev/null &
exec "$@" 3<&-
`;

/** The anvil program: the file installed by npm, or else its name, for the shell to find on the PATH. */
export function findAnvilBinary(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    return join(manifest, "..", "bin", "anvil");
  } catch {
    return "anvil";
  }
}

/** What `exited` resolves with if the program does not exist. */
export const PROGRAM_NOT_FOUND = "exit code 127";

/**
 * Starts a program that ends (by SIGTERM) when this process ends, even if this process is killed. It runs in a session of
 * its own, so that Ctrl-C in a terminal reaches only us. `errorFile` receives its standard error.
 */
export function spawnGuarded(binary: string, args: string[], errorFile: number): AnvilProcess {
  const child = spawn("/bin/sh", ["-c", GUARD, "sh", binary, ...args], {
    stdio: ["ignore", "ignore", errorFile, "pipe"],
    detached: true,
  });
  const guard = child.stdio[3] as Writable;
  guard.on("error", () => {});
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      // Releases the watcher; nobody may signal this process id any more.
      guard.end("done\n");
      resolve(signal ?? `exit code ${code}`);
    });
  });
  // The event loop may end while anvil runs: the guard then stops it.
  child.unref();
  (guard as Writable & { unref?: () => void }).unref?.();
  return { pid: child.pid ?? 0, exited, kill: (signal) => killQuietly(child, signal) };
}

/** Notes which process is our L1, for `stopLeftover`. */
export function writePidFile(folder: string, child: AnvilProcess): void {
  writeFileSync(join(folder, PID_FILE), `${child.pid} ${process.pid}\n`);
}

/** Forgets it. */
export function removePidFile(folder: string): void {
  rmSync(join(folder, PID_FILE), { force: true });
}

/**
 * Ends an anvil (or Hardhat's node) that a killed server left behind, and waits until its chain is saved.
 * The process is recognized by its command line, so a reused process id is never touched.
 * False if there was none. Its port may stay taken for a moment.
 * Errors: L1_DATA_DIR_IN_USE if its server still runs.
 */
export async function stopLeftover(
  folder: string,
  timeoutMs: number,
  logger: Logger,
): Promise<boolean> {
  const pidFile = join(folder, PID_FILE);
  if (!existsSync(pidFile)) return false;
  const [pid = 0, serverPid = 0] = readFileSync(pidFile, "utf8").split(/\s+/).map(Number);
  // What anvil and Hardhat's node have on their command lines.
  const marks = [join(folder, "state.json"), `${join(folder, "hardhat")}\0`];
  const isOurs = () => marks.some((mark) => readCommandLine(pid).includes(mark));
  if (Number.isSafeInteger(pid) && pid > 1 && isOurs()) {
    // A process whose parent has ended gets another one.
    if (serverPid !== process.pid && readParentPid(pid) === serverPid) {
      throw new L1Error("L1_DATA_DIR_IN_USE", { folder, serverPid });
    }
    logger.info({ pid }, "ending the embedded L1 of an earlier run");
    signalQuietly(pid, "SIGTERM");
    const deadlineMs = systemClock.nowMs() + timeoutMs;
    while (isOurs()) {
      if (systemClock.nowMs() > deadlineMs) signalQuietly(pid, "SIGKILL");
      await systemClock.sleep(20);
    }
  }
  removePidFile(folder);
  return true;
}

/** Empty if there is no such process, it has ended (a zombie), or the system has no /proc. */
function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function readParentPid(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
  } catch {
    return undefined;
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function killQuietly(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}
