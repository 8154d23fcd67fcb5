import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepTx } from "../../../src/contracts/generated/StepTx.js";
import { integerToBytes, type RlpItem } from "../../../src/engine/state/rlp.js";
import { runStep } from "../../../src/proof/machine.js";
import type { MachineState, Step } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { OUTCOME_WORD } from "../../../src/proof/state/words.js";
import { MODE, R } from "../../../src/proof/table.js";
import { fromHex, type Hex } from "../../../src/util/hex.js";
import { keccak256 } from "../../../src/util/keccak.js";
import {
  ENVELOPE_ACCOUNT,
  ENVELOPE_CHAIN_ID,
  ENVELOPE_TO,
  signedEnvelopes,
  signFields,
} from "../../helpers/envelopes.js";
import type { Alloc } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";
import {
  allocAccount,
  depositStep,
  envelopeStep,
  RICH_SIGNER,
  SIGNER,
  type TxSetting,
} from "../../helpers/txSteps.js";

const NAMES = new Map<number, string>(Object.entries(MODE).map(([name, mode]) => [mode, name]));
const RUN = [MODE.fastlz, MODE.check, MODE.access, MODE.auth, MODE.start] as const;
const DELEGATION = fromHex(`0xef0100${"cc".repeat(20)}`);

let families: StepEquivalence;
const checked: CheckedStep[] = [];

beforeAll(async () => {
  families = await StepEquivalence.create({ tx: StepTx });
});

/** Runs a transaction from where it stands to a mode of another family; every step is checked. Returns the state there. */
async function run(step: Step): Promise<MachineState> {
  for (let steps = 0; families.knows(step.s); steps++) {
    if (steps > 200) throw new Error("no end of steps");
    const result = await families.check(step);
    checked.push(result);
    step.s = result.proof.next;
  }
  return step.s;
}

/** Runs the machine alone up to the first step in a mode. */
function upTo(step: Step, mode: number): Step {
  for (let steps = 0; step.s.ctl.mode !== mode; steps++) {
    if (steps > 200) throw new Error("no such mode");
    runStep(step);
  }
  return step;
}

const [legacy, , listed, dynamic, creation, delegating] = await signedEnvelopes();
const runRaw = (raw: Uint8Array | undefined, setting: TxSetting = {}) =>
  run(envelopeStep(raw as Uint8Array, setting));

/** The signer's account with something else. */
const signerWith = (balance: bigint, more: Parameters<typeof allocAccount>[1] = {}): Alloc =>
  new Map([[SIGNER, allocAccount(balance, { nonce: 3n, ...more })]]);

/** A type 2 transaction that is the same in all tests but for what is given. */
function plain(more: {
  gas?: bigint;
  fee?: bigint;
  value?: bigint;
  data?: Uint8Array;
  list?: RlpItem;
}) {
  const int = integerToBytes;
  const { gas = 100_000n, fee = 10n, value = 5n, data = new Uint8Array(), list = [] } = more;
  const to = fromHex(ENVELOPE_TO);
  const fields = [int(3n), int(2n), int(fee), int(gas), to, int(value), data, list];
  return signFields({ type: 2, fields });
}

/** What a transaction of `plain` must have: gas, value, the fee for its data and the operator's. */
async function priceOf(raw: Uint8Array): Promise<bigint> {
  const { tx, blk } = upTo(envelopeStep(raw), MODE.check).s;
  const { operatorFeeScalar, operatorFeeConstant } = blk.l1;
  const operator = tx.gasLimit * BigInt(operatorFeeScalar) * 100n + operatorFeeConstant;
  return tx.gasLimit * tx.maxFee + tx.value + tx.l1Fee + operator;
}

