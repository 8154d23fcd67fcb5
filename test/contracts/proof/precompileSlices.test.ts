import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCompress } from "../../../src/contracts/generated/StepCompress.js";
import { StepPrecompile } from "../../../src/contracts/generated/StepPrecompile.js";
import { precompileGas } from "../../../src/proof/compute/precompileGas.js";
import { beginBlake2 } from "../../../src/proof/modes/evm/blake2Slices.js";
import { beginRipemd, beginSha256 } from "../../../src/proof/modes/evm/compressSlices.js";
import { runPrecompile } from "../../../src/proof/modes/evm/runPrecompile.js";
import type { Step } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import { msmPairs } from "../../helpers/msmPairs.js";
import { blake2Input, join, modExp } from "../../helpers/precompileCases.js";
import { precompileStep, runPrecompileSteps } from "../../helpers/precompileSteps.js";
import { Rng } from "../../helpers/randomProgram.js";
import { gasLine, proofOf, StepEquivalence } from "../../helpers/stepEquivalence.js";
import { createRandom, SEED } from "../vectors/random.js";

const MOST_BYTES = 120_000;
const MUCH_GAS = 16_000_000;
/** R4 alone is left. */
const LAST_USED = 4;

let contracts: StepEquivalence;
beforeAll(async () => {
  contracts = await StepEquivalence.create({
    precompile: StepPrecompile,
    compress: StepCompress,
  });
});

const rng = new Rng(31);

/** Runs a precompile in slices; what it leaves is what it would leave in one step. Undefined: it fails. */
async function runSlices(
  name: string,
  start: Step,
  slices: number,
  expected?: Uint8Array,
  most?: number,
) {
  const run = await runPrecompileSteps(contracts, start, most);
  process.stdout.write(gasLine(name, run.steps));
  expect(run.count).toBe(slices);
  for (const { bytes, l1Gas } of run.steps) {
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(l1Gas).toBeLessThan(15_000_000);
  }
  expect(run.isHalt).toBe(expected === undefined);
  if (expected !== undefined) expect(run.output).toEqual(Uint8Array.from(expected));
  expect(run.end.work.regs.slice(LAST_USED + 1)).toEqual(new Array(31 - LAST_USED).fill(0n));
  return run;
}

/** The same from PRECOMP on, with the exact gas, and with one unit less. */
async function runAll(
  name: string,
  address: number,
  input: Uint8Array,
  slices: number,
  most?: number,
) {
  const price = Number(precompileGas(address, input));
  const expected = runPrecompile(address, input);
  const start = precompileStep(address, input, price);
  const run = await runSlices(name, start, 1 + slices, expected, most);
  expect(run.gasLeft).toBe(0);
  const poor = await runPrecompileSteps(contracts, precompileStep(address, input, price - 1));
  expect([poor.isHalt, poor.steps.length, poor.gasLeft]).toEqual([true, 1, price - 1]);
  return run;
}

describe("hashes", () => {
  test.each([
    [65_537, 2],
    [65_600, 9],
    [81_920, 1],
  ])("of %d bytes in slices", async (length, most) => {
    const input = rng.bytes(length);
    const blocks = Math.floor(length / 64);
    const slices = Math.floor(blocks / 256) + (blocks % 256 === 0 ? 0 : 1);
    const sha = await runAll(`sha256, ${length} bytes`, 2, input, slices, most);
    expect(sha.output).toEqual(Uint8Array.from(createHash("sha256").update(input).digest()));
    const ripemd = await runAll(`ripemd160, ${length} bytes`, 3, input, slices, most);
    const digest = createHash("ripemd160").update(input).digest();
    expect(ripemd.output).toEqual(join(new Uint8Array(12), digest));
  });

  test.each([0, 1, 55, 56, 63, 64, 119, 4_090, 4_160])(
    "of %d bytes as if in slices",
    async (length) => {
      const input = rng.bytes(length);
      for (const [address, mode, begin] of [
        [2, MODE.sha256I, beginSha256],
        [3, MODE.ripemdI, beginRipemd],
      ] as const) {
        const start = precompileStep(address, input, MUCH_GAS);
        start.s.ctl.mode = mode;
        begin(start);
        await runSlices(`hash, ${length} bytes`, start, 1, runPrecompile(address, input));
      }
    },
  );
});

