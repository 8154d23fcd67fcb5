import { beforeAll, describe, expect, test } from "@jest/globals";
import { readProofFile, stepCalldata, writeProofFile } from "../../src/proof/file/index.js";
import { unpackWitness } from "../../src/proof/witness/unpackWitness.js";
import { decodePayload } from "../../src/services/machine/blockPayload.js";
import { blockProofFile } from "../../src/services/machine/blockProofFile.js";
import { defaultMachineConfig, MachineTracker } from "../../src/services/machine/machineTracker.js";
import { RootStore } from "../../src/services/machine/rootStore.js";
import { defaultProverConfig, StepProver } from "../../src/services/machine/stepProver.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import { FoveaError } from "../../src/util/errors.js";
import { type Hash, toHex } from "../../src/util/hex.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

/** Init code that keeps a word in storage and leaves one byte of code. */
const DEPLOYER = Uint8Array.of(
  0x60,
  7,
  0x60,
  1,
  0x55,
  0x60,
  1,
  0x60,
  0,
  0x52,
  0x60,
  1,
  0x60,
  0,
  0xf3,
);

let world: RollupWorld;
let roots: RootStore;

beforeAll(async () => {
  world = await RollupWorld.create();
  await world.sendTx(0);
  await world.tick();
  await world.batch();
  world.l1.deposit({ to: null, data: DEPLOYER });
  await world.ticks(3);
  await world.batch();
  await world.tick();
  roots = new RootStore(new MemoryStore());
  const { clock, logger, l1, main } = world;
  const { node, engine } = main;
  const deps = { node, engine, l1, roots, clock, logger };
  const tracker = new MachineTracker(defaultMachineConfig, deps);
  while ((await tracker.step()).status === "progress");
});

function proverOf(dbGet?: (hash: Hash) => Uint8Array | undefined, config = defaultProverConfig) {
  const { node, engine } = world.main;
  const state = {
    getHeader: (id: Parameters<typeof engine.getHeader>[0]) => engine.getHeader(id),
    dbGet: dbGet ?? ((hash: Hash) => engine.dbGet(hash)),
  };
  return new StepProver(config, { node, engine: state, l1: world.l1 });
}

async function failure(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof FoveaError) return { code: error.code, data: error.data };
  throw error ?? new Error("did not fail");
}

async function rootOf(number: bigint) {
  const header = await world.main.engine.getHeader(number);
  const root = roots.getBlock(header?.hash ?? "0x");
  if (root === undefined) throw new Error(`no root of block ${number}`);
  return root;
}