describe("a signed transaction", () => {
  test("goes through all steps to its call or creation, of each type", async () => {
    for (const raw of [legacy, listed, dynamic, delegating]) {
      const s = await runRaw(raw);
      expect([s.ctl.mode, s.ctl.ret, s.ctl.sub]).toEqual([MODE.copy, MODE.callee, 0]);
      expect(s.rev.state?.get(SIGNER)?.nonce).toBe(4n);
    }
    const s = await runRaw(creation);
    expect([s.ctl.mode, s.ctl.ret, s.ctl.sub]).toEqual([MODE.copy, MODE.hash, 1]);
  });

  test("without data goes on without a copy", async () => {
    expect((await runRaw(await plain({}))).ctl.mode).toBe(MODE.callee);
    const fields = [3n, 9n, 100_000n, 0n, 0n, 0n].map(integerToBytes);
    const s = await runRaw(await signFields({ type: 0, fields }));
    expect([s.ctl.mode, s.ctl.sub]).toEqual([MODE.hash, 1]);
  });

  test("is dropped by each part of the drop rule, and kept where it just fits", async () => {
    const raw = await plain({});
    const price = await priceOf(raw);
    const isKept = async (setting: TxSetting) =>
      (await runRaw(raw, setting)).ctl.mode !== MODE.txnext;
    expect(await isKept({ alloc: signerWith(price) })).toBe(true);
    expect(await isKept({ alloc: signerWith(price - 1n) })).toBe(false);
    expect(await isKept({ alloc: signerWith(5n) })).toBe(false);
    expect(await isKept({ alloc: new Map() })).toBe(false);
    expect(await isKept({ alloc: signerWith(10n ** 20n, { nonce: 2n }) })).toBe(false);
    expect(await isKept({ alloc: signerWith(10n ** 20n, { nonce: 4n }) })).toBe(false);
    expect(await isKept({ alloc: signerWith(10n ** 20n, { code: DELEGATION }) })).toBe(true);
    for (const code of [
      "0x00",
      `0xef0100${"cc".repeat(19)}`,
      `0xef0101${"cc".repeat(20)}`,
    ] as Hex[]) {
      expect(await isKept({ alloc: signerWith(10n ** 20n, { code: fromHex(code) }) })).toBe(false);
    }
    expect(await isKept({ blk: { baseFee: 10n } })).toBe(true);
    expect(await isKept({ blk: { baseFee: 11n } })).toBe(false);
    expect(await isKept({ blk: { gasUsed: 29_900_000n } })).toBe(true);
    expect(await isKept({ blk: { gasUsed: 29_900_001n } })).toBe(false);
    expect(await isKept({ blk: { daFootprint: 29_960_000n } })).toBe(true);
    expect(await isKept({ blk: { daFootprint: 29_960_001n } })).toBe(false);
  });

  test("that asks for 2^256 in all is dropped", async () => {
    const raw = await plain({ value: 2n ** 256n - 1n });
    expect((await runRaw(raw, { alloc: signerWith(2n ** 256n - 1n) })).ctl.mode).toBe(MODE.txnext);
    const dear = await plain({ fee: (2n ** 256n - 1n) / 100_000n });
    expect((await runRaw(dear, { alloc: signerWith(2n ** 256n - 1n) })).ctl.mode).toBe(MODE.txnext);
  });

  test("runs its FastLZ length in slices, with the fees that the scalars say", async () => {
    const rng = new Rng(5);
    const words = Array.from({ length: 40 }, () => rng.bytes(9));
    const data = Uint8Array.from(
      Array.from({ length: 6_000 }, () => [...rng.pick(words), rng.below(256)]).flat(),
    );
    const before = checked.length;
    const s = await runRaw(await plain({ gas: 2n ** 24n, data }));
    expect(s.ctl.mode).toBe(MODE.copy);
    expect(s.tx.l1Fee).toBeGreaterThan(0n);
    const slices = checked.slice(before).filter(({ proof }) => proof.packed[6] === MODE.fastlz);
    expect(slices).toHaveLength(4);
    const unset = { baseFeeScalar: 0, blobBaseFeeScalar: 0, operatorFeeScalar: 0 };
    const l1 = { ...unset, operatorFeeConstant: 0n, daFootprintGasScalar: 1 };
    expect((await runRaw(await plain({}), { blk: { l1, l1BaseFee: 0n } })).tx.l1Fee).toBe(0n);
  }, 60_000);

  test("slices of the largest transactions, random, repeating and of one byte, stay within the bounds", async () => {
    const rng = new Rng(6);
    const random = rng.bytes(108_000);
    const repeating = Uint8Array.from(random, (_, i) => random[i % 8_000] as number);
    const near = Uint8Array.from(random, (byte) => byte % 4);
    for (const data of [random, repeating, near, new Uint8Array(108_000).fill(7)]) {
      const step = upTo(envelopeStep(await plain({ gas: 2n ** 24n, data })), MODE.fastlz);
      const steps: CheckedStep[] = [];
      // Each slice costs the same; seconds here are those of an EVM in JavaScript.
      for (let slice = 0; step.s.ctl.mode === MODE.fastlz; slice++) {
        if (slice === 3 || slice === 6) steps.push(await families.check(step));
        runStep(step);
      }
      expect(steps).toHaveLength(2);
      process.stdout.write(gasLine("FASTLZ, 108,000 bytes of data", steps));
      expect(Math.max(...steps.map(({ bytes }) => bytes))).toBeLessThanOrEqual(120_000);
    }
  }, 60_000);
});

