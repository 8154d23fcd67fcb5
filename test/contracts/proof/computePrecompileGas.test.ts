import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  isPrecompile,
  maxPrecompileInput,
  precompileGas,
} from "../../../src/proof/compute/precompileGas.js";
import { toHex } from "../../../src/util/hex.js";
import {
  GAS_ADDRESSES,
  modExpInput,
  randomPrecompileInput,
} from "../../helpers/precompileInputs.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall } from "./computeHarness.js";

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

/** How a call went: "success", "failure", or the error. */
async function outcome(address: number, input: Uint8Array, out: number, gasLimit: bigint) {
  try {
    const [isSuccess] = await call("precompileCall", [address, toHex(input), out], gasLimit);
    return isSuccess ? "success" : "failure";
  } catch (error) {
    return (error as Error).message.replace(/\(.*/, "");
  }
}

describe(`PrecompileGas (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  test.each([...GAS_ADDRESSES, 0x0a])("has the twin's price of precompile %i", async (address) => {
    for (let round = 0; round < 20; round++) {
      const input = randomPrecompileInput(address, random);
      const [gas] = await call("precompileGas", [address, toHex(input)]);
      expect([input.length, gas]).toEqual([input.length, precompileGas(address, input)]);
    }
  });

  test("has the twin's price of MODEXP at the bounds and beyond, and of inputs cut short", async () => {
    const inputs = [new Uint8Array(0), new Uint8Array(96).fill(255), random.bytes(31)];
    const lengthsOf: [number, number, number][] = [
      [1_024, 1_024, 1_024],
      [1_025, 1, 1],
      [1, 1_025, 1],
      [1, 1, 1_025],
      [33, 33, 0],
      [0, 32, 32],
    ];
    for (const lengths of lengthsOf) {
      inputs.push(modExpInput(...lengths, random));
    }
    for (const input of inputs) {
      const [gas] = await call("precompileGas", [5, toHex(input)]);
      expect([toHex(input), gas]).toEqual([toHex(input), precompileGas(5, input)]);
    }
  });

  test("knows the twin's addresses and bounds, and no others", async () => {
    for (const address of [0, 1, 8, 12, 14, 15, 17, 18, 255, 256, 257]) {
      for (const flag of [true, false]) {
        const most = maxPrecompileInput(address, flag);
        const limit = most === Number.POSITIVE_INFINITY ? 2n ** 256n - 1n : BigInt(most);
        const rules = await call("precompileRules", [address, flag]);
        expect([address, ...rules]).toEqual([address, isPrecompile(address), limit]);
      }
    }
    await expect(call("precompileGas", [18, "0x"])).rejects.toThrow("PrecompileGasUnknown(18)");
  });

  test("never calls a lack of gas a failure, however little the caller gives", async () => {
    const modExp = modExpInput(64, 64, 64, createRandom(1));
    modExp.fill(0xff, 96);
    const cases: [number, Uint8Array, number][] = [
      [0x02, random.bytes(64), 32],
      [0x05, modExp, 64],
      [0x08, new Uint8Array(384), 32],
    ];
    for (const [address, input, out] of cases) {
      const price = precompileGas(address, input);
      const seen = new Set<string>();
      for (let round = 0n; round <= 60n; round++) {
        const gasLimit = ((price + 70_000n) * round) / 55n;
        seen.add(await outcome(address, input, out, gasLimit));
      }
      expect([address, [...seen].sort()]).toEqual([
        address,
        ["CallerGasTooLow", "out of gas", "success"],
      ]);
    }
  });

  test("tells a rejected input from all that, also with much gas", async () => {
    const notOnCurve = new Uint8Array(128).fill(1);
    expect(await outcome(0x06, notOnCurve, 64, 10_000_000n)).toBe("failure");
    expect(await outcome(0x06, notOnCurve, 64, 40_000n)).toBe("CallerGasTooLow");
    expect(await outcome(0x09, new Uint8Array(212), 64, 10_000_000n)).toBe("failure");
  });

  test("says how much gas is needed", async () => {
    const needed = (64n * (150n + 50_000n) + 62n) / 63n;
    await expect(
      call("precompileCall", [0x06, toHex(new Uint8Array(128)), 64], 45_000n),
    ).rejects.toThrow(`CallerGasTooLow(${needed})`);
  });
});
