import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { FoveaServer } from "./foveaServer.js";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");

/** What a command printed and how it ended. */
export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Variables that would change what the tests mean. */
const CLEARED = { ETH_RPC_URL: "", FOVEA_PRIVATE_KEY: "", NODE_OPTIONS: "", NO_COLOR: "" };

/** Runs `fovea <args>` as a process against a server, or against none. */
export function runCli(
  server: FoveaServer | undefined,
  args: string[],
  env: Record<string, string> = {},
): Promise<CliRun> {
  const where = server === undefined ? {} : { FOVEA_DATADIR: server.dataDir };
  const child = spawn(process.execPath, [join(ROOT, "bin/fovea.mjs"), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...CLEARED, ...where, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => {
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
}