describe("proofs of single steps", () => {
  test("every step of every safe block follows the one before, and the last one of a block ends at its kept root", async () => {
    const prover = proverOf();
    const { number: last } = await world.safe();
    const opcodes = new Set<string>();
    const tries = new Set<string>();
    let slices = 0;
    for (let block = 1n; block <= last; block++) {
      const { steps, root, hash } = await rootOf(block);
      let expected: Hash | undefined;
      for (let position = 0; position < steps; position++) {
        const step = await prover.prove(block, position);
        if (expected !== undefined) expect(step.pre).toBe(expected);
        expect(toHex(unpackWitness(step.packed).pre)).toBe(step.pre);
        expect(step.block).toEqual({ number: block, hash });
        expected = step.post;
        const { opcode, triePaths, memory } = step.description;
        if (opcode !== null) opcodes.add(opcode);
        for (const path of triePaths) tries.add(path.trie);
        slices += memory.length;
      }
      expect(expected).toBe(root);
      expect(await failure(prover.prove(block, steps))).toEqual({
        code: "PROVER_NO_STEP",
        data: { block, position: steps, steps },
      });
    }
    for (const name of ["PUSH1", "SSTORE", "MSTORE", "RETURN"]) expect(opcodes).toContain(name);
    for (const name of ["accounts", "warmAddr"]) expect(tries).toContain(name);
    expect(slices).toBeGreaterThan(0);
  });

  test("an SSTORE is told as people know it", async () => {
    const prover = proverOf();
    const { number: last } = await world.safe();
    let found = false;
    for (let block = 1n; block <= last && !found; block++) {
      const { steps } = await rootOf(block);
      for (let position = 0; position < steps && !found; position++) {
        const { description } = await prover.prove(block, position);
        // The third byte of the code that the deposit runs: PUSH1 7 PUSH1 1 SSTORE.
        if (description.opcode !== "SSTORE" || description.frame?.stackSize !== 2) continue;
        const { mode, frame, triePaths } = description;
        if (BigInt(frame?.stack[0] ?? 0) !== 1n || BigInt(frame?.stack[1] ?? 0) !== 7n) continue;
        found = true;
        expect(mode).toBe("OP");
        expect(frame).toMatchObject({ pc: 4, depth: 0, memoryBytes: 0 });
        expect(triePaths[0]?.trie).toBe("accounts");
        expect(triePaths[0]?.key).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    expect(found).toBe(true);
  });

  test("steps are the same in any order, and whoever asks at once is served in turn", async () => {
    const { steps } = await rootOf(2n);
    const forwards = proverOf();
    const asked = [steps - 1, 0, 40, 41, 3];
    const together = proverOf(undefined, { stepsPerTurn: 7, maxWaiting: 8 });
    const answers = await Promise.all(asked.map((position) => together.prove(2n, position)));
    for (const [index, position] of [...asked.entries()].sort((a, b) => a[1] - b[1])) {
      const alone = await forwards.prove(2n, position);
      expect(answers[index]).toEqual(alone);
    }
    expect(await together.prove(1n, 5)).toEqual(await proverOf().prove(1n, 5));
  });

  test("what cannot be proven is refused with its reason", async () => {
    const prover = proverOf();
    const head = (await world.main.engine.getHeader("latest"))?.number ?? 0n;
    expect((await failure(prover.prove(head + 1n, 0))).code).toBe("NODE_UNKNOWN_BLOCK");
    expect((await failure(prover.prove(head, 0))).code).toBe("PROVER_NOT_DERIVED");
    expect(await failure(prover.prove(0n, 0))).toEqual({
      code: "PROVER_NO_STEP",
      data: { block: 0n, position: 0, steps: 0 },
    });
    const header = await world.main.engine.getHeader(0n);
    const hash = header?.stateRoot as Hash;
    const poor = proverOf((asked) => (asked === hash ? undefined : world.main.engine.dbGet(asked)));
    const { steps } = await rootOf(1n);
    expect(await failure(poor.prove(1n, steps - 1))).toEqual({
      code: "PROOF_NODE_MISSING",
      data: { hash },
    });
    const gone = AbortSignal.abort(new ServiceGone());
    await expect(prover.prove(1n, 0, gone)).rejects.toBeInstanceOf(ServiceGone);
    const busy = proverOf(undefined, { stepsPerTurn: 7, maxWaiting: 0 });
    const first = busy.prove(1n, 3);
    expect((await failure(busy.prove(1n, 4))).code).toBe("PROVER_BUSY");
    expect((await first).position).toBe(3);
    expect((await prover.prove(1n, 0)).position).toBe(0);
  });
});

describe("the witness generator", () => {
  test("makes the file of a block from its payload and the engine's contents by hash alone", async () => {
    const prover = proverOf();
    const { engine } = world.main;
    const { number: last } = await world.safe();
    for (const block of [1n, last]) {
      const { steps, root } = await rootOf(block);
      const payload = decodePayload(await prover.payload(block));
      const asked = new Set<Hash>();
      const dbGet = (hash: Hash) => {
        asked.add(hash);
        return engine.dbGet(hash);
      };
      const all = blockProofFile(payload, dbGet, { from: 0, count: 60_000, stride: 1 });
      const file = readProofFile(writeProofFile(all));
      expect(file.steps).toHaveLength(steps + 1);
      expect(file.steps.at(-1)).toBe(root);
      for (let position = 0; position < steps; position += 9) {
        const { pre, packed } = await prover.prove(block, position);
        expect(stepCalldata(file, position)).toEqual({ pre, packed });
      }
      const lost = [...asked].at(-1) as Hash;
      const poor = (hash: Hash) => (hash === lost ? undefined : engine.dbGet(hash));
      const range = { from: 0, count: 60_000, stride: 1 };
      const failed = await failure((async () => blockProofFile(payload, poor, range))());
      expect(failed.code).toMatch(/^PROOF_(NODE|CODE)_MISSING$/);
      expect(failed.data).toEqual({ hash: lost });
      const beyond = { from: steps, count: 1, stride: 1 };
      expect(await failure((async () => blockProofFile(payload, dbGet, beyond))())).toEqual({
        code: "PROOF_FILE_NO_STEP",
        data: { stepIndex: steps, steps },
      });
    }
    const head = (await engine.getHeader("latest"))?.number ?? 0n;
    expect((await failure(prover.payload(head))).code).toBe("PROVER_NOT_DERIVED");
    expect((await failure(prover.payload(head + 1n))).code).toBe("NODE_UNKNOWN_BLOCK");
  });
});

class ServiceGone extends Error {}
