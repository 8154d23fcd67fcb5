import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { cliError } from "./errors.js";

const LOCK_FILE = "lock.json";
const SERVER_FILE = "server.json";
/** What is derived from L1 again. The folders of the children, `l1` and `redis`, are cleared by those who start them. */
const REBUILDABLE = ["engine", "node", "index", "machine", "pool.journal"];

/** What a running server tells other commands, in `server.json`. */
export interface ServerNote {
  pid: number;
  version: string;
  url: string;
  adminUrl: string;
  l1Url: string;
}

/** The folder of one chain, held by one process at a time. */
export class DataDir {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder if it is missing and takes its lock.
   * Errors: CLI_DATADIR (cannot be read or written), CLI_DATADIR_LOCKED (with the process that has it).
   */
  static open(given: string): DataDir {
    const path = resolve(given);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
      readdirSync(path);
    } catch (cause) {
      throw cliError(
        "CLI_DATADIR",
        `The data directory ${path} cannot be used (${reasonOf(cause)}); correct its permissions or choose another with --datadir.`,
        cause,
      );
    }
    const dataDir = new DataDir(path);
    dataDir.#lock();
    return dataDir;
  }

  /** Path of something inside. */
  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** True if an L2 chain is in it. */
  hasChain(): boolean {
    return existsSync(this.at("engine"));
  }

  /** Deletes what can be derived from L1 again; everything else stays. */
  clearRebuildable(): void {
    for (const name of REBUILDABLE) rmSync(this.at(name), { recursive: true, force: true });
  }

  writeNote(note: ServerNote): void {
    writeWhole(this.at(SERVER_FILE), JSON.stringify(note, null, 2));
  }

  /** Gives the folder to the next process. Idempotent. */
  release(): void {
    rmSync(this.at(SERVER_FILE), { force: true });
    rmSync(this.at(LOCK_FILE), { force: true });
  }

  #lock(): void {
    const file = this.at(LOCK_FILE);
    const mine = JSON.stringify({ pid: process.pid, since: startOf(process.pid) });
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
          throw cliError(
            "CLI_DATADIR",
            `The data directory ${this.path} cannot be written (${reasonOf(error)}); correct its permissions or choose another with --datadir.`,
            error,
          );
        }
      }
      const owner = readOwner(file);
      if (owner !== undefined) {
        throw cliError(
          "CLI_DATADIR_LOCKED",
          `The data directory ${this.path} is in use by pid ${owner}; stop that server or choose another with --datadir.`,
        );
      }
      rmSync(file, { force: true });
    }
    throw cliError(
      "CLI_DATADIR_LOCKED",
      `The data directory ${this.path} is being taken by another server.`,
    );
  }
}

/** The note of the server that runs on a data directory, undefined if none does. */
export function readServerNote(given: string): ServerNote | undefined {
  try {
    const folder = resolve(given);
    if (readOwner(join(folder, LOCK_FILE)) === undefined) return undefined;
    return JSON.parse(readFileSync(join(folder, SERVER_FILE), "utf8")) as ServerNote;
  } catch {
    return undefined;
  }
}

/** Process id of the server that holds a data directory; undefined if none does, whatever its files say. */
export function findLockOwner(given: string): number | undefined {
  return readOwner(join(resolve(given), LOCK_FILE));
}

/** Process id in a lock file, if that very process still lives: ids are used again, start times are not. */
function readOwner(file: string): number | undefined {
  try {
    const { pid, since } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; since: string };
    return since === startOf(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** When a process started, as the system writes it; "gone" if there is none. */
function startOf(pid: number): string {
  if (existsSync("/proc/self/stat")) {
    try {
      // Field 22; the name in field 2 may hold spaces and brackets.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // A zombie has ended, its parent only has not noticed.
      return fields[0] === "Z" ? `gone ${pid}` : (fields[19] ?? `gone ${pid}`);
    } catch {
      return `gone ${pid}`;
    }
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return ps.stdout?.trim() || `gone ${pid}`;
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
