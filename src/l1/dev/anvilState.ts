import { existsSync, rmSync } from "node:fs";
import { copyFile, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Logger } from "../../telemetry/logger.js";
import { fromHex } from "../../util/hex.js";
import { L1Error } from "../errors.js";
import type { JsonRpc } from "../jsonRpc.js";
import { parseHex } from "../rpcValues.js";

// `state.json` is written by anvil when it ends, `state.saved.json` is replaced by us now and then.
const LIVE = "state.json";
const SAVED = "state.saved.json";

/** Writes anvil's chain to `state.saved.json`, atomically and synced to disk. */
export async function saveState(folder: string, rpc: JsonRpc): Promise<void> {
  const dump = fromHex(parseHex(await rpc.call("anvil_dumpState", []), "state"));
  const json = await promisify(gunzip)(dump);
  const path = join(folder, SAVED);
  const file = await open(`${path}.new`, "w");
  try {
    await file.writeFile(json);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Makes `state.json` the newest whole state there is; false if there is none (a new chain).
 * Errors: L1_STATE_CORRUPT if files exist but none can be read.
 */
export async function chooseState(folder: string, logger: Logger): Promise<boolean> {
  const files = [LIVE, SAVED].map((name) => join(folder, name));
  const found = (await Promise.all(files.map(findFile))).filter((file) => file !== undefined);
  if (found.length === 0) return false;
  // By time, not by block number: a development chain can be rolled back on purpose.
  found.sort((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { path } of found) {
    if (!(await isWhole(path))) {
      logger.warn({ path }, "embedded L1 was killed while saving; looking for an older copy");
      continue;
    }
    if (path !== files[0]) await copyFile(path, join(folder, LIVE));
    return true;
  }
  throw new L1Error("L1_STATE_CORRUPT", { folder });
}

/** Forgets the chain. */
export function clearState(folder: string): void {
  for (const name of [LIVE, SAVED]) rmSync(join(folder, name), { force: true });
}

/** True if a chain of anvil is kept in the folder. */
export function hasState(folder: string): boolean {
  return [LIVE, SAVED].some((name) => existsSync(join(folder, name)));
}

async function findFile(path: string) {
  try {
    return { path, modifiedMs: (await stat(path)).mtimeMs };
  } catch {
    return undefined;
  }
}

async function isWhole(path: string): Promise<boolean> {
  try {
    const state = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    return "best_block_number" in state;
  } catch {
    return false;
  }
}
