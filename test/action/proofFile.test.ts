import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  collectFile,
  type ProofFile,
  readProofFile,
  stepCalldata,
  writeProofFile,
} from "../../src/proof/file/index.js";
import { Machine } from "../../src/proof/machine.js";
import { MODE } from "../../src/proof/table.js";
import { unpackWitness } from "../../src/proof/witness/unpackWitness.js";
import { FeedInputs } from "../../src/services/machine/feedInputs.js";
import { stateBefore } from "../../src/services/machine/machineTracker.js";
import { FoveaError } from "../../src/util/errors.js";
import { toHex } from "../../src/util/hex.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

/** Init code that keeps a word in storage and leaves one byte of code. */
const DEPLOYER = Uint8Array.of(0x60, 7, 0x60, 1, 0x55, 0x60, 1, 0x60, 0, 0xf3);

let world: RollupWorld;

beforeAll(async () => {
  world = await RollupWorld.create();
  await world.sendTx(0);
  await world.tick();
  world.l1.deposit({ to: null, data: DEPLOYER });
  world.l1.deposit({ data: new Uint8Array(9_000).fill(3), gasLimit: 3_000_000n });
  await world.ticks(3);
  await world.batch();
  await world.settle();
});

/** A machine at the first block's slot. */
async function machineAt(): Promise<Machine> {
  const { engine, node } = world.main;
  const state = await stateBefore({ node, engine }, 0n);
  if (state === undefined) throw new Error("no state");
  const inputs = new FeedInputs({ engine, feeds: node.feeds, l1: world.l1 });
  await inputs.prepare(0n);
  return new Machine({ state, inputs, entryBound: 1n });
}

async function fileOf(block: bigint, from: number, count: number, stride: number) {
  const machine = await machineAt();
  while (machine.state.chain.number < block - 1n) {
    machine.skipToSlot();
    const { number } = machine.state.chain;
    machine.runTo(({ state }) => state.chain.number !== number);
  }
  machine.skipToSlot();
  const meta = {
    chainId: BigInt(world.config.chain.l2ChainId),
    machineVersion: 1,
    block,
    entryIndex: 0n,
    from,
    stride,
    entryBound: 1n,
  };
  const ends = await machineEnd(block);
  const run = collectFile(machine, { count, meta });
  while (true) {
    const { done, value } = run.next();
    if (done) return { file: value, end: ends };
  }
}

/** Steps of a block. */
async function machineEnd(block: bigint): Promise<number> {
  const machine = await machineAt();
  while (true) {
    machine.skipToSlot();
    const { number } = machine.state.chain;
    const steps = machine.runTo(({ state }) => state.chain.number !== number);
    if (machine.state.chain.number === block) return steps;
  }
}

function thrown(run: () => unknown): { code: string; path: unknown } {
  try {
    run();
  } catch (error) {
    if (error instanceof FoveaError) return { code: error.code, path: error.data.path };
    throw error;
  }
  return { code: "none", path: undefined };
}

/** The file after a change of its JSON. */
function changed(file: ProofFile, change: (json: FileJson) => void): string {
  const json = JSON.parse(writeProofFile(file)) as FileJson;
  change(json);
  return JSON.stringify(json);
}

interface FileJson {
  [key: string]: unknown;
  meta: Record<string, unknown>;
  steps: unknown[];
  access: {
    [key: string]: unknown;
    gindices: number[];
    ranges: { g: number; log2: number; nWords: number }[];
    mptNodes: string[];
    feedKeys: string[];
  }[];
  nodes: Record<string, string[]>;
  mpt: Record<string, string>;
  code: Record<string, string>;
  feed: Record<string, string>;
}

