import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepEngines } from "../../../src/contracts/generated/StepEngines.js";
import { KECCAK_RATE } from "../../../src/proof/compute/keccakSponge.js";
import { runStep } from "../../../src/proof/machine.js";
import { PagedBytes } from "../../../src/proof/state/pagedBytes.js";
import type { Step } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { COPY_WORD, type CopyFields, HASH_WORD, LOG_WORD } from "../../../src/proof/state/words.js";
import { BUFFER, C, DEPTH, LIMIT, MODE, R } from "../../../src/proof/table.js";
import { keccak256 } from "../../../src/util/keccak.js";
import { opStep } from "../../helpers/opStates.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";

const PAGE = 4_096;
const WINDOW = 8 * PAGE;
const JOB: CopyFields = {
  src: BUFFER.mem,
  dst: BUFFER.mem,
  isDown: false,
  zero: 0,
  srcOff: 0,
  srcLen: 0,
  dstOff: 0,
  left: 0,
};
/** No step may need more. */
const MOST_GAS = 15_000_000;
const MOST_BYTES = 120_000;

let solidity: StepEquivalence;
let rng: Rng;
const seen: CheckedStep[] = [];

beforeAll(async () => {
  solidity = await StepEquivalence.create({ engines: StepEngines });
  rng = new Rng(13);
});

/** A machine with something in each byte string. */
function stepWith(memory: Uint8Array, rest: Uint8Array = rng.bytes(5_000)): Step {
  const step = opStep(rng, { code: rng.bytes(9_000), memory, input: rest, returned: rest });
  const { s } = step;
  s.work.bufA = PagedBytes.of(DEPTH.bytes, rng.bytes(4_500));
  s.work.bufB = PagedBytes.of(DEPTH.bufB, rng.bytes(4_500));
  s.chain.batch.data = PagedBytes.of(DEPTH.batch, rng.bytes(5_000));
  s.tx.raw = PagedBytes.of(DEPTH.raw, rng.bytes(5_000));
  s.rev = { ...s.rev, logs: PagedBytes.of(DEPTH.bytes, rng.bytes(4_200)), logBytes: 4_200 };
  return step;
}

async function run(step: Step): Promise<CheckedStep> {
  const checked = await solidity.check(step);
  step.s = checked.proof.next;
  seen.push(checked);
  return checked;
}

function withCopy(step: Step, fields: Partial<CopyFields>, ret: number = MODE.op): Step {
  const { s } = step;
  s.work.regs[R.copy] = COPY_WORD.pack({ ...JOB, ...fields });
  Object.assign(s.ctl, { mode: MODE.copy, ret, sub: 1, cnt: 77, op: 3, a: 5, b: 6 });
  return step;
}

/** Runs a copy to its end; the steps that it took. */
async function copyAll(step: Step): Promise<number> {
  let steps = 0;
  while (step.s.ctl.mode === MODE.copy) {
    await run(step);
    if (++steps > 20) throw new Error("the copy does not end");
  }
  return steps;
}

const memoryOf = ({ s }: Step, off: number, len: number): Uint8Array =>
  s.frame?.mem.read(off, len) as Uint8Array;

