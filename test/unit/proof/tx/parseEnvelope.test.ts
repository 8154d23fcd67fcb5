import { describe, expect, test } from "@jest/globals";
import { privateKeyToAccount } from "viem/accounts";
import { parseEnvelope } from "../../../../src/proof/tx/parseEnvelope.js";
import { isStatelesslyValid } from "../../../../src/protocol/statelessValidity.js";
import { fromHex, type Hex, toHex } from "../../../../src/util/hex.js";

const CHAIN_ID = 901;
const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const TO = `0x${"ab".repeat(20)}` as const;
const KEY = `0x${"cd".repeat(32)}` as const;
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 4_000);

const base = { nonce: 3, gas: 200_000n, value: 5n, data: "0x00ff00aa", to: TO } as const;
const fees = { maxFeePerGas: 10n, maxPriorityFeePerGas: 2n, chainId: CHAIN_ID } as const;

async function samples(): Promise<Uint8Array[]> {
  const auth = await account.signAuthorization({ chainId: CHAIN_ID, address: TO, nonce: 7 });
  const accessList = [
    { address: TO, storageKeys: [KEY, KEY] },
    { address: `0x${"01".repeat(20)}` as const, storageKeys: [] },
  ];
  const signed: Hex[] = [
    await account.signTransaction({ ...base, type: "legacy", gasPrice: 9n, chainId: CHAIN_ID }),
    await account.signTransaction({ ...base, type: "legacy", gasPrice: 9n }),
    await account.signTransaction({
      ...base,
      type: "eip2930",
      gasPrice: 9n,
      chainId: CHAIN_ID,
      accessList,
    }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", accessList }),
    await account.signTransaction({
      ...base,
      ...fees,
      to: undefined,
      type: "eip1559",
      data: `0x${"60".repeat(70)}`,
    }),
    await account.signTransaction({ ...base, ...fees, type: "eip7702", authorizationList: [auth] }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", gas: 2n ** 24n + 1n }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", gas: 21_000n }),
  ];
  return signed.map((raw) => fromHex(raw));
}

/** A small generator, so that a seed replays a failure. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
}

function mutate(raw: Uint8Array, next: () => number): Uint8Array {
  const bytes = [...raw];
  const at = next() % bytes.length;
  const kind = next() % 5;
  if (kind === 0) bytes[at] = next() & 0xff;
  else if (kind === 1) bytes[at] = (bytes[at] as number) ^ (1 << (next() % 8));
  else if (kind === 2) bytes.splice(at, 1);
  else if (kind === 3) bytes.splice(at, 0, next() & 0xff);
  else bytes[next() % Math.min(12, bytes.length)] = next() & 0xff;
  return Uint8Array.from(bytes);
}

describe("parseEnvelope", () => {
  test("fields, sender and gas are those that were signed", async () => {
    const [legacy, unprotected, listed, dynamic, creation, delegating, tooMuch, tooLittle] =
      await samples();
    for (const raw of [legacy, unprotected, listed, dynamic, creation, delegating]) {
      const parsed = parseEnvelope(raw as Uint8Array, BigInt(CHAIN_ID));
      expect(parsed?.sender).toBe(BigInt(account.address));
      expect(parsed?.nonce).toBe(3n);
      expect(parsed?.value).toBe(5n);
    }
    const parsed = parseEnvelope(listed as Uint8Array, BigInt(CHAIN_ID));
    expect(parsed?.intrinsic).toBe(21_000 + 4 * (2 + 8) + 2 * 2_400 + 2 * 1_900);
    expect(parsed?.floor).toBe(21_000 + 10 * (2 + 8));
    expect(
      toHex((listed as Uint8Array).subarray(parsed?.dataOff, (parsed?.dataOff ?? 0) + 4)),
    ).toBe(base.data);
    expect(parseEnvelope(delegating as Uint8Array, BigInt(CHAIN_ID))?.intrinsic).toBe(46_040);
    expect(parseEnvelope(tooMuch as Uint8Array, BigInt(CHAIN_ID))).toBeUndefined();
    expect(parseEnvelope(tooLittle as Uint8Array, BigInt(CHAIN_ID))).toBeUndefined();
    expect(parseEnvelope(legacy as Uint8Array, 902n)).toBeUndefined();
  });

  test(`keeps what derivation keeps, on ${RUNS} mutated envelopes`, async () => {
    const next = random(Number(process.env.FOVEA_FUZZ_SEED ?? 1));
    const all = await samples();
    let kept = 0;
    for (let i = 0; i < RUNS; i++) {
      let raw = all[next() % all.length] as Uint8Array;
      for (let times = next() % 3; times > 0; times--) raw = mutate(raw, next);
      const expected = isStatelesslyValid(raw, CHAIN_ID);
      if (expected) kept++;
      if ((parseEnvelope(raw, BigInt(CHAIN_ID)) !== undefined) !== expected) {
        throw new Error(`differs (derivation says ${expected}): ${toHex(raw)}`);
      }
    }
    expect(kept).toBeGreaterThan(RUNS / 20);
  });
});
