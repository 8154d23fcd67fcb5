import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hasState } from "../l1/dev/anvilState.js";
import type { L1Engine } from "../l1/dev/embeddedL1.js";
import { chooseL1Engine } from "../l1/dev/startEmbeddedL1.js";
import type { DataDir } from "./dataDir.js";
import { cliError } from "./errors.js";
import type { Settings } from "./settings.js";

/** Where this server's L1 comes from. */
export interface L1Choice {
  /** Program of the embedded L1; undefined: an external L1. */
  engine: L1Engine | undefined;
  /** True: what was derived from an earlier L1 is deleted. */
  fresh: boolean;
}

/** There if the L2 chain in the data directory belongs to an L1 that ended with its server. */
const MEMORY_MARK = "in-memory";

/**
 * Chooses the L1 and makes the data directory fit it. A chain on Hardhat's node ends with its server, so the next start begins
 * anew, and `tell` gets one line about that. A chain of any other L1 is deleted only by `--fresh`.
 * Errors: CLI_DATADIR.
 */
export function chooseL1(
  settings: Pick<Settings, "l1RpcUrl" | "l1Engine" | "fresh">,
  dataDir: DataDir,
  tell: (line: string) => void,
): L1Choice {
  const engine = settings.l1RpcUrl === undefined ? chooseL1Engine(settings.l1Engine) : undefined;
  const mark = dataDir.at("l1", MEMORY_MARK);
  if (settings.fresh) {
    dataDir.clearRebuildable();
    rmSync(mark, { force: true });
  }
  const wasInMemory = existsSync(mark);
  const hasChain = dataDir.hasChain();
  if (engine !== "hardhat") {
    if (wasInMemory && hasChain) throw refused(dataDir, "was Hardhat's node and is gone");
    rmSync(mark, { force: true });
    return { engine, fresh: settings.fresh };
  }
  if (!settings.fresh && !wasInMemory && (hasChain || hasState(dataDir.at("l1")))) {
    throw refused(dataDir, "is another than Hardhat's node, which could not go on with it");
  }
  if (wasInMemory && hasChain) {
    dataDir.clearRebuildable();
    tell("Hardhat's node keeps no chain over restarts: a new L1 and a new L2 begin.");
  }
  mkdirSync(dataDir.at("l1"), { recursive: true });
  writeFileSync(mark, "");
  return { engine, fresh: settings.fresh || wasInMemory };
}

function refused({ path }: DataDir, l1: string): Error {
  return cliError(
    "CLI_DATADIR",
    `The data directory ${path} holds a chain whose L1 ${l1}; choose another with --datadir, or begin anew with --fresh.`,
  );
}
