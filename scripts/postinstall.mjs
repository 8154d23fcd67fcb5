// Hardhat's native part is an optional package that npm skips when npm itself runs on Node 20.
// This hook runs on the newer Node of `node_modules/.bin` and adds what was skipped.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

try {
  createRequire(import.meta.url)("@nomicfoundation/edr");
} catch {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 22 || !process.env.npm_execpath) {
    console.warn(
      "Contract builds (Hardhat 3) need Node >= 22.13; everything else runs on this Node.",
    );
    process.exit(0);
  }
  const again = [
    "install",
    "--no-save",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const result = spawnSync(process.execPath, [process.env.npm_execpath, ...again], {
    stdio: "inherit",
  });
  process.exit(result.status ?? 1);
}