describe("an access list", () => {
  const key = (at: number) => new Uint8Array(32).fill(at);
  const address = (at: number) => new Uint8Array(20).fill(at);

  test("warms addresses and lists slots, each once, also across pages and behind long lists", async () => {
    const many = Array.from({ length: 9 }, (_, i) => key(i + 1));
    const list: RlpItem = [
      [address(1), [key(1), key(2), key(1)]],
      [address(2), []],
      [address(1), [key(3)]],
      [fromHex(`0x${"00".repeat(19)}04`), [key(1)]],
      [address(3), many],
      [fromHex(ENVELOPE_ACCOUNT.address.toLowerCase() as Hex), []],
    ];
    // The list lies across the end of the first page.
    for (const length of [0, 3_700, 3_840, 3_870]) {
      const s = await runRaw(await plain({ list, data: new Uint8Array(length), gas: 1_000_000n }));
      expect([MODE.copy, MODE.callee]).toContain(s.ctl.mode);
      expect(s.tx.keyOff).toBe(s.tx.keyEnd);
      expect(s.tx.aclOff).toBe(s.tx.aclEnd);
    }
  }, 60_000);

  test("of an item with more than 65,535 bytes of keys is opened in one step", async () => {
    const list = [[address(9), Array.from({ length: 2_000 }, () => key(7))]];
    const step = upTo(envelopeStep(await plain({ list, gas: 2n ** 24n })), MODE.access);
    step.s.ctl.cnt = 3;
    for (let i = 0; i < 3; i++) step.s = (await families.check(step)).proof.next;
    expect(step.s.tx.keyEnd - step.s.tx.keyOff).toBe(33 * 1_998);
  });
});

