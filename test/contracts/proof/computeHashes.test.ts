import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ripemd160Compress, startRipemd160 } from "../../../src/proof/compute/ripemd160Blocks.js";
import { sha256Compress, startSha256 } from "../../../src/proof/compute/sha256Blocks.js";
import { type Hex, toHex } from "../../../src/util/hex.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const BLOCK = 64;
/** 128 blocks, what a step takes, cost less than 3,000,000 gas. */
const MAX_GAS_PER_BLOCK = 23_000;
const HASHES = [
  { name: "sha256", start: startSha256(), compress: sha256Compress, error: "Sha256BlocksBadTail" },
  {
    name: "ripemd160",
    start: startRipemd160(),
    compress: ripemd160Compress,
    error: "Ripemd160BlocksBadTail",
  },
];

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

describe.each(HASHES)(`$name in Solidity (seed ${SEED})`, ({ name, start, compress, error }) => {
  const random = createRandom(SEED);
  const words = (state: Uint8Array) => BigInt(toHex(state));

  test("gives the digest in random slices, and the twin's state after each", async () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1_000, 2_017]) {
      const message = random.bytes(length);
      let state = start;
      let at = 0;
      while (length - at >= BLOCK) {
        const bytes = BLOCK * (1 + random.below(Math.floor((length - at) / BLOCK)));
        const blocks = message.subarray(at, at + bytes);
        const [after] = await call(`${name}Compress`, [words(state), toHex(blocks)]);
        state = compress(state, blocks);
        expect([length, at, after]).toEqual([length, at, words(state)]);
        at += bytes;
      }
      const args = [words(state), toHex(message.subarray(at)), length];
      const [digest] = await call(`${name}Finish`, args);
      const expected = createHash(name).update(message).digest("hex").padStart(64, "0");
      expect([length, digest]).toEqual([length, `0x${expected}`]);
    }
  });

  test("leaves the state alone when there is no block", async () => {
    expect((await call(`${name}Compress`, [words(start), "0x"]))[0]).toBe(words(start));
  });

  test("refuses a tail that does not fit the length, and a length of 2^61", async () => {
    const finish = (tail: Hex, length: bigint) =>
      call(`${name}Finish`, [words(start), tail, length]);
    await expect(finish("0x1234", 65n)).rejects.toThrow(`${error}(2, 65)`);
    await expect(finish("0x", 2n ** 61n)).rejects.toThrow(error);
  });

  test("costs little enough for 128 blocks in a step", async () => {
    const [, gas] = await call(`${name}Compress`, [words(start), toHex(random.bytes(128 * BLOCK))]);
    const each = Math.ceil(Number(gas) / 128);
    printGas(`${name}, a block`, each);
    expect(each).toBeLessThanOrEqual(MAX_GAS_PER_BLOCK);
  });
});
