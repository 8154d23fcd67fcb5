import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { chooseL1 } from "../../../src/cli/chooseL1.js";
import { DataDir } from "../../../src/cli/dataDir.js";

let folder: string;
let dataDir: DataDir;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-choose-"));
  dataDir = DataDir.open(folder);
  told = [];
});
afterEach(() => {
  dataDir.release();
  rmSync(folder, { recursive: true, force: true });
});

type Engine = "auto" | "anvil" | "hardhat";
const choose = (l1Engine: Engine, more: { l1RpcUrl?: string; fresh?: boolean } = {}) =>
  chooseL1({ l1RpcUrl: undefined, fresh: false, l1Engine, ...more }, dataDir, (line) =>
    told.push(line),
  );
const makeChain = () => mkdirSync(join(folder, "engine"));
const hasChain = () => existsSync(join(folder, "engine"));

test("a second start on Hardhat's node deletes the chain of the first, and says so in one line", () => {
  expect(choose("hardhat")).toEqual({ engine: "hardhat", fresh: false });
  makeChain();
  expect(choose("hardhat")).toEqual({ engine: "hardhat", fresh: true });
  expect({ hasChain: hasChain(), lines: told.length }).toEqual({ hasChain: false, lines: 1 });
});

test("nothing is said where no chain is lost", () => {
  choose("hardhat");
  choose("hardhat");
  expect(told).toEqual([]);
});

test("a chain of anvil or of an external L1 is never deleted by Hardhat's node", () => {
  choose("anvil");
  makeChain();
  expect(() => choose("hardhat")).toThrow(expect.objectContaining({ code: "CLI_DATADIR" }));
  expect(hasChain()).toBe(true);
  rmSync(join(folder, "engine"), { recursive: true });
  mkdirSync(join(folder, "l1"));
  writeFileSync(join(folder, "l1/state.json"), "{}");
  expect(() => choose("hardhat")).toThrow(expect.objectContaining({ code: "CLI_DATADIR" }));
  expect(choose("hardhat", { fresh: true })).toEqual({ engine: "hardhat", fresh: true });
});

test("a chain of Hardhat's node is neither continued nor deleted by another L1 without --fresh", () => {
  choose("hardhat");
  makeChain();
  for (const other of [{}, { l1RpcUrl: "http://127.0.0.1:1" }]) {
    expect(() => choose("anvil", other)).toThrow(expect.objectContaining({ code: "CLI_DATADIR" }));
    expect(hasChain()).toBe(true);
  }
  expect(choose("anvil", { fresh: true })).toEqual({ engine: "anvil", fresh: true });
  expect(hasChain()).toBe(false);
});

test("a chain made after Hardhat's node gave way to another L1 belongs to that one", () => {
  choose("hardhat");
  choose("anvil");
  makeChain();
  expect(() => choose("hardhat")).toThrow(expect.objectContaining({ code: "CLI_DATADIR" }));
  expect(choose("anvil")).toEqual({ engine: "anvil", fresh: false });
  expect({ hasChain: hasChain(), told }).toEqual({ hasChain: true, told: [] });
});

test("with an external L1 no program is chosen", () => {
  const l1RpcUrl = "http://127.0.0.1:8545";
  expect(choose("hardhat", { l1RpcUrl })).toEqual({ engine: undefined, fresh: false });
});
