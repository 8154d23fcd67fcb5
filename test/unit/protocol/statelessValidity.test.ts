import { RLP } from "@ethereumjs/rlp";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { TransactionSerializable } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  decodeTx,
  isCanonicalRlp,
  isStatelesslyValid,
  recoverSender,
} from "../../../src/protocol/index.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { check } from "./arbitraries.js";

const CHAIN_ID = 901;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const to = account.address;

const sign = async (tx: Record<string, unknown>): Promise<Uint8Array> =>
  fromHex(await account.signTransaction(tx as TransactionSerializable));
const is = (raw: Uint8Array) => isStatelesslyValid(raw, CHAIN_ID);

const dynamic = { type: "eip1559", chainId: CHAIN_ID, gas: 21_000n, maxFeePerGas: 9n, to };
let valid: Uint8Array[] = [];

beforeAll(async () => {
  const authorization = await account.signAuthorization({
    address: to,
    chainId: CHAIN_ID,
    nonce: 0,
  });
  const accessList = [{ address: to, storageKeys: [`0x${"22".repeat(32)}`] }];
  const list = [
    { type: "legacy", chainId: CHAIN_ID, gasPrice: 1n, gas: 21_000n, to },
    { type: "legacy", gasPrice: 1n, gas: 21_000n, to },
    { type: "eip2930", chainId: CHAIN_ID, gasPrice: 1n, gas: 25_300n, to, accessList },
    { ...dynamic, maxPriorityFeePerGas: 9n },
    { ...dynamic, type: "eip7702", gas: 46_000n, authorizationList: [authorization] },
  ];
  valid = await Promise.all(list.map(sign));
});

/** The same transaction with one field of its RLP list replaced. */
function withField(raw: Uint8Array, index: number, value: unknown): Uint8Array {
  const fields = RLP.decode(raw.subarray(1)) as unknown[];
  fields[index] = value;
  return Uint8Array.from([raw[0] as number, ...RLP.encode(fields as Uint8Array[])]);
}

