import { expect, test } from "@jest/globals";
import { MODE } from "../../../src/proof/table.js";
import { type Alloc, type EvmMessage, messageStep, runMachine } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";
import { runReference } from "../../helpers/referenceEvm.js";

const CALLER = 0xaan;

const ALLOC: Alloc = new Map([
  [CALLER, { nonce: 5n, balance: 10n ** 18n, code: new Uint8Array(0), storage: new Map() }],
  // Hands its input to the precompile that the first byte names, and keeps hash and size of what comes back.
  [
    0xbb00n,
    {
      nonce: 1n,
      balance: 7n,
      code: new Uint8Array(
        Buffer.from(
          // CALLDATACOPY of all but the first byte, CALL, its result to slot 0.
          "600136036001600037" +
            "60006000600136036000600060003560f81c5af1600055" +
            // RETURNDATACOPY, KECCAK256 to slot 1, RETURNDATASIZE to slot 2.
            "3d600060003e3d6000206001553d60025500",
          "hex",
        ),
      ),
      storage: new Map(),
    },
  ],
]);

async function same(precompile: number, input: Uint8Array, gas = 16_000_000): Promise<Set<number>> {
  const message: EvmMessage = {
    caller: CALLER,
    to: 0xbb00n,
    value: 0n,
    data: Uint8Array.from([precompile, ...input]),
    gas,
  };
  const reference = await runReference(ALLOC, message);
  const { steps, modes, ...mine } = runMachine(messageStep(ALLOC, message), () => {});
  expect({ precompile, ...mine }).toEqual({
    ...reference,
    precompile,
    steps: undefined,
    modes: undefined,
  });
  return new Set(modes.keys());
}

const rng = new Rng(99);

test("SHA-256 and RIPEMD-160 in one step and in slices", async () => {
  for (const length of [0, 1, 55, 64, 65_536]) await same(2, rng.bytes(length));
  for (const length of [65_537, 65_599, 65_600, 100_000]) {
    expect(await same(2, rng.bytes(length))).toContain(MODE.sha256I);
    expect(await same(3, rng.bytes(length))).toContain(MODE.ripemdI);
  }
});

const word = (value: number): Uint8Array => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, value);
  return bytes;
};

test("MODEXP in one step and in slices", async () => {
  const modexp = (b: number, e: number, m: number, cut = 0): Uint8Array => {
    const all = [...word(b), ...word(e), ...word(m), ...rng.bytes(b + e + m)];
    return Uint8Array.from(all.slice(0, all.length - cut));
  };
  for (const [b, e, m] of [
    [1, 1, 1],
    [0, 0, 0],
    [32, 32, 32],
    [40, 3, 64],
    [3, 2, 0],
    [1025, 1, 1],
  ] as const) {
    await same(5, modexp(b, e, m));
  }
  for (const [b, e, m] of [
    [1024, 32, 1024],
    [100, 480, 256],
    [1024, 44, 1000],
  ] as const) {
    expect(await same(5, modexp(b, e, m))).toContain(MODE.modexpI);
  }
  await same(5, modexp(1024, 40, 1024, 300));
  await same(5, modexp(1024, 40, 1024, 1024));
});

test("BLAKE2F in one step and in slices", async () => {
  const blake = (rounds: number, flag: number): Uint8Array => {
    const input = rng.bytes(213);
    new DataView(input.buffer).setUint32(0, rounds);
    input[212] = flag;
    return input;
  };
  for (const [rounds, flag] of [
    [0, 0],
    [12, 1],
    [1, 2],
    [2_001, 0],
  ] as const) {
    await same(9, blake(rounds, flag));
  }
  await same(9, rng.bytes(212));
});

test("the multi-scalar multiplications of BLS12-381 in one step and in slices", async () => {
  const g1 = fromHexWords(
    "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1",
  );
  const pairs = (count: number): Uint8Array =>
    Uint8Array.from(
      Array.from({ length: count }, () => [...g1, ...new Uint8Array(30), ...rng.bytes(2)]).flat(),
    );
  await same(12, pairs(2));
  expect(await same(12, pairs(64))).not.toContain(MODE.msmI);
  expect(await same(12, pairs(65))).toContain(MODE.msmI);
  expect(await same(12, pairs(129))).toContain(MODE.msmI);
  const bad = pairs(130);
  bad[160 * 100 + 127] = 1;
  expect(await same(12, bad)).toContain(MODE.msmI);
});

/** Field elements of 48 bytes, each in 64. */
function fromHexWords(...elements: string[]): number[] {
  return elements.flatMap((hex) => [...new Uint8Array(16), ...Buffer.from(hex, "hex")]);
}

test("points that are none make the other precompiles fail or answer nothing", async () => {
  for (const precompile of [1, 4, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17]) {
    for (const length of [0, 1, 64, 96, 128, 160, 192, 213, 256, 288, 384, 512]) {
      await same(precompile, new Uint8Array(length));
      await same(precompile, rng.bytes(length));
    }
  }
});
