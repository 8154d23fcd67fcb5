// Writes contracts/proof/MachineTable.sol from src/proof/table.ts, with the roots of the default containers.
// Usage: npm run gen:machine              writes
//        npm run gen:machine -- --check   fails if the file is not what it would write
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { register } from "node:module";

register("./tsLoader.mjs", import.meta.url);
const table = await import("../src/proof/table.ts");
const { makeBlk, makeRev, makeState, makeTx, makeWork, EMPTY_CODE_HASH } = await import(
  "../src/proof/state/defaults.ts"
);
const { StateTree } = await import("../src/proof/state/merkle.ts");
const { zeroNode } = await import("../src/proof/state/zeroNodes.ts");
const { EMPTY_TRIE_ROOT } = await import("../src/proof/trie/trie.ts");

const OUT = "contracts/proof/MachineTable.sol";
const isCheck = process.argv.includes("--check");
const { G } = table;

const nameOf = (prefix, key) =>
  `${prefix}_${key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}`;
const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;

function numbers(notice, prefix, values) {
  const lines = Object.entries(values).map(
    ([key, value]) => `    uint256 internal constant ${nameOf(prefix, key)} = ${value};`,
  );
  return [`    /// @dev ${notice}`, ...lines, ""];
}

function roots(notice, values) {
  const lines = Object.entries(values).map(
    ([name, value]) => `    bytes32 internal constant ${name} = ${value};`,
  );
  return [`    /// @dev ${notice}`, ...lines, ""];
}

const boundary = new StateTree({
  ...makeState(0n),
  rev: makeRev(),
  tx: makeTx(),
  blk: makeBlk(),
  work: makeWork(),
});
const defaults = {
  DEFAULT_FRAME: hex(boundary.node(G.frame)),
  DEFAULT_REV: hex(boundary.node(G.rev)),
  DEFAULT_TX: hex(boundary.node(G.tx)),
  DEFAULT_BLK: hex(boundary.node(G.blk)),
  DEFAULT_WORK: hex(boundary.node(G.work)),
  DEFAULT_CALL: hex(boundary.node(G.call)),
  DEFAULT_REGS: hex(boundary.node(G.workRegs)),
  DEFAULT_SPONGE: hex(boundary.node(G.sponge)),
  DEFAULT_TRIE: hex(boundary.node(G.trie)),
  DEFAULT_LZ: hex(boundary.node(G.lz)),
  DEFAULT_BLOOM: hex(boundary.node(G.workBloom)),
  EMPTY_TRIE_ROOT,
  EMPTY_CODE_HASH: `0x${EMPTY_CODE_HASH.toString(16).padStart(64, "0")}`,
};
const depths = [...new Set(Object.values(table.DEPTH))].sort((a, b) => a - b);
const zeros = Object.fromEntries(depths.map((depth) => [`Z${depth}`, hex(zeroNode(depth))]));

const text = [
  "// SPDX-License-Identifier: MIT",
  "// Generated from src/proof/table.ts by scripts/genMachineTable.mjs. Do not edit.",
  "pragma solidity ^0.8.37;",
  "",
  "/// @title MachineTable",
  "/// @notice Numbers of the step machine: docs/protocol/machine.md.",
  "library MachineTable {",
  "    /// @dev Version of the machine.",
  `    uint256 internal constant MACHINE_VERSION = ${table.MACHINE_VERSION};`,
  "",
  ...numbers("Generalized indices of leaves and subtree roots.", "G", table.G),
  ...numbers("Depths of the vectors and byte strings below their node.", "D", table.DEPTH),
  ...numbers("Modes: first byte of `ctl`.", "MODE", table.MODE),
  ...numbers("Byte strings that COPY knows.", "BUFFER", table.BUFFER),
  ...numbers("Kinds of frames.", "KIND", table.KIND),
  ...numbers("How a frame ended.", "OUTCOME", table.OUTCOME),
  ...numbers("Registers: index below G_WORK_REGS.", "R", table.R),
  ...numbers("Call words: index below G_CALL.", "C", table.C),
  ...numbers("Bounds, in bytes unless the name says otherwise.", "LIMIT", table.LIMIT),
  ...roots("Roots of default containers, and of nothing.", defaults),
  ...roots("Roots of subtrees of 2^depth zero words.", zeros).slice(0, -1),
  "}",
  "",
].join("\n");

const before = existsSync(OUT) ? readFileSync(OUT, "utf8") : "";
if (isCheck && before !== text) {
  console.error(`${OUT} is not that of src/proof/table.ts. Run: npm run gen:machine`);
  process.exit(1);
}
if (!isCheck && before !== text) writeFileSync(OUT, text);
console.log(`${OUT} ${before === text ? "is up to date" : "written"}.`);