describe("isStatelesslyValid", () => {
  test("accepts the four types, protected or not, and knows their sender", () => {
    for (const raw of valid) {
      expect(is(raw)).toBe(true);
      expect(recoverSender(decodeTx(raw, CHAIN_ID))).toBe(account.address.toLowerCase());
    }
  });

  test("refuses other types, deposits included", () => {
    const [, , , body] = valid as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    for (const type of [0x00, 0x03, 0x05, 0x7e, 0x7f, 0x80, 0xbf]) {
      expect(is(Uint8Array.from([type, ...body.subarray(1)]))).toBe(false);
    }
    expect(is(new Uint8Array(0))).toBe(false);
  });

  test("refuses another chain's transaction", async () => {
    for (const type of ["legacy", "eip2930", "eip1559"]) {
      const fees = type === "eip1559" ? { maxFeePerGas: 9n } : { gasPrice: 9n };
      expect(is(await sign({ type, chainId: 1, gas: 30_000n, to, ...fees }))).toBe(false);
    }
  });

  test("wants the intrinsic gas and the floor of EIP-7623, and at most 2^24", async () => {
    expect(is(await sign({ ...dynamic, gas: 20_999n }))).toBe(false);
    // 100 non-zero bytes: intrinsic 22,600; floor 25,000.
    const data: Hex = `0x${"01".repeat(100)}`;
    expect(is(await sign({ ...dynamic, data, gas: 24_999n }))).toBe(false);
    expect(is(await sign({ ...dynamic, data, gas: 25_000n }))).toBe(true);
    expect(is(await sign({ ...dynamic, gas: 2n ** 24n }))).toBe(true);
    expect(is(await sign({ ...dynamic, gas: 2n ** 24n + 1n }))).toBe(false);
    expect(is(await sign({ ...dynamic, to: undefined, gas: 52_999n }))).toBe(false);
    expect(is(await sign({ ...dynamic, to: undefined, gas: 53_000n }))).toBe(true);
  });

  test("refuses a tip above the fee cap, and init code over 49,152 bytes", async () => {
    const raw = withField(valid[3] as Uint8Array, 2, Uint8Array.of(10));
    expect(is(raw)).toBe(false);
    const creation = { ...dynamic, to: undefined, gas: 16_000_000n };
    expect(is(await sign({ ...creation, data: `0x${"00".repeat(49_152)}` }))).toBe(true);
    expect(is(await sign({ ...creation, data: `0x${"00".repeat(49_153)}` }))).toBe(false);
  });

  test("refuses more than 110,000 bytes", async () => {
    const overhead =
      (await sign({ ...dynamic, gas: 16_000_000n, data: `0x${"00".repeat(109_000)}` })).length -
      109_000;
    const fits = await sign({
      ...dynamic,
      gas: 16_000_000n,
      data: `0x${"00".repeat(110_000 - overhead)}`,
    });
    const over = await sign({
      ...dynamic,
      gas: 16_000_000n,
      data: `0x${"00".repeat(110_001 - overhead)}`,
    });
    expect([fits.length, is(fits)]).toEqual([110_000, true]);
    expect([over.length, is(over)]).toEqual([110_001, false]);
  });

  test("refuses nonce 2^64 - 1, and a type 4 transaction without recipient or authorization", async () => {
    const raw = valid[3] as Uint8Array;
    expect(is(withField(raw, 1, new Uint8Array(8).fill(255)))).toBe(false);
    expect(is(withField(raw, 1, Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 254)))).toBe(true);
    const setCode = valid[4] as Uint8Array;
    expect(is(withField(setCode, 5, new Uint8Array(0)))).toBe(false);
    expect(is(withField(setCode, 9, []))).toBe(false);
  });

  test("refuses a missing, high-s, zero or impossible signature", () => {
    const raw = valid[3] as Uint8Array;
    const fields = RLP.decode(raw.subarray(1)) as Uint8Array[];
    const s = BigInt(toHex(fields[11] as Uint8Array));
    const parity = fields[9]?.length === 0 ? Uint8Array.of(1) : new Uint8Array(0);
    const highS = withField(
      withField(raw, 11, fromHex(`0x${(ORDER - s).toString(16).padStart(64, "0")}`)),
      9,
      parity,
    );
    expect(is(highS)).toBe(false);
    for (const [index, value] of [
      [9, Uint8Array.of(2)],
      [10, new Uint8Array(0)],
      [11, new Uint8Array(0)],
      [10, new Uint8Array(32).fill(255)],
      [10, new Uint8Array(33).fill(1)],
    ] as const) {
      expect(is(withField(raw, index, value))).toBe(false);
    }
    const unsigned = Uint8Array.from([2, ...RLP.encode(fields.slice(0, 9))]);
    expect(is(unsigned)).toBe(false);
  });

  test("refuses re-encodings: leading zeros, long lengths, bytes left over, nested or missing fields", () => {
    const raw = valid[3] as Uint8Array;
    expect(is(withField(raw, 1, Uint8Array.of(0)))).toBe(false);
    expect(is(withField(raw, 4, Uint8Array.of(0, 82, 8)))).toBe(false);
    expect(is(withField(raw, 0, Uint8Array.of(0, 3, 133)))).toBe(false);
    expect(is(Uint8Array.from([...raw, 0]))).toBe(false);
    expect(is(withField(raw, 7, [Uint8Array.of(1)]))).toBe(false);
    expect(is(withField(raw, 8, Uint8Array.of(1)))).toBe(false);
    expect(is(withField(raw, 8, [[to]]))).toBe(false);
    expect(is(withField(raw, 8, [[fromHex(to), [Uint8Array.of(1)]]]))).toBe(false);
    expect(is(withField(raw, 5, fromHex(to).slice(1)))).toBe(false);
    expect(is(withField(raw, 12, new Uint8Array(0)))).toBe(false);
  });

  test("refuses an access list whose parts are strings for lists or lists for strings", () => {
    const raw = valid[2] as Uint8Array;
    const field = 7;
    const address = fromHex(to);
    const empty = new Uint8Array(0);
    expect(is(withField(raw, field, []))).toBe(true);
    expect(is(withField(raw, field, [[address, []]]))).toBe(true);
    expect(is(withField(raw, field, empty))).toBe(false);
    expect(is(withField(raw, field, [[address, empty]]))).toBe(false);
    expect(is(withField(raw, field, [[Array(20).fill(empty), []]]))).toBe(false);
    expect(is(withField(raw, field, [[address, [Array(32).fill(empty)]]]))).toBe(false);
    expect(is(withField(raw, field, [[address, [], []]]))).toBe(false);
  });

  test("is never undone by changed bytes: they are refused, or a different canonical transaction", () => {
    check(
      fc.tuple(fc.nat(4), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean()),
      ([which, at, bits, cut]) => {
        const raw = (valid[which] as Uint8Array).slice();
        const index = at % raw.length;
        raw[index] = (raw[index] as number) ^ bits;
        const changed = cut ? raw.subarray(0, index) : raw;
        if (is(changed)) expect(decodeTx(changed, CHAIN_ID).serialize()).toEqual(changed);
      },
      4_000,
    );
  });

  test("hostile nesting is refused without recursion into it", () => {
    const deep = new Uint8Array(100_000).fill(0xc1);
    expect(is(deep)).toBe(false);
    let nested: Uint8Array = Uint8Array.of(0xc0);
    for (let i = 0; i < 2_000; i++) nested = RLP.encode([nested]).subarray();
    expect(is(nested)).toBe(false);
    expect(is(Uint8Array.from([2, ...nested]))).toBe(false);
  });
});

describe("isCanonicalRlp", () => {
  const items = fc.letrec((tie) => ({
    item: fc.oneof(
      { maxDepth: 4 },
      fc.uint8Array({ maxLength: 70 }),
      fc.array(tie("item"), { maxLength: 4 }),
    ),
  })).item;

  test("accepts what an encoder writes, up to the depth, and nothing longer or shorter", () => {
    const depthOf = (item: unknown): number =>
      Array.isArray(item) ? 1 + Math.max(0, ...item.map(depthOf)) : 0;
    check(items, (item) => {
      const bytes = RLP.encode(item as Uint8Array);
      const depth = depthOf(item);
      expect(isCanonicalRlp(bytes, depth)).toBe(true);
      if (depth > 0) expect(isCanonicalRlp(bytes, depth - 1)).toBe(false);
      expect(isCanonicalRlp(Uint8Array.from([...bytes, 0]), depth)).toBe(false);
      expect(isCanonicalRlp(bytes.subarray(0, -1), depth)).toBe(false);
    });
  });

  test("random bytes it accepts are encoded to the same bytes", () => {
    check(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      (bytes) => {
        if (isCanonicalRlp(bytes, 20)) expect(RLP.encode(RLP.decode(bytes))).toEqual(bytes);
      },
      5_000,
    );
  });
});
