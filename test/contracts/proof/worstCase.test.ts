import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "@jest/globals";
import { FeedsMock } from "../../../src/contracts/generated/index.js";
import { MODE } from "../../../src/proof/table.js";
import { fromHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { isWithin, limitsPage, limitsTable, staleRows } from "../../helpers/limitsTable.js";
import { deployFeeds, machineOfWorld } from "../../helpers/provenBlocks.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";
import { type StepFigures, StepMeter } from "../../helpers/stepMeter.js";
import { type Visited, walkWorld } from "../../helpers/verifierSteps.js";
import { feedCases, leafCases, txCases } from "../../helpers/worstBlockCases.js";
import {
  callCases,
  engineCases,
  precompileCases,
  stateCases,
  type WorstCase,
} from "../../helpers/worstFrameCases.js";

const PAGE = "docs/protocol/machine-limits.md";
/** Steps of a mode that are measured in blocks. */
const SAMPLES = 3;
/** What a witness can count: items and nodes, ranges, inner nodes that are replaced. */
const COUNTS = { items: 0xffff, nodes: 0xffff, ranges: 0xff, overrides: 8 } as const;

let meter: StepMeter;
const rows: StepFigures[] = [];

beforeAll(async () => {
  meter = await StepMeter.create();
});

async function measure(cases: readonly WorstCase[]): Promise<void> {
  for (const { name, step, context } of cases) rows.push(await meter.measure(name, step, context));
  expect(rows.filter((row) => !isWithin(row))).toEqual([]);
}

const known = (mode: string): boolean => rows.some(({ kind }) => kind.split(" ")[0] === mode);

test("opcodes with paths of 64 nodes to accounts and slots, and jumps in the longest code", async () => {
  await measure(stateCases());
}, 60_000);

test("calls and creations with paths of 64 nodes and the longest code", async () => {
  await measure(callCases());
}, 60_000);

test("copies, hashes and logs as large as gas allows", async () => {
  await measure(engineCases());
}, 60_000);

test("precompiles with their largest inputs, and their slices", async () => {
  await measure(precompileCases());
}, 120_000);

test("transactions of 110,000 bytes, and what they read", async () => {
  await measure(await txCases());
}, 60_000);

test("entries, deposits of 120,000 bytes and 256 origins", async () => {
  const feedOf = async (records: readonly Uint8Array[]) =>
    (await meter.vm.deploy(FeedsMock, [[], records.map((header) => keccakHex(header))])).address;
  const cases = await feedCases(feedOf);
  await measure(cases);
}, 60_000);

test("tries of a block with long leaves", async () => {
  await measure(leafCases());
}, 60_000);

test("all other modes in small blocks", async () => {
  const world = await RollupWorld.create();
  await world.sendTx(0);
  await world.tick();
  // Init code that calls the sender, and hashes and logs some memory.
  const code = fromHex("0x5f5f5f5f5f3361fffff15060205f205f525f5f5ff0505f5fa000");
  world.l1.deposit({ mint: 9n, value: 4n, to: null, data: code, gasLimit: 1_000_000n });
  await world.ticks(2);
  await world.batch();
  const start = await machineOfWorld(world);
  const { address } = await deployFeeds(meter.vm, start);
  const seen = new Map<string, StepFigures[]>();
  const covered = new Set(Object.keys(MODE).filter(known));
  const visit = async ({ step, context }: Visited) => {
    const [mode] = Object.entries(MODE).find(([, id]) => id === step.s.ctl.mode) as [
      string,
      number,
    ];
    const measured = seen.get(mode) ?? [];
    if (covered.has(mode) || measured.length >= SAMPLES) return;
    seen.set(mode, [...measured, await meter.measure("in blocks", step, context)]);
  };
  await walkWorld("a small world", start, address, visit);
  for (const figures of seen.values()) {
    rows.push(figures.reduce((most, row) => (row.l1Gas > most.l1Gas ? row : most)));
  }
  expect(rows.filter((row) => !isWithin(row))).toEqual([]);
}, 60_000);

test("every mode has its row, no row is above the bounds, and no count of a witness binds", () => {
  process.stdout.write(limitsTable(rows));
  expect(Object.keys(MODE).filter((mode) => !known(mode))).toEqual([]);
  expect(rows.filter((row) => !isWithin(row))).toEqual([]);
  for (const [field, most] of Object.entries(COUNTS)) {
    const figures = rows.map((row) => row[field as keyof typeof COUNTS]);
    expect(Math.max(...figures)).toBeLessThan(most);
  }
});

test("the page in the docs says the same", () => {
  if (process.env.FOVEA_WRITE_DOCS === "1") writeFileSync(PAGE, limitsPage(rows));
  expect(staleRows(readFileSync(PAGE, "utf8"), rows)).toEqual([]);
});
