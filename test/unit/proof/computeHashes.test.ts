import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import {
  ripemd160Compress,
  ripemd160Finish,
  startRipemd160,
} from "../../../src/proof/compute/ripemd160Blocks.js";
import {
  sha256Compress,
  sha256Finish,
  startSha256,
} from "../../../src/proof/compute/sha256Blocks.js";
import { createRandom, SEED } from "../../contracts/vectors/random.js";

const BLOCK = 64;
const HASHES = [
  { name: "sha256", start: startSha256, compress: sha256Compress, finish: sha256Finish },
  {
    name: "ripemd160",
    start: startRipemd160,
    compress: ripemd160Compress,
    finish: ripemd160Finish,
  },
];

describe.each(HASHES)(`$name in slices (seed ${SEED})`, ({ name, start, compress, finish }) => {
  const random = createRandom(SEED);

  test("gives the digest for every length around a block's edges and for long inputs", () => {
    const lengths = [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 8_192, 50_001];
    for (const length of lengths) {
      const message = random.bytes(length);
      let state = start();
      let at = 0;
      while (length - at >= BLOCK) {
        const bytes = BLOCK * (1 + random.below(Math.floor((length - at) / BLOCK)));
        state = compress(state, message.subarray(at, at + bytes));
        at += bytes;
      }
      const digest = Buffer.from(finish(state, message.subarray(at), length)).toString("hex");
      const expected = createHash(name).update(message).digest("hex");
      expect([length, digest]).toEqual([length, expected]);
    }
  });

  test("keeps the state that it is given", () => {
    const state = start();
    compress(state, new Uint8Array(BLOCK));
    expect(state).toEqual(start());
    expect(compress(state, new Uint8Array(0))).toEqual(state);
  });

  test("refuses a state, blocks or a tail of a wrong size", () => {
    const refused = (run: () => unknown, code: string) =>
      expect(run).toThrow(expect.objectContaining({ code }));
    refused(() => compress(start().subarray(1), new Uint8Array(0)), "COMPUTE_BAD_STATE");
    refused(() => compress(start(), new Uint8Array(63)), "COMPUTE_BAD_SLICE");
    refused(() => finish(start(), new Uint8Array(2), 65), "COMPUTE_BAD_SLICE");
    refused(() => finish(start(), new Uint8Array(64), 64), "COMPUTE_BAD_SLICE");
  });
});