describe("MODEXP", () => {
  // The exponent's top bit decides the price: 32,768 for each bit behind it.
  const exponent = (bytes: number, bit: number) => {
    const out = rng.bytes(bytes);
    out.fill(0, 0, bytes - Math.floor(bit / 8) - 1);
    out[bytes - Math.floor(bit / 8) - 1] = 1 << (bit % 8);
    return out;
  };
  const most = rng.bytes(1_024);

  test("of 1,024 bytes in one step while L1's price is at most 8,000,000", async () => {
    await runAll(
      "modexp, the dearest step",
      5,
      modExp(
        most,
        exponent(32, 244),
        most.map((b) => b ^ 0x5a),
      ),
      0,
    );
  });

  test("of 1,024 bytes in slices", async () => {
    await runAll(
      "modexp, 1,024 bytes",
      5,
      modExp(
        most,
        exponent(32, 245),
        most.map((b) => b ^ 0x5a),
      ),
      3,
    );
    await runAll(
      "modexp, cut",
      5,
      modExp(most, exponent(44, 255), most).subarray(0, 96 + 1_024 + 44 + 700),
      4,
    );
  });

  test("of other lengths in slices", async () => {
    await runAll("modexp, 1,000 bytes", 5, modExp(most, exponent(43, 255), rng.bytes(1_000)), 4);
    await runAll("modexp, small modulus", 5, modExp(most, exponent(32, 250), rng.bytes(5)), 3);
    await runAll(
      "modexp, short base",
      5,
      modExp(rng.bytes(3), exponent(33, 245), rng.bytes(1_017)),
      3,
    );
  });

  test("modulo 1 and 0, and by no modulus", async () => {
    const one = new Uint8Array(1_001);
    one[1_000] = 1;
    await runAll("modexp, modulus 1", 5, modExp(most, exponent(32, 245), one), 3);
    await runAll("modexp, modulus 0", 5, modExp(most, exponent(32, 245), new Uint8Array(1_001)), 0);
    await runAll("modexp, no modulus", 5, modExp(most, exponent(32, 245), new Uint8Array(0)), 0);
  });

  test("refuses another quotient or remainder", async () => {
    const start = precompileStep(
      5,
      modExp(
        most,
        exponent(32, 245),
        most.map((b) => b ^ 0x33),
      ),
      MUCH_GAS,
    );
    const proof = proofOf({ ...start, s: proofOf(start).next });
    const { packed, pre } = proof;
    for (const back of [1, 700, 1_025, 2_000]) {
      const changed = Uint8Array.from(packed);
      changed[packed.length - back] = (changed[packed.length - back] as number) ^ 1;
      const outcome = await contracts.execute("precompile", pre, changed);
      expect(outcome).toMatchObject({ ok: false, error: "ModExpSliceWrongHint" });
    }
    const short = packed.slice(0, packed.length - 32);
    new DataView(short.buffer).setUint32(packed.length - 2_048 - 4, 2_016);
    expect(await contracts.execute("precompile", pre, short)).toMatchObject({
      ok: false,
      error: "BadHintLength",
    });
  });
});

describe("BLAKE2F", () => {
  test.each([1, 2_001, 4_000])("of %d rounds in slices", async (rounds) => {
    const input = blake2Input(rounds, rounds % 2);
    const start = precompileStep(9, input, MUCH_GAS);
    // As if PRECOMP had found them too many.
    start.s.ctl.mode = MODE.blake2I;
    beginBlake2(start);
    const slices = Math.ceil(rounds / 2_000);
    await runSlices(`blake2f, ${rounds} rounds`, start, slices, runPrecompile(9, input));
  });

  test.each([0, 1])("of more than 8,000,000 rounds begins slices, with flag %d", async (flag) => {
    const start = precompileStep(9, blake2Input(8_000_001, flag), 8_000_001);
    const first = await contracts.check(start);
    expect(first.proof.next.ctl.mode).toBe(MODE.blake2I);
    expect(first.proof.next.frame?.gas).toBe(0);
    const second = await contracts.check({ ...start, s: first.proof.next });
    expect(second.proof.next.ctl.mode).toBe(MODE.blake2I);
    const poor = await contracts.check(precompileStep(9, blake2Input(8_000_001, flag), 8_000_000));
    expect(poor.proof.next.ctl.mode).toBe(MODE.exit);
  });
});

describe.each([
  ["g1", 12, 160],
  ["g2", 14, 288],
] as const)("multi-scalar multiplications in %s", (group, address, pair) => {
  const pairs = msmPairs(group, 129, createRandom(SEED));

  test.each(group === "g1" ? [64, 129] : [65])("of %d pairs", async (count) => {
    const slices = count > 64 ? Math.ceil(count / 64) : 0;
    await runAll(
      `MSM in ${group}, ${count} pairs`,
      address,
      pairs.subarray(0, count * pair),
      slices,
    );
  });

  test("fail in the slice of a bad point", async () => {
    const places = group === "g1" ? [3, 128] : [64];
    for (const place of places) {
      const slices = 1 + Math.floor(place / 64);
      const bad = Uint8Array.from(pairs);
      const at = place * pair + 60;
      bad[at] = (bad[at] as number) ^ 1;
      expect(runPrecompile(address, bad)).toBeUndefined();
      await runSlices(
        `MSM in ${group}, pair ${place} bad`,
        precompileStep(address, bad, MUCH_GAS),
        1 + slices,
      );
    }
  });
});

test("changed witnesses of slices are refused, or end in the true root", async () => {
  const hash = precompileStep(3, rng.bytes(150), MUCH_GAS);
  hash.s.ctl.mode = MODE.ripemdI;
  beginRipemd(hash);
  const rounds = precompileStep(9, blake2Input(30, 1), MUCH_GAS);
  rounds.s.ctl.mode = MODE.blake2I;
  beginBlake2(rounds);
  const begun = (address: number, input: Uint8Array): Step => {
    const start = precompileStep(address, input, MUCH_GAS);
    return { ...start, s: proofOf(start).next };
  };
  for (const [step, family] of [
    [hash, "compress"],
    [rounds, "compress"],
    [begun(12, msmPairs("g1", 65, createRandom(SEED))), "precompile"],
    [begun(5, modExp(rng.bytes(1_024), rng.bytes(40), rng.bytes(1_024))), "precompile"],
  ] as const) {
    expect(await contracts.checkMutations(proofOf(step), family, rng, 25)).toBeGreaterThan(0);
  }
});