describe("COPY", () => {
  const edges = [0, 1, 31, PAGE - 1, PAGE, PAGE + 33, WINDOW - 1, WINDOW, WINDOW + 5];

  test("up and down in memory, over each other and over windows, as one move", async () => {
    const before = rng.bytes(90_000);
    for (const [src, dst, len] of [
      [0, 1, 40_000],
      [1, 0, 40_000],
      [5_000, 5_033, 35_000],
      [5_033, 5_000, 35_000],
      [0, WINDOW, WINDOW],
      [WINDOW, 0, WINDOW],
      [100, 70_000, 9],
      [7, 7, 4_096],
      [40_000, 4_090, 50_000],
      [4_090, 40_000, 49_990],
      [0, 4_096, 1],
    ] as const) {
      const step = stepWith(before.slice());
      const job = { srcOff: src, dstOff: dst, left: len, srcLen: 90_000, isDown: dst > src };
      await copyAll(withCopy(step, job));
      const wanted = before.slice();
      wanted.copyWithin(dst, src, src + len);
      expect(Buffer.from(memoryOf(step, 0, 90_000)).equals(wanted)).toBe(true);
      expect(step.s.ctl).toMatchObject({
        mode: MODE.op,
        ret: 0,
        sub: 1,
        cnt: 77,
        op: 3,
        a: 5,
        b: 6,
      });
    }
  });

  test("from and to every byte string", async () => {
    const pairs: [number, number][] = [
      [BUFFER.input, BUFFER.mem],
      [BUFFER.ret, BUFFER.mem],
      [BUFFER.code, BUFFER.mem],
      [BUFFER.bufB, BUFFER.mem],
      [BUFFER.mem, BUFFER.bufA],
      [BUFFER.mem, BUFFER.bufB],
      [BUFFER.mem, BUFFER.logs],
      [BUFFER.raw, BUFFER.bufA],
      [BUFFER.raw, BUFFER.bufB],
      [BUFFER.batch, BUFFER.raw],
      [BUFFER.bufA, BUFFER.ret],
      [BUFFER.bufB, BUFFER.input],
      [BUFFER.bufA, BUFFER.code],
      [BUFFER.raw, BUFFER.batch],
    ];
    for (const [src, dst] of pairs) {
      for (const ret of [MODE.op, MODE.exit, MODE.hash]) {
        const step = stepWith(rng.bytes(5_000));
        const from = { src, srcOff: rng.below(4_400), srcLen: 4_500 };
        await copyAll(withCopy(step, { ...from, dst, dstOff: rng.below(9_000), left: 3_000 }, ret));
        expect(step.s.ctl.mode).toBe(ret);
        if (src === BUFFER.bufB) expect(step.s.work.bufB.read(0, 64)).toEqual(new Uint8Array(64));
      }
    }
  });

  test("sources that end early give zeros, whole pages of them too", async () => {
    for (const srcLen of [0, 1, 4_500]) {
      for (const srcOff of edges.filter((edge) => edge <= srcLen).concat(srcLen)) {
        for (const dstOff of [0, 17, PAGE]) {
          const step = stepWith(rng.bytes(20_000));
          const job = { src: BUFFER.bufB, srcOff, srcLen, dstOff, left: 9_000 };
          const { bufB } = step.s.work;
          const wanted = new Uint8Array(9_000);
          wanted.set(bufB.read(srcOff, Math.max(0, srcLen - srcOff)));
          await copyAll(withCopy(step, job));
          expect(Buffer.from(memoryOf(step, dstOff, 9_000)).equals(wanted)).toBe(true);
        }
      }
    }
  });

  test("the worst step is far below the bounds", async () => {
    // Nine pages of one, all but a byte of eight pages of another: ten pages in the witness.
    const step = stepWith(rng.bytes(140_000));
    const worst = { srcOff: 70_001, srcLen: 140_000, dstOff: 1, left: WINDOW - 2 };
    const { gas, bytes } = await run(withCopy(step, worst));
    process.stdout.write(`gas: COPY of a window: ${gas} of execution, ${bytes} bytes\n`);
    expect(gas).toBeLessThan(MOST_GAS / 10);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  test("R0 with a byte string that there is not is refused", async () => {
    const proof = proofOf(withCopy(stepWith(rng.bytes(100)), { srcLen: 90, left: 8 }));
    const place = Buffer.from(proof.packed).indexOf(
      proof.witness.items.find(({ g }) => g === 3_584)?.value as Uint8Array,
    );
    const packed = proof.packed.slice();
    packed[place] = 9;
    expect(await solidity.execute("engines", proof.pre, packed)).toMatchObject({
      error: "UnknownBuffer",
    });
  });
});

describe("HASH", () => {
  async function hashAll(off: number, len: number, sub: number): Promise<[number, Step]> {
    const bytes = rng.bytes(Math.min(off + len + 50, 131_000));
    const step = stepWith(sub === 0 ? bytes : rng.bytes(100));
    const { s } = step;
    if (sub === 1) s.work.bufB = PagedBytes.of(DEPTH.bufB, bytes);
    s.work.regs[R.hash] = HASH_WORD.pack({ off, len, pos: 0 });
    Object.assign(s.ctl, { mode: MODE.hash, sub });
    if (s.frame) s.frame.stack = [5n];
    const slices = Math.ceil(Math.floor(len / KECCAK_RATE) / LIMIT.spongeBlocks);
    let steps = 0;
    while (step.s.ctl.mode === MODE.hash) {
      // A contract needs seconds for a slice here: of many slices it has the first of one message and the last of each.
      const isChecked =
        steps === slices - 1 || len <= LIMIT.directHash || (steps === 0 && off === 77);
      if (isChecked) await run(step);
      else runStep(step);
      steps++;
    }
    const digest = bytesToWord(keccak256(bytes.subarray(off, off + len)));
    const { frame, work, ctl } = step.s;
    if (sub === 0) expect([frame?.stack, ctl.mode]).toEqual([[5n, digest], MODE.op]);
    else expect([work.call[C.codeHash], ctl.mode, ctl.sub]).toEqual([digest, MODE.createe, 0]);
    return [steps, step];
  }

  test("at once up to 65,536 bytes, from any place", async () => {
    for (const [off, len] of [
      [0, 0],
      [0, 1],
      [31, 2],
      [4_090, 20],
      [0, 4_096],
      [1, 65_536],
    ] as const) {
      for (const sub of [0, 1]) {
        const [steps] = await hashAll(sub === 0 ? off : 0, len, sub);
        expect(steps).toBe(1);
      }
    }
  });

  test("longer ones in slices of 64 blocks", async () => {
    // The second one ends with a slice after which nothing is left but the padding.
    for (const [off, len, sub] of [
      [77, 65_537, 0],
      [0, 8 * 64 * 136, 0],
      [5, 8 * 64 * 136 - 1, 0],
      [0, 70_000, 1],
    ] as const) {
      const [steps] = await hashAll(off, len, sub);
      expect(steps).toBe(Math.ceil(Math.floor(len / KECCAK_RATE) / LIMIT.spongeBlocks));
    }
    const slices = seen.slice(-5);
    process.stdout.write(gasLine("HASH in slices", slices));
    expect(Math.max(...slices.map(({ gas }) => gas))).toBeLessThan(8_000_000);
  });
});

describe("LOG", () => {
  test.each([0, 1, 2, 3, 4])("with %i topics and data of every length of head", async (topics) => {
    for (const [len, first] of [
      [0, 0],
      [1, 0],
      [1, 0x7f],
      [1, 0x80],
      [1, 0xff],
      [2, 0],
      [34, 1],
      [55, 1],
      [56, 1],
      [200, 1],
      [255, 1],
      [256, 1],
      [65_535, 1],
      [65_536, 1],
    ] as const) {
      const off = rng.below(5_000);
      const memory = rng.bytes(Math.min(off + len + 10, 9_000));
      memory[off] = first;
      const step = stepWith(memory);
      const { s } = step;
      if (s.frame) s.frame.memWords = Math.ceil((off + len + 10) / 32);
      const logBytes = rng.below(4_200);
      const before = s.rev.logs.read(0, logBytes);
      s.rev = {
        ...s.rev,
        logs: PagedBytes.of(DEPTH.bytes, before),
        logBytes,
        logCount: 3,
        refund: 9,
        destructs: [7n],
        bloom: rng.chance(50) ? s.rev.bloom : rng.bytes(256),
      };
      s.work.regs[R.log] = LOG_WORD.pack({ off, len, topics });
      for (let i = 0; i < topics; i++) s.work.regs[R.topic0 + i] = bytesToWord(rng.bytes(32));
      s.ctl.mode = MODE.log;
      await run(step);
      expect(step.s.ctl.mode).toBe(len === 0 ? MODE.op : MODE.copy);
      expect(step.s.rev.logCount).toBe(4);
      if (len < 300) await copyAll(step);
    }
  });
});

test("a mode of another family is refused", async () => {
  const step = stepWith(rng.bytes(10));
  const { pre, packed } = proofOf(step);
  expect(await solidity.execute("engines", pre, packed)).toMatchObject({ error: "ForeignMode" });
});

test("a changed witness is refused, or changes nothing", async () => {
  const steps: Step[] = [];
  steps.push(withCopy(stepWith(rng.bytes(300)), { srcLen: 300, srcOff: 5, dstOff: 9, left: 20 }));
  steps.push(withCopy(stepWith(rng.bytes(300)), { src: BUFFER.bufB, srcLen: 0, left: 20 }));
  const log = stepWith(rng.bytes(300));
  log.s.work.regs[R.log] = LOG_WORD.pack({ off: 3, len: 1, topics: 2 });
  log.s.ctl.mode = MODE.log;
  const hash = stepWith(rng.bytes(300));
  hash.s.work.regs[R.hash] = HASH_WORD.pack({ off: 3, len: 40, pos: 0 });
  hash.s.ctl.mode = MODE.hash;
  let refused = 0;
  for (const step of [...steps, log, hash]) {
    refused += await solidity.checkMutations(proofOf(step), "engines", rng, 50);
  }
  expect(refused).toBeGreaterThan(195);
});

test("the gas of all steps above", () => {
  const bySub = (mode: number) => seen.filter(({ proof }) => proof.packed[6] === mode);
  process.stdout.write(gasLine("COPY", bySub(MODE.copy)));
  process.stdout.write(gasLine("HASH", bySub(MODE.hash)));
  process.stdout.write(gasLine("LOG", bySub(MODE.log)));
  expect(Math.max(...seen.map(({ bytes }) => bytes))).toBeLessThan(MOST_BYTES);
});
