import { describe, expect, test } from "@jest/globals";
import { parseEnvelope } from "../../../../src/proof/tx/parseEnvelope.js";
import { isStatelesslyValid } from "../../../../src/protocol/statelessValidity.js";
import { toHex } from "../../../../src/util/hex.js";
import {
  ENVELOPE_ACCOUNT,
  ENVELOPE_CHAIN_ID,
  ENVELOPE_DATA,
  envelopeRandom,
  mutateEnvelope,
  oddEnvelope,
  signedEnvelopes,
} from "../../../helpers/envelopes.js";

const CHAIN_ID = ENVELOPE_CHAIN_ID;
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 4_000);
const ODD_RUNS = RUNS / 4;

describe("parseEnvelope", () => {
  test("fields, sender and gas are those that were signed", async () => {
    const [legacy, unprotected, listed, dynamic, creation, delegating, tooMuch, tooLittle] =
      await signedEnvelopes();
    for (const raw of [legacy, unprotected, listed, dynamic, creation, delegating]) {
      const parsed = parseEnvelope(raw as Uint8Array, BigInt(CHAIN_ID));
      expect(parsed?.sender).toBe(BigInt(ENVELOPE_ACCOUNT.address));
      expect(parsed?.nonce).toBe(3n);
      expect(parsed?.value).toBe(5n);
    }
    const parsed = parseEnvelope(listed as Uint8Array, BigInt(CHAIN_ID));
    expect(parsed?.intrinsic).toBe(21_000 + 4 * (2 + 8) + 2 * 2_400 + 2 * 1_900);
    expect(parsed?.floor).toBe(21_000 + 10 * (2 + 8));
    expect(
      toHex((listed as Uint8Array).subarray(parsed?.dataOff, (parsed?.dataOff ?? 0) + 4)),
    ).toBe(ENVELOPE_DATA);
    expect(parseEnvelope(delegating as Uint8Array, BigInt(CHAIN_ID))?.intrinsic).toBe(46_040);
    expect(parseEnvelope(tooMuch as Uint8Array, BigInt(CHAIN_ID))).toBeUndefined();
    expect(parseEnvelope(tooLittle as Uint8Array, BigInt(CHAIN_ID))).toBeUndefined();
    expect(parseEnvelope(legacy as Uint8Array, 902n)).toBeUndefined();
  });

  test(`keeps what derivation keeps, on ${RUNS} mutated envelopes`, async () => {
    const next = envelopeRandom(Number(process.env.FOVEA_FUZZ_SEED ?? 1));
    const all = await signedEnvelopes();
    let kept = 0;
    for (let i = 0; i < RUNS; i++) {
      let raw = all[next() % all.length] as Uint8Array;
      for (let times = next() % 3; times > 0; times--) raw = mutateEnvelope(raw, next);
      const expected = isStatelesslyValid(raw, CHAIN_ID);
      if (expected) kept++;
      if ((parseEnvelope(raw, BigInt(CHAIN_ID)) !== undefined) !== expected) {
        throw new Error(`differs (derivation says ${expected}): ${toHex(raw)}`);
      }
    }
    expect(kept).toBeGreaterThan(RUNS / 20);
  });

  test(`keeps what derivation keeps, on ${ODD_RUNS} signed envelopes at the edges of what is valid`, async () => {
    const next = envelopeRandom(Number(process.env.FOVEA_FUZZ_SEED ?? 2));
    let kept = 0;
    for (let i = 0; i < ODD_RUNS; i++) {
      const raw = await oddEnvelope(next);
      const expected = isStatelesslyValid(raw, CHAIN_ID);
      if (expected) kept++;
      if ((parseEnvelope(raw, BigInt(CHAIN_ID)) !== undefined) !== expected) {
        throw new Error(`differs (derivation says ${expected}): ${toHex(raw)}`);
      }
    }
    expect(kept).toBeGreaterThan(ODD_RUNS / 5);
    expect(kept).toBeLessThan((ODD_RUNS * 4) / 5);
  });
});