describe("proof files", () => {
  test("a dense file of whole blocks gives each step's calldata, byte for byte the machine's", async () => {
    const modes = new Set<number>();
    const machine = await machineAt();
    for (let block = 1n; block <= 3n; block++) {
      const { file, end } = await fileOf(block, 0, 5_000, 1);
      const read = readProofFile(writeProofFile(file));
      expect(read).toEqual(file);
      expect(read.access).toHaveLength(end);
      expect(read.steps).toHaveLength(end + 1);
      machine.skipToSlot();
      for (const { stepIndex, mode } of read.access) {
        modes.add(mode);
        const proof = machine.witness();
        const { pre, packed } = stepCalldata(read, stepIndex);
        expect({ stepIndex, pre, hex: toHex(packed) }).toEqual({
          stepIndex,
          pre: toHex(proof.pre),
          hex: toHex(proof.packed),
        });
        expect(read.steps[stepIndex + 1]).toBe(toHex(proof.post));
        expect(toHex(unpackWitness(packed).pre)).toBe(pre);
        machine.step();
      }
      expect(machine.state.chain.number).toBe(block);
    }
    for (const mode of [MODE.entry, MODE.data, MODE.place, MODE.record, MODE.depdata]) {
      expect(modes).toContain(mode);
    }
    expect([...modes].length).toBeGreaterThan(25);
  });

  test("a strided file has the roots of every so many positions, and the calldata of the steps there", async () => {
    const { file: dense } = await fileOf(1n, 0, 5_000, 1);
    const { file, end } = await fileOf(1n, 5, 1_000, 7);
    const read = readProofFile(writeProofFile(file));
    const positions = read.access.map(({ stepIndex }) => stepIndex);
    expect(positions).toEqual(
      Array.from({ length: Math.ceil((end - 5) / 7) }, (_, index) => 5 + 7 * index),
    );
    for (const position of positions) {
      expect(stepCalldata(read, position)).toEqual(stepCalldata(dense, position));
    }
    expect(thrown(() => stepCalldata(read, 6)).code).toBe("PROOF_FILE_NO_STEP");
  });

  test("what is wrong in a file is named by its path", async () => {
    const { file } = await fileOf(1n, 0, 8, 1);
    const zero = `0x${"00".repeat(32)}`;
    const first = (object: object) => Object.keys(object)[0] as string;
    const name = (key: string) => `[${JSON.stringify(key)}]`;
    const node = file.nodes.keys().next().value as string;
    const entry = file.feed.keys().next().value as string;
    const cases: [string, string, (json: FileJson) => void][] = [
      ["MALFORMED", "$.extra", (json) => (json.extra = 1)],
      ["MALFORMED", "$.feed", (json) => Reflect.deleteProperty(json, "feed")],
      ["MALFORMED", "$.meta.block", (json) => (json.meta.block = 1)],
      ["MALFORMED", "$.meta.chainId", (json) => (json.meta.chainId = "01")],
      ["MALFORMED", "$.meta.stride", (json) => (json.meta.stride = 0)],
      ["MALFORMED", "$.meta.entryBound", (json) => (json.meta.entryBound = "0")],
      ["VERSION", "$.meta.machineVersion", (json) => (json.meta.machineVersion = 2)],
      ["MALFORMED", "$.steps[2]", (json) => (json.steps[2] = "0x12")],
      ["MALFORMED", "$.access[1].stepIndex", (json) => set(json, 1, "stepIndex", 0)],
      ["MALFORMED", "$.access[1].stepIndex", (json) => set(json, 1, "stepIndex", 77)],
      ["MALFORMED", "$.access[1].mode", (json) => set(json, 1, "mode", 0xfe)],
      ["MALFORMED", "$.access[1].mode", (json) => set(json, 1, "mode", MODE.op)],
      ["MALFORMED", "$.access[0].aux", (json) => set(json, 0, "aux", "0xABCD")],
      ["MALFORMED", "$.access[0].gindices[1]", (json) => json.access[0]?.gindices.splice(1, 1, 1)],
      ["INCOMPLETE", "$.access[0].gindices", (json) => json.access[0]?.gindices.push(2 ** 32 - 1)],
      [
        "MALFORMED",
        "$.access[0].ranges[0].g",
        (json) => json.access[0]?.ranges.push({ g: 1, log2: 0, nWords: 1 }),
      ],
      [
        "MALFORMED",
        "$.access[0].ranges[0].nWords",
        (json) => json.access[0]?.ranges.push({ g: 9, log2: 0, nWords: 0 }),
      ],
      [
        "MALFORMED",
        "$.access[0].ranges[0].nWords",
        (json) => json.access[0]?.ranges.push({ g: 9, log2: 1, nWords: 3 }),
      ],
      ["INCOMPLETE", "$.access[0].mptNodes[0]", (json) => json.access[0]?.mptNodes.push(zero)],
      ["INCOMPLETE", "$.access[1].feedKeys[0]", (json) => delete json.feed[entry]],
      ["MALFORMED", `$.feed${name(entry)}`, (json) => (json.feed[entry] = "0x00")],
      ["MALFORMED", `$.nodes${name(node)}`, (json) => (json.nodes[node] = [zero, zero])],
      ["MALFORMED", `$.nodes${name(node)}`, (json) => (json.nodes[node] = [zero])],
      ["INCOMPLETE", "$.access[0].gindices", (json) => delete json.nodes[first(json.nodes)]],
      ["MALFORMED", "$.mpt.odd", (json) => (json.mpt.odd = "0x")],
      ["MALFORMED", "$.code", (json) => (json.code = [] as never)],
    ];
    for (const [code, path, change] of cases) {
      const text = changed(file, change);
      expect(thrown(() => readProofFile(text))).toEqual({ code: `PROOF_FILE_${code}`, path });
    }
    expect(thrown(() => readProofFile("{"))).toEqual({ code: "PROOF_FILE_NOT_JSON", path: "$" });
    expect(thrown(() => readProofFile("[]"))).toEqual({ code: "PROOF_FILE_MALFORMED", path: "$" });
  });
});

function set(json: FileJson, index: number, key: string, value: unknown): void {
  const access = json.access[index];
  if (access) access[key] = value;
}
