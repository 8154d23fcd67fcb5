import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  isPrecompile,
  maxPrecompileInput,
  precompileGas,
  UNPAYABLE_GAS,
} from "../../../src/proof/compute/precompileGas.js";
import { createRandom, SEED } from "../../contracts/vectors/random.js";
import {
  GAS_ADDRESSES,
  modExpInput,
  randomPrecompileInput,
} from "../../helpers/precompileInputs.js";

/** What a run without enough gas ends with. */
const OUT_OF_GAS = "out of gas";

let evm: EVM;
beforeAll(async () => {
  evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }) });
});

async function run(address: number, data: Uint8Array, gasLimit: bigint) {
  const to = createAddressFromString(`0x${address.toString(16).padStart(40, "0")}`);
  const { execResult } = await evm.runCall({ to, data, gasLimit });
  return { error: execResult.exceptionError?.error as string, gas: execResult.executionGasUsed };
}

describe(`prices of precompiles (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  test.each(GAS_ADDRESSES)("precompile %i takes exactly what the EVM takes", async (address) => {
    for (let round = 0; round < 12; round++) {
      const input = randomPrecompileInput(address, random);
      const gas = precompileGas(address, input);
      const enough = await run(address, input, gas);
      const what = `round ${round}, ${input.length} bytes, ${gas} gas`;
      expect([what, enough.error === OUT_OF_GAS, enough.gas]).toEqual([what, false, gas]);
      if (gas === 0n) continue;
      expect([what, (await run(address, input, gas - 1n)).error]).toEqual([what, OUT_OF_GAS]);
    }
  });

  test("MODEXP beyond a bound of EIP-7823 has no price that anybody can pay", async () => {
    const tooLong: [number, number, number][] = [
      [1_025, 1, 1],
      [1, 1_025, 1],
      [1, 1, 1_025],
    ];
    for (const lengths of tooLong) {
      const input = modExpInput(...lengths, random);
      expect(precompileGas(0x05, input)).toBe(UNPAYABLE_GAS);
      expect((await run(0x05, input, 10n ** 12n)).error).toBe(OUT_OF_GAS);
    }
    const atBound = modExpInput(1_024, 1_024, 1_024, random);
    expect(precompileGas(0x05, atBound)).toBeLessThan(UNPAYABLE_GAS);
    // A length of 2^256 - 1 is one of them.
    expect(precompileGas(0x05, new Uint8Array(96).fill(255))).toBe(UNPAYABLE_GAS);
  });

  test("BLAKE2F costs its rounds, and nothing if the input has another length", () => {
    const input = new Uint8Array(213).fill(0xff, 0, 4);
    expect(precompileGas(0x09, input)).toBe(2n ** 32n - 1n);
    expect(precompileGas(0x09, input.subarray(0, 212))).toBe(0n);
  });

  test("the addresses and the bounds are those of the chain", () => {
    const all = Array.from({ length: 0x110 }, (_, at) => at).filter(isPrecompile);
    expect(all).toEqual([...Array.from({ length: 17 }, (_, at) => at + 1), 0x100]);
    expect(maxPrecompileInput(0x08, true)).toBe(57_600);
    expect([true, false].map((flag) => maxPrecompileInput(0x0f, flag))).toEqual([98_304, 156_672]);
    expect(maxPrecompileInput(0x05, true)).toBe(Number.POSITIVE_INFINITY);
    expect(() => precompileGas(0x12, new Uint8Array(0))).toThrow(
      expect.objectContaining({ code: "COMPUTE_BAD_SLICE" }),
    );
  });
});
