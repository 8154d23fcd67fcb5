import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  FAST_LZ_STEP_BYTES,
  type FastLzState,
  fastLzResult,
  fastLzWindow,
  isFastLzDone,
  runFastLz,
  startFastLz,
} from "../../../src/proof/compute/fastLzRun.js";
import { fastLzLength } from "../../../src/protocol/fastLz.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { createRandom, SEED } from "../vectors/random.js";
import { createHarness, type HarnessCall, printGas } from "./computeHarness.js";

const MAX_GAS_PER_STEP = 6_000_000n;

let call: HarnessCall;
beforeAll(async () => {
  call = await createHarness();
});

/** The state word of FastLzRun. */
const pack = ({ position, anchor, length, distance }: FastLzState): bigint =>
  (BigInt(position) << 96n) | (BigInt(anchor) << 64n) | (BigInt(length) << 32n) | BigInt(distance);

function packTable(table: Uint32Array): Hex {
  const bytes = new DataView(new ArrayBuffer(4 * table.length));
  for (const [index, position] of table.entries()) bytes.setUint32(4 * index, position);
  return toHex(new Uint8Array(bytes.buffer));
}

describe(`FastLzRun (seed ${SEED})`, () => {
  const random = createRandom(SEED);

  /** Runs both twins slice by slice, compares each state, and gives the most gas of a slice. */
  async function runBoth(data: Uint8Array, strideOf: () => number): Promise<bigint> {
    let state = startFastLz();
    let mostGas = 0n;
    while (!isFastLzDone(state, data.length)) {
      const stop = state.position + strideOf();
      const { start, end } = fastLzWindow(state, data.length, stop);
      const word = pack(state);
      expect(await call("fastLzWindow", [word, data.length, stop])).toEqual([
        BigInt(start),
        BigInt(end),
      ]);
      const next = runFastLz(state, data, 0, data.length, stop);
      const window = toHex(data.subarray(start, end));
      const args = [word, packTable(state.table), window, start, data.length, stop];
      const [stateAfter, tableAfter, gas] = await call("fastLzRun", args);
      const at = `${data.length} bytes, ${state.position} to ${stop}`;
      expect([at, stateAfter, tableAfter]).toEqual([at, pack(next), packTable(next.table)]);
      if ((gas as bigint) > mostGas) mostGas = gas as bigint;
      state = next;
    }
    const result = fastLzLength(data);
    expect(fastLzResult(state, data.length)).toBe(result);
    expect(await call("fastLzResult", [pack(state), data.length])).toEqual([BigInt(result)]);
    return mostGas;
  }

  test("is the twin's in every state of short inputs, byte by byte", async () => {
    for (const length of [0, 1, 13, 14, 15, 16, 17, 18, 30])
      await runBoth(random.contents(length), () => 1);
    await runBoth(new Uint8Array(24), () => 1);
  });

  test("is the twin's in random slices of random inputs", async () => {
    for (let round = 0; round < 25; round++) {
      const data = random.contents(random.below(2_000));
      await runBoth(data, () => 1 + random.below(900));
    }
  });

  test("is the twin's for long matches and far ones", async () => {
    await runBoth(new Uint8Array(40_000), () => FAST_LZ_STEP_BYTES);
    const piece = random.bytes(8_192);
    for (const period of [8_191, 8_192]) {
      const data = new Uint8Array(20_000).map((_, at) => piece[at % period] as number);
      await runBoth(data, () => FAST_LZ_STEP_BYTES);
    }
  });

  test("costs at most 6,000,000 gas for 16,384 bytes", async () => {
    const steps: [string, Uint8Array][] = [
      ["noise", random.bytes(18_000)],
      ["zeroes", new Uint8Array(18_000)],
      ["short matches", shortMatches(18_000, createRandom(1).bytes(18_000))],
    ];
    for (const [name, data] of steps) {
      const gas = await runBoth(data, () => FAST_LZ_STEP_BYTES);
      printGas(`FastLZ, 16,384 bytes of ${name}`, gas);
      expect([name, gas <= MAX_GAS_PER_STEP]).toEqual([name, true]);
    }
  });

  test("refuses a window that is too small, and a result before the end", async () => {
    const table = toHex(new Uint8Array(0x8000));
    const window = toHex(new Uint8Array(51));
    await expect(
      call("fastLzRun", [pack(startFastLz()), table, window, 0, 100, 50]),
    ).rejects.toThrow("FastLzRunWindowTooSmall(0, 51, 0, 52)");
    await expect(call("fastLzResult", [pack(startFastLz()), 100])).rejects.toThrow(
      "FastLzRunNotDone(2, 100)",
    );
  });

  test("writes back what lies behind the table", async () => {
    const data = random.bytes(200);
    const args = [
      pack(startFastLz()),
      toHex(new Uint8Array(0x8000 + 32).fill(0xab, 0x8000)),
      toHex(data),
      0,
      200,
      150,
    ];
    const [, table] = await call("fastLzRun", args);
    expect(fromHex(table as Hex).subarray(0x8000)).toEqual(new Uint8Array(32).fill(0xab));
  });
});

/** Random words of three bytes out of a few: a match every three bytes, the most that there can be. */
function shortMatches(length: number, noise: Uint8Array): Uint8Array {
  const data = new Uint8Array(length);
  for (let at = 0; at + 3 < length; at += 3) {
    const word = (noise[at] as number) % 128;
    data.set([word, 200, word ^ 127], at);
  }
  return data;
}
