import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepCompress } from "../../../src/contracts/generated/StepCompress.js";
import { StepPrecompile } from "../../../src/contracts/generated/StepPrecompile.js";
import { StepVerifier } from "../../../src/contracts/generated/StepVerifier.js";
import { precompileGas } from "../../../src/proof/compute/precompileGas.js";
import { MODE } from "../../../src/proof/table.js";
import { toHex } from "../../../src/util/hex.js";
import {
  blake2Input,
  blsPairs,
  bnPairs,
  modExp,
  type PrecompileCase,
  precompileCases,
} from "../../helpers/precompileCases.js";
import { precompileStep, runPrecompileSteps } from "../../helpers/precompileSteps.js";
import { Rng } from "../../helpers/randomProgram.js";
import { type SolidityContract, SolidityVm } from "../../helpers/solidityVm.js";
import { gasLine, proofOf, StepEquivalence } from "../../helpers/stepEquivalence.js";

const MOST_BYTES = 120_000;
const MUCH_GAS = 16_000_000;
const CASES = precompileCases();
const NOBODY = `0x${"00".repeat(20)}`;
const CONTEXT = { sequencerFeed: NOBODY, depositFeed: NOBODY, entryBound: 0n, t: 1n };

let contracts: StepEquivalence;
let precompile: SolidityContract;
beforeAll(async () => {
  const vm = await SolidityVm.create();
  precompile = await vm.deploy(StepPrecompile);
  contracts = await StepEquivalence.create(
    { precompile: StepPrecompile, compress: StepCompress },
    { vm },
  );
});

const caseOf = (name: string): PrecompileCase =>
  CASES.find((one) => one.name === name) as PrecompileCase;

describe("PRECOMP", () => {
  test.each(CASES)("$name", async ({ name, address, input, answer }) => {
    const price = Number(precompileGas(address, input));
    const rich = await runPrecompileSteps(contracts, precompileStep(address, input, MUCH_GAS));
    expect(rich.steps).toHaveLength(1);
    const [step] = rich.steps;
    expect(step?.bytes).toBeLessThan(MOST_BYTES);
    if (answer === "fails") {
      expect([rich.isHalt, rich.output.length]).toEqual([true, 0]);
      // What a failure leaves in the frame does not depend on how much there is to lose.
      expect(rich.gasLeft).toBe(MUCH_GAS);
      return;
    }
    process.stdout.write(gasLine(name, rich.steps));
    expect([rich.isHalt, rich.gasLeft, rich.output.length]).toEqual([
      false,
      MUCH_GAS - price,
      answer,
    ]);
    const exact = await runPrecompileSteps(contracts, precompileStep(address, input, price));
    expect([exact.isHalt, exact.gasLeft, exact.output]).toEqual([false, 0, rich.output]);
    if (price === 0) return;
    const poor = await runPrecompileSteps(contracts, precompileStep(address, input, price - 1));
    expect([poor.isHalt, poor.gasLeft]).toEqual([true, price - 1]);
  });

  test("a unit of gas less than a failing precompile costs is a halt too", async () => {
    for (const { address, input, answer } of CASES) {
      const price = Number(precompileGas(address, input));
      if (answer !== "fails" || price === 0 || price > MUCH_GAS) continue;
      const run = await runPrecompileSteps(contracts, precompileStep(address, input, price - 1));
      expect(run.isHalt).toBe(true);
    }
  });
});

describe("the largest inputs", () => {
  const largest: [string, number, Uint8Array][] = [
    ["300 pairs of bn254", 8, bnPairs(300)],
    ["256 pairs of BLS12-381", 15, blsPairs(256)],
  ];
  test.each(largest)("%s fit a step", async (name, address, input) => {
    const run = await runPrecompileSteps(contracts, precompileStep(address, input, MUCH_GAS));
    process.stdout.write(gasLine(name, run.steps));
    expect([run.steps.length, run.isHalt, run.output[31]]).toEqual([1, false, 1]);
    expect(run.steps[0]?.bytes).toBeLessThan(MOST_BYTES);
    expect(run.steps[0]?.l1Gas).toBeLessThan(15_000_000);
  });
});

