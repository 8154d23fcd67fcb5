import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepTx } from "../../../src/contracts/generated/StepTx.js";
import { encodeRlp, integerToBytes, type RlpItem } from "../../../src/engine/state/rlp.js";
import { runStep } from "../../../src/proof/machine.js";
import { MODE } from "../../../src/proof/table.js";
import { fromHex, toHex } from "../../../src/util/hex.js";
import {
  ENVELOPE_TO,
  envelopeRandom,
  mutateEnvelope,
  oddEnvelope,
  signedEnvelopes,
  signFields,
} from "../../helpers/envelopes.js";
import { SolidityVm } from "../../helpers/solidityVm.js";
import {
  type CheckedStep,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";
import { envelopeStep } from "../../helpers/txSteps.js";

const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 200);
const SEED = Number(process.env.FOVEA_FUZZ_SEED ?? 7);
const MOST_BYTES = 120_000;
const TX_BYTES = 110_000;

let families: StepEquivalence;

beforeAll(async () => {
  families = await StepEquivalence.create({ tx: StepTx });
});

/** Checks TXPARSE; the envelope is named if the contract decides otherwise. */
async function parse(raw: Uint8Array): Promise<CheckedStep> {
  try {
    return await families.check(envelopeStep(raw));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : ""}, for ${toHex(raw)}`);
  }
}

const isKept = (step: CheckedStep): boolean => step.proof.next.ctl.mode === MODE.fastlz;

/** A type 1 transaction of exactly `size` bytes: `list`, and as much data as fits. */
async function sized(size: number, list: RlpItem, byte: number): Promise<Uint8Array> {
  const make = (dataLen: number) =>
    signFields({
      type: 1,
      fields: [
        integerToBytes(3n),
        integerToBytes(9n),
        integerToBytes(2n ** 24n),
        fromHex(ENVELOPE_TO),
        integerToBytes(5n),
        new Uint8Array(dataLen).fill(byte),
        list,
      ],
    });
  let dataLen = Math.max(0, size - encodeRlp(list).length - 140);
  for (let tries = 0; tries < 8; tries++) {
    const raw = await make(dataLen);
    if (raw.length === size) return raw;
    dataLen += size - raw.length;
  }
  throw new Error(`no transaction of ${size} bytes`);
}

/** An access list of items with so many keys each. */
function accessList(items: number, keys: number): RlpItem {
  return Array.from({ length: items }, (_, i) => [
    new Uint8Array(20).fill(i + 1),
    Array.from({ length: keys }, (_, key) => new Uint8Array(32).fill(key + 1)),
  ]);
}

describe("TXPARSE", () => {
  test("keeps and drops signed envelopes of all types as the machine does", async () => {
    const steps = await Promise.all((await signedEnvelopes()).map(parse));
    expect(steps.map(isKept)).toEqual([true, true, true, true, true, true, false, false]);
    process.stdout.write(gasLine("TXPARSE, small", steps));
  });

  test(`decides as the machine on ${RUNS} mutated envelopes`, async () => {
    const next = envelopeRandom(SEED);
    const all = await signedEnvelopes();
    let kept = 0;
    for (let i = 0; i < RUNS; i++) {
      let raw = all[next() % all.length] as Uint8Array;
      for (let times = next() % 3; times > 0; times--) raw = mutateEnvelope(raw, next);
      if (isKept(await parse(raw))) kept++;
    }
    expect(kept).toBeGreaterThan(RUNS / 20);
  }, 3_600_000);

  test(`decides as the machine on ${RUNS} signed envelopes at the edges of what is valid`, async () => {
    const next = envelopeRandom(SEED + 1);
    let kept = 0;
    for (let i = 0; i < RUNS; i++) if (isKept(await parse(await oddEnvelope(next)))) kept++;
    expect(kept).toBeGreaterThan(RUNS / 5);
    expect(kept).toBeLessThan((RUNS * 4) / 5);
  }, 3_600_000);

  test("drops what is no envelope at all", async () => {
    for (const raw of [
      "0x00",
      "0x01",
      "0x02c0",
      "0x03c0",
      "0x7e",
      "0x80",
      "0xc0",
      "0xf8",
      "0xff",
    ] as const) {
      expect(isKept(await parse(fromHex(raw)))).toBe(false);
    }
    const step = envelopeStep(new Uint8Array());
    expect(isKept(await families.check(step))).toBe(false);
  });

  test("the largest transactions fit into a step: one of keys, one of addresses, one of data", async () => {
    const keys = await parse(await sized(TX_BYTES, accessList(1, 3_320), 0));
    const addresses = await parse(await sized(TX_BYTES, accessList(4_700, 0), 0));
    const zeros = await parse(await sized(TX_BYTES, [], 0));
    const data = await parse(await sized(TX_BYTES, [], 1));
    const steps = [keys, addresses, zeros, data];
    expect(steps.map(isKept)).toEqual([true, true, true, true]);
    expect(isKept(await parse(await sized(TX_BYTES + 1, [], 1)))).toBe(false);
    for (const [index, step] of steps.entries()) {
      process.stdout.write(gasLine(`TXPARSE, 110,000 bytes (${index})`, [step]));
      expect(step.bytes).toBeLessThanOrEqual(MOST_BYTES);
    }
  }, 60_000);

  test("lists that ask for more gas than there can be are dropped without being read to their end", async () => {
    const int = integerToBytes;
    const to = fromHex(ENVELOPE_TO);
    const tuple = [int(901n), to, int(7n), int(1n), int(5n), int(6n)];
    const fields = (list: RlpItem, tuples: RlpItem): RlpItem[] => [
      ...[int(3n), int(2n), int(10n), int(2n ** 24n), to, int(5n), new Uint8Array()],
      ...[list, tuples],
    ];
    const most = await parse(
      await signFields({ type: 4, fields: fields([], new Array(670).fill(tuple)) }),
    );
    expect(isKept(most)).toBe(true);
    const many = await parse(
      await signFields({ type: 4, fields: fields([], new Array(3_000).fill(tuple)) }),
    );
    expect(isKept(many)).toBe(false);
    const broken = [...new Array<RlpItem>(3_000).fill(tuple), [int(1n)]];
    expect(isKept(await parse(await signFields({ type: 4, fields: fields([], broken) })))).toBe(
      false,
    );
    process.stdout.write(gasLine("TXPARSE, 670 authorizations", [most]));
    process.stdout.write(gasLine("TXPARSE, 3,000 authorizations", [many]));
  }, 60_000);

  test("with too little gas for the signature ends in no other root", async () => {
    const [, , , , , delegating] = await signedEnvelopes();
    const step = envelopeStep(delegating as Uint8Array);
    const steps = [proofOf(step)];
    while (step.s.ctl.mode !== MODE.auth) runStep(step);
    steps.push(proofOf(step));
    const contract = await (await SolidityVm.create()).deploy(StepTx);
    const nobody = `0x${"00".repeat(20)}`;
    const context = { sequencerFeed: nobody, depositFeed: nobody, entryBound: 0n, t: 1n };
    for (const { pre, post, packed } of steps) {
      const outcomes = new Set<string>();
      for (let gas = 20_000n; gas < 110_000n; gas += 500n) {
        const outcome = await contract.call("step", [context, toHex(pre), toHex(packed)], gas);
        outcomes.add(outcome.ok ? outcome.data : "refused");
      }
      expect(outcomes).toEqual(new Set(["refused", toHex(post)]));
    }
  }, 60_000);
});
