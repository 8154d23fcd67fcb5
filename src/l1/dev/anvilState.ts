import { copyFile, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Logger } from "../../telemetry/logger.js";
import { fromHex } from "../../util/hex.js";
import { L1Error } from "../errors.js";
import type { JsonRpc } from "../jsonRpc.js";
import { parseHex } from "../rpcValues.js";

// `state.json` is rewritten by anvil in place, `state.saved.json` is replaced by us as a whole.
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
  const live = await readBestBlock(join(folder, LIVE));
  const saved = await readBestBlock(join(folder, SAVED));
  if (live === "absent" && saved === "absent") return false;
  const liveBlock = typeof live === "number" ? live : -1;
  const savedBlock = typeof saved === "number" ? saved : -1;
  if (liveBlock < 0 && savedBlock < 0) {
    // Anvil was killed during its very first dump: nothing was ever saved, so nothing is lost.
    if (saved === "absent") {
      await rm(join(folder, LIVE), { force: true });
      return false;
    }
    throw new L1Error("L1_STATE_CORRUPT", { folder });
  }
  if (savedBlock > liveBlock) {
    logger.warn(
      { savedBlock, live },
      "embedded L1 was killed while saving; continuing from the copy",
    );
    await copyFile(join(folder, SAVED), join(folder, LIVE));
  }
  return true;
}

async function readBestBlock(path: string): Promise<number | "absent" | "corrupt"> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return "absent";
  }
  try {
    const state = JSON.parse(text) as { best_block_number?: number | string };
    const number = Number(state.best_block_number);
    return Number.isSafeInteger(number) ? number : "corrupt";
  } catch {
    return "corrupt";
  }
}
