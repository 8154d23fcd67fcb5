import { spawnSync } from "node:child_process";
import { startAnvil } from "./anvil.js";
import { findAnvilBinary } from "./anvilProcess.js";
import type { EmbeddedL1, EmbeddedL1Config, L1Engine } from "./embeddedL1.js";
import { startHardhatNode } from "./hardhatNode.js";

/** Anvil where it runs, because it keeps its chain; else Hardhat's node. */
export function chooseL1Engine(wanted: L1Engine | "auto"): L1Engine {
  if (wanted !== "auto") return wanted;
  return isAnvilThere() ? "anvil" : "hardhat";
}

/** Starts the embedded L1 on the chosen program. Errors: those of `startAnvil` and `startHardhatNode`. */
export function startEmbeddedL1(engine: L1Engine, config: EmbeddedL1Config): Promise<EmbeddedL1> {
  return engine === "anvil" ? startAnvil(config) : startHardhatNode(config);
}

/** True if anvil runs: a file that is there need not, the bundled one is for one platform and wants its C library. */
export function isAnvilThere(): boolean {
  // Without a shell anvil could outlive a killed server.
  if (process.platform === "win32") return false;
  return spawnSync(findAnvilBinary(), ["--version"], { stdio: "ignore" }).status === 0;
}