describe("a caller that leaves too little gas", () => {
  const NAMES = [
    "ecrecover",
    "sha256, 4097 bytes",
    "ripemd160, 4097 bytes",
    "modexp, 1,024 bytes",
    "bn add",
    "bn mul",
    "bn pairing",
    "blake2f",
    "point evaluation",
    "G1 add",
    "G1 MSM",
    "G2 add",
    "G2 MSM",
    "BLS pairing",
    "map to G1",
    "map to G2",
    "P256VERIFY",
  ];
  test.each(NAMES)("%s: the step reverts, or ends as it should", async (name) => {
    const { address, input } = caseOf(name);
    const proof = proofOf(precompileStep(address, input, MUCH_GAS));
    const args = [CONTEXT, toHex(proof.pre), toHex(proof.packed)];
    const full = await precompile.call("step", args, 15_000_000n);
    expect(full.ok).toBe(true);
    const price = precompileGas(address, input);
    const errors = new Set<string>();
    // From what is not enough to open the witness, in small steps over what is a little short for the call, to plenty.
    const most = full.gasUsed + price / 32n + 120_000n;
    const least = full.gasUsed - price - 60_000n > 0n ? full.gasUsed - price - 60_000n : 0n;
    const stride = (most - least) / 60n + 1n;
    let accepted = 0;
    for (let gas = least; gas <= most; gas += stride) {
      const outcome = await precompile.call("step", args, gas);
      if (outcome.ok) {
        accepted++;
        expect(outcome.data).toBe(toHex(proof.post));
      } else errors.add(outcome.error);
    }
    expect(errors).toContain("CallerGasTooLow");
    expect(accepted).toBeGreaterThan(0);
  });

  test("the slices that call L1's precompiles: the same", async () => {
    const numbers = (length: number) => new Rng(4).bytes(length);
    const modexp = modExp(numbers(1_024), numbers(45), numbers(1_024));
    const g1 = caseOf("G1 MSM, 64 pairs").input;
    const msm = new Uint8Array(Buffer.concat([g1, g1.subarray(0, 160)]));
    for (const [address, input, mode] of [
      [5, modexp, MODE.modexpI],
      [12, msm, MODE.msmI],
    ] as const) {
      const start = precompileStep(address, input, MUCH_GAS);
      const begun = { ...start, s: proofOf(start).next };
      expect(begun.s.ctl.mode).toBe(mode);
      const proof = proofOf(begun);
      const args = [CONTEXT, toHex(proof.pre), toHex(proof.packed)];
      const full = await precompile.call("step", args, 15_000_000n);
      const errors = new Set<string>();
      for (let part = 1n; part <= 50n; part++) {
        const outcome = await precompile.call("step", args, (full.gasUsed * part) / 46n);
        if (outcome.ok) expect(outcome.data).toBe(toHex(proof.post));
        else errors.add(outcome.error);
      }
      expect(errors).toContain("CallerGasTooLow");
    }
  });
});

test("changed witnesses are refused, or end in the true root", async () => {
  const rng = new Rng(77);
  for (const name of [
    "ecrecover",
    "modexp, cut",
    "bn pairing",
    "blake2f",
    "G2 MSM",
    "identity, 31 bytes",
  ]) {
    const { address, input } = caseOf(name);
    const proof = proofOf(precompileStep(address, input, MUCH_GAS));
    expect(await contracts.checkMutations(proof, "precompile", rng, 40)).toBeGreaterThan(0);
  }
});

test("StepVerifier hands steps of precompiles and slices to their families", async () => {
  const vm = await SolidityVm.create();
  const [one, two] = [await vm.deploy(StepPrecompile), await vm.deploy(StepCompress)];
  const { inputs } = StepVerifier.abi.find(({ type }) => type === "constructor") as {
    inputs: readonly [{ components: readonly { name: string }[] }];
  };
  const verifier = await vm.deploy(StepVerifier, [
    {
      ...Object.fromEntries(inputs[0].components.map(({ name }) => [name, NOBODY])),
      precompile: one.address,
      compress: two.address,
    },
  ]);
  for (const [address, input, family] of [
    [9, blake2Input(8_000_001, 0), two],
    [2, new Uint8Array(65_537), two],
    [3, new Uint8Array(65_537), two],
    [5, modExp(new Rng(1).bytes(1_024), new Rng(2).bytes(40), new Rng(3).bytes(1_024)), one],
    [14, new Uint8Array(65 * 288), one],
  ] as const) {
    const start = precompileStep(address, input, MUCH_GAS);
    const first = proofOf(start);
    const second = proofOf({ ...start, s: first.next });
    for (const [proof, expected] of [
      [first, one],
      [second, family],
    ] as const) {
      const packed = toHex(proof.packed);
      const picked = await verifier.read<string>("familyOf", [packed]);
      expect(picked.toLowerCase()).toBe(expected.address);
      const post = await verifier.read("step", [CONTEXT, toHex(proof.pre), packed], 15_000_000n);
      expect(post).toBe(toHex(proof.post));
    }
  }
});

test("a family refuses the modes of others", async () => {
  const start = precompileStep(9, blake2Input(8_000_001, 0), MUCH_GAS);
  const first = proofOf(start);
  const second = proofOf({ ...start, s: first.next });
  for (const [family, proof] of [
    ["compress", first],
    ["precompile", second],
  ] as const) {
    const outcome = await contracts.execute(family, proof.pre, proof.packed);
    expect(outcome).toMatchObject({ ok: false, error: "ForeignMode" });
  }
});