describe("authorizations", () => {
  const FIRST = `0x${"d1".repeat(20)}` as const;

  async function tuple(chainId: bigint, nonce: bigint, change: (t: RlpItem[]) => void = () => {}) {
    const signed = await ENVELOPE_ACCOUNT.signAuthorization({
      chainId: Number(chainId),
      address: FIRST,
      nonce: Number(nonce),
    });
    const int = integerToBytes;
    const [r, s] = [BigInt(signed.r), BigInt(signed.s)];
    const parity = int(BigInt(signed.yParity ?? 0));
    const made: RlpItem[] = [int(chainId), fromHex(FIRST), int(nonce), parity, int(r), int(s)];
    change(made);
    return made;
  }

  async function runTuples(tuples: RlpItem[], alloc: Alloc = RICH_SIGNER) {
    const int = integerToBytes;
    const to = fromHex(ENVELOPE_TO);
    const head = [int(3n), int(2n), int(10n), int(10n ** 6n), to, int(5n), new Uint8Array(), []];
    return runRaw(await signFields({ type: 4, fields: [...head, tuples] }), { alloc });
  }

  const codeHashOf = (s: MachineState) => s.rev.state?.get(SIGNER)?.codeHash;

  test("are applied when chain, nonce and signature fit; the refund is for those that exist", async () => {
    const own = BigInt(ENVELOPE_CHAIN_ID);
    // CHECK has raised the nonce from 3 to 4.
    const applied = await runTuples([await tuple(own, 4n), await tuple(0n, 5n)]);
    expect(codeHashOf(applied)).toBe(bytesToWord(keccak256(fromHex(`0xef0100${"d1".repeat(20)}`))));
    expect(applied.rev.refund).toBe(25_000);
    expect(applied.rev.state?.get(SIGNER)?.nonce).toBe(6n);
  });

  test("are skipped when something does not fit", async () => {
    const own = BigInt(ENVELOPE_CHAIN_ID);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const negate = (t: RlpItem[]) => {
      t[3] = integerToBytes(1n - BigInt((t[3] as Uint8Array)[0] ?? 0));
      t[5] = integerToBytes(order - bytesToWord(t[5] as Uint8Array));
    };
    const skipped = await runTuples([
      await tuple(900n, 4n),
      await tuple(own, 3n),
      await tuple(own, 5n),
      await tuple(own, 4n, (t) => t.splice(2, 1, integerToBytes(2n ** 64n - 1n))),
      await tuple(own, 4n, (t) => t.splice(0, 1, integerToBytes(2n ** 256n - 1n))),
      await tuple(own, 4n, negate),
      await tuple(own, 4n, (t) => t.splice(3, 1, integerToBytes(2n))),
      await tuple(own, 4n, (t) => t.splice(3, 1, integerToBytes(27n))),
      await tuple(own, 4n, (t) => t.splice(4, 1, integerToBytes(0n))),
      await tuple(own, 4n, (t) => t.splice(4, 1, integerToBytes(order))),
      await tuple(own, 4n, (t) => t.splice(5, 1, integerToBytes(0n))),
    ]);
    expect(skipped.rev.refund).toBe(0);
    expect(skipped.rev.state?.get(SIGNER)?.nonce).toBe(4n);
  });

  test("of unknown signers make accounts, and address 0 takes a delegation back", async () => {
    const own = BigInt(ENVELOPE_CHAIN_ID);
    // Another parity or r: somebody nobody knows, with nonce 0.
    const stranger = (t: RlpItem[]) => t.splice(3, 1, integerToBytes(1n));
    const other = (t: RlpItem[]) => t.splice(3, 1, new Uint8Array());
    const made = await runTuples([await tuple(own, 0n, stranger), await tuple(own, 0n, other)]);
    expect(made.rev.refund).toBe(0);
    const none = await tuple(own, 0n, (t) => t.splice(1, 1, new Uint8Array(20)));
    expect((await runTuples([none])).rev.refund).toBe(0);
    const back = await ENVELOPE_ACCOUNT.signAuthorization({
      chainId: ENVELOPE_CHAIN_ID,
      address: `0x${"00".repeat(20)}`,
      nonce: 4,
    });
    const int = integerToBytes;
    const taken: RlpItem[] = [
      ...[int(own), new Uint8Array(20), int(4n), int(BigInt(back.yParity ?? 0))],
      ...[int(BigInt(back.r)), int(BigInt(back.s))],
    ];
    const s = await runTuples([taken], signerWith(10n ** 20n, { code: DELEGATION }));
    expect(codeHashOf(s)).toBe(bytesToWord(keccak256(new Uint8Array())));
    expect(s.rev.refund).toBe(12_500);
  });

  test("of accounts with code are skipped", async () => {
    const step = await (async () => {
      const raw = [await tuple(BigInt(ENVELOPE_CHAIN_ID), 4n)];
      const head = [3n, 2n, 10n, 10n ** 6n].map(integerToBytes);
      const to = fromHex(ENVELOPE_TO);
      const fields = [...head, to, integerToBytes(5n), new Uint8Array(), [], raw];
      return envelopeStep(await signFields({ type: 4, fields }));
    })();
    upTo(step, MODE.auth);
    // CHECK would not have let the sender pass with code: it gets some behind its back.
    const account = step.s.rev.state?.get(SIGNER);
    const code = Uint8Array.of(1, 2, 3);
    const codeHash = bytesToWord(keccak256(code));
    step.inputs.addCode(codeHash, code);
    if (account === undefined) throw new Error("no sender");
    step.s.rev = { ...step.s.rev, state: step.s.rev.state?.put(SIGNER, { ...account, codeHash }) };
    expect((await run(step)).rev.refund).toBe(0);
  });
});

describe("a deposit", () => {
  test("mints, raises the nonce and starts", async () => {
    const s = await run(depositStep({ mint: 70n, value: 60n }, "0x010203", { alloc: new Map() }));
    expect([s.ctl.mode, s.ctl.ret]).toEqual([MODE.copy, MODE.callee]);
    expect(s.rev.state?.get(SIGNER)).toMatchObject({ balance: 70n, nonce: 1n });
    const known = await run(depositStep({ isCreate: true, to: 0n }, "0x"));
    expect([known.ctl.mode, known.ctl.sub, known.tx.nonceUsed]).toEqual([MODE.hash, 1, 3n]);
  });

  test("ends where it cannot start, and its mint stands", async () => {
    const settings: Parameters<typeof depositStep>[0][] = [
      { gasLimit: 20_999n },
      { floor: 100_001 },
      { value: 10n ** 20n + 71n },
      { isCreate: true, to: 0n, dataLen: 49_153 },
    ];
    for (const tx of settings) {
      const s = await run(depositStep({ mint: 70n, ...tx }, "0x01"));
      expect([s.ctl.mode, s.ctl.sub]).toEqual([MODE.settle, 1]);
      expect(OUTCOME_WORD.unpack(s.work.regs[R.outcome] ?? 0n)).toMatchObject({ isTop: true });
      expect(s.rev.state?.get(SIGNER)).toMatchObject({ balance: 10n ** 20n + 70n, nonce: 4n });
    }
  });

  test("of an account with code is not judged by it", async () => {
    const alloc = signerWith(5n, { code: Uint8Array.of(0xfe) });
    expect((await run(depositStep({}, "0x", { alloc }))).ctl.mode).toBe(MODE.callee);
  });
});

describe("a false witness", () => {
  test("is refused, or has the true root: single bytes changed", async () => {
    const rng = new Rng(11);
    for (const mode of [MODE.txparse, ...RUN]) {
      const proof = proofOf(upTo(envelopeStep(delegating as Uint8Array), mode));
      const refused = await families.checkMutations(proof, "tx", rng, 40);
      expect(refused).toBeGreaterThan(35);
    }
  }, 60_000);

  test("of a mode of another family is refused", async () => {
    const step = upTo(envelopeStep(legacy as Uint8Array), MODE.copy);
    const proof = proofOf(step);
    const outcome = await families.execute("tx", proof.pre, proof.packed);
    expect(outcome).toMatchObject({ ok: false, error: "ForeignMode" });
  });
});

test("gas of all steps of this file", () => {
  for (const mode of [MODE.txparse, ...RUN]) {
    const steps = checked.filter(({ proof }) => proof.packed[6] === mode);
    process.stdout.write(gasLine(String(NAMES.get(mode)), steps));
    expect(steps.length).toBeGreaterThan(0);
  }
});
