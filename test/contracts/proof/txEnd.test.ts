import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepTxEnd } from "../../../src/contracts/generated/StepTxEnd.js";
import { rootOf } from "../../../src/proof/state/merkle.js";
import { PagedBytes } from "../../../src/proof/state/pagedBytes.js";
import type { Blk, MachineState, Rev, Step, Tx } from "../../../src/proof/state/types.js";
import { OUTCOME_WORD } from "../../../src/proof/state/words.js";
import { World } from "../../../src/proof/state/world.js";
import { DEPTH, MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { PREDEPLOYS } from "../../../src/protocol/index.js";
import { Dice, someRev } from "../../helpers/machineState.js";
import type { Alloc } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";
import { allocAccount, depositStep, SIGNER, type TxSetting } from "../../helpers/txSteps.js";

const NAMES = new Map<number, string>(Object.entries(MODE).map(([name, mode]) => [mode, name]));
const ALL = [MODE.settle, MODE.fee, MODE.destruct, MODE.receipt, MODE.l1params] as const;
const RICH = 10n ** 20n;
const COINBASE = BigInt(PREDEPLOYS.sequencerFeeVault);
const BASE_FEE_VAULT = BigInt(PREDEPLOYS.baseFeeVault);
const L1_FEE_VAULT = BigInt(PREDEPLOYS.l1FeeVault);
const OPERATOR_FEE_VAULT = BigInt(PREDEPLOYS.operatorFeeVault);
const L1_BLOCK = BigInt(PREDEPLOYS.l1Block);

let families: StepEquivalence;
const checked: CheckedStep[] = [];

beforeAll(async () => {
  families = await StepEquivalence.create({ txEnd: StepTxEnd });
});

async function one(step: Step): Promise<MachineState> {
  const result = await families.check(step);
  checked.push(result);
  step.s = result.proof.next;
  return step.s;
}

/** Runs to a mode of another family; every step is checked. */
async function run(step: Step): Promise<MachineState> {
  for (let steps = 0; families.knows(step.s); steps++) {
    if (steps > 100) throw new Error("no end of steps");
    await one(step);
  }
  return step.s;
}

/** What a transaction has come to when SETTLE begins. */
interface End {
  readonly tx?: Partial<Tx>;
  readonly rev?: Partial<Rev>;
  readonly outcome?: number;
  readonly gasLeft?: number;
  readonly sub?: number;
  readonly setting?: TxSetting;
}

const SIGNED: Partial<Tx> = {
  type: 2,
  isDeposit: false,
  nonce: 3n,
  nonceUsed: 3n,
  price: 6n,
  maxFee: 10n,
  maxPriorityFee: 2n,
  l1Fee: 12_345n,
  daSize: 123_456_789n,
  operatorBought: 100_000n * 7n * 100n + 99n,
};

/** A machine in front of SETTLE. */
function endStep({
  tx = {},
  rev = {},
  outcome = 1,
  gasLeft = 30_000,
  sub = 0,
  setting,
}: End): Step {
  const step = depositStep(tx, "0x0102", setting);
  const { s } = step;
  s.ctl.mode = MODE.settle;
  s.ctl.sub = sub;
  s.rev = { ...s.rev, ...rev };
  const word = { outcome, kind: 0, isTop: true, gasLeft, outLen: 3 };
  s.work.regs[R.outcome] = OUTCOME_WORD.pack(word);
  s.work.regs[R.newAddr] = 0xabcn;
  s.work.bufA = PagedBytes.of(DEPTH.bytes, Uint8Array.of(1, 2, 3));
  return step;
}

describe("SETTLE", () => {
  test("takes the refund, at most a fifth, and at least the floor", async () => {
    const used = async (end: End) => (await one(endStep(end))).tx.gasUsed;
    expect(await used({ tx: SIGNED })).toBe(70_000);
    expect(await used({ tx: SIGNED, rev: { refund: 13_999 } })).toBe(56_001);
    expect(await used({ tx: SIGNED, rev: { refund: 14_001 } })).toBe(56_000);
    expect(await used({ tx: { ...SIGNED, floor: 60_000 }, rev: { refund: 20_000 } })).toBe(60_000);
    expect(await used({ gasLeft: 0 })).toBe(100_000);
    expect(await used({ gasLeft: 100_000 - 21_000 })).toBe(21_000);
  });

  test("says whether it was a success, and where to go on", async () => {
    for (const outcome of Object.values(OUTCOME)) {
      const s = await one(endStep({ tx: SIGNED, outcome }));
      expect(s.tx.status).toBe(outcome === OUTCOME.success ? 1 : 0);
      expect(s.ctl.mode).toBe(MODE.fee);
      expect([s.work.regs[R.outcome], s.work.regs[R.newAddr]]).toEqual([0n, 0n]);
    }
    expect((await one(endStep({}))).ctl.mode).toBe(MODE.destruct);
  });

  test("of a deposit that could not start takes all gas", async () => {
    const s = await one(endStep({ sub: 1, outcome: 0, gasLeft: 0, rev: { refund: 9 } }));
    expect([s.tx.gasUsed, s.tx.status, s.ctl.mode, s.ctl.sub]).toEqual([
      100_000,
      0,
      MODE.destruct,
      0,
    ]);
  });
});

describe("FEE", () => {
  const balance = (s: MachineState, who: bigint) => s.rev.state?.get(who)?.balance;

  async function fees(step: Step): Promise<MachineState> {
    await one(step);
    for (let i = 0; i < 5; i++) await one(step);
    return step.s;
  }

  test("pays the change and four others, of whom some are new", async () => {
    const alloc: Alloc = new Map([
      [SIGNER, allocAccount(RICH, { nonce: 4n })],
      [BASE_FEE_VAULT, allocAccount(1n, { code: Uint8Array.of(1), nonce: 1n })],
    ]);
    const s = await fees(endStep({ tx: SIGNED, setting: { alloc } }));
    expect([s.ctl.mode, s.ctl.cnt]).toEqual([MODE.destruct, 0]);
    expect(balance(s, SIGNER)).toBe(RICH + 30_000n * 6n + 30_000n * 700n);
    expect(balance(s, COINBASE)).toBe(70_000n * 2n);
    expect(balance(s, BASE_FEE_VAULT)).toBe(1n + 70_000n * 4n);
    expect(balance(s, L1_FEE_VAULT)).toBe(12_345n);
    expect(balance(s, OPERATOR_FEE_VAULT)).toBe(70_000n * 700n + 99n);
  });

  test("of nothing reads and writes nothing", async () => {
    const l1 = {
      baseFeeScalar: 0,
      blobBaseFeeScalar: 0,
      operatorFeeScalar: 0,
      operatorFeeConstant: 0n,
    };
    const blk: Partial<Blk> = { baseFee: 0n, l1: { ...l1, daFootprintGasScalar: 400 } };
    const tx = { ...SIGNED, price: 0n, l1Fee: 0n, operatorBought: 0n };
    const step = endStep({ tx, setting: { blk } });
    const { state } = step.s.rev;
    const before = checked.length;
    const s = await fees(step);
    expect(s.rev.state?.root()).toBe(state?.root());
    expect(checked.slice(before).every(({ proof }) => proof.witness.nodes.length === 0)).toBe(true);
  });
});

describe("DESTRUCT", () => {
  test("removes accounts one by one, whatever they hold, and also twice", async () => {
    const [a, b, c] = [0xaaan, 0xbbbn, 0xcccn];
    const storage = new Map([[1n, 2n]]);
    const alloc: Alloc = new Map([
      [a, allocAccount(5n)],
      [b, allocAccount(0n, { nonce: 1n, storage, code: Uint8Array.of(1) })],
      [SIGNER, allocAccount(RICH)],
    ]);
    const step = endStep({ rev: { destructs: [a, b, a, c] }, setting: { alloc } });
    step.s.ctl.mode = MODE.destruct;
    for (let i = 0; i < 5; i++) await one(step);
    expect(step.s.ctl.mode).toBe(MODE.receipt);
    const only = endStep({ setting: { alloc: new Map([[SIGNER, allocAccount(RICH)]]) } });
    expect(step.s.rev.state?.root()).toBe(only.s.rev.state?.root());
  });

  test("of accounts beside many others merges their branches", async () => {
    const others = Array.from({ length: 40 }, (_, i) => BigInt(i + 1) << 40n);
    const alloc: Alloc = new Map(others.map((who) => [who, allocAccount(who)]));
    const step = endStep({ rev: { destructs: others }, setting: { alloc } });
    step.s.ctl.mode = MODE.destruct;
    for (let i = 0; i <= others.length; i++) await one(step);
    expect(step.s.rev.state?.root()).toBe(World.empty().root());
  }, 60_000);
});

describe("RECEIPT", () => {
  test("books a signed transaction with its logs and bloom, and forgets it", async () => {
    const dice = new Dice(3);
    const rev = { ...someRev(dice), logBytes: 77 };
    const { state: _, ...fields } = rev;
    const step = endStep({ tx: { ...SIGNED, gasUsed: 55_000, status: 1 }, rev: fields });
    step.s.ctl.mode = MODE.receipt;
    const s = await one(step);
    expect(s.ctl.mode).toBe(MODE.txnext);
    expect(s.blk).toMatchObject({ gasUsed: 125_000n, daFootprint: 12_345n + 123n * 400n });
    expect(s.blk.receipts[1]).toMatchObject({
      type: 2,
      status: 1,
      cumulativeGas: 125_000,
      logBytes: 77,
      depositNonce: 0n,
    });
    const next = await one(
      Object.assign(endStep({ tx: { ...SIGNED, gasUsed: 1, status: 0 } }), {
        s: {
          ...s,
          ctl: { ...s.ctl, mode: MODE.receipt },
          rev: { ...s.rev, bloom: dice.bytes(256) },
        },
      }),
    );
    expect(next.blk.receipts).toHaveLength(3);
  });

  test("of the first transaction, a deposit, goes on to the block's fees", async () => {
    const blk: Partial<Blk> = { txs: [], receipts: [], gasUsed: 0n, daFootprint: 0n };
    const step = endStep({ tx: { nonceUsed: 16n, gasUsed: 44_444, status: 1 }, setting: { blk } });
    step.s.ctl.mode = MODE.receipt;
    const s = await one(step);
    expect(s.ctl.mode).toBe(MODE.l1params);
    expect(s.blk.receipts[0]).toMatchObject({ type: 0x7e, depositNonce: 16n });
    expect(s.blk.daFootprint).toBe(0n);
    expect((await one(step)).ctl.mode).toBe(MODE.txnext);
  });
});

describe("L1PARAMS", () => {
  const scalars = (b: bigint, blob: bigint) => (b << 96n) | (blob << 64n) | 12n;
  const operator = (da: bigint, scalar: bigint, constant: bigint) =>
    (da << 96n) | (scalar << 64n) | constant;

  async function params(storage: ReadonlyMap<bigint, bigint> | undefined): Promise<Blk> {
    const alloc: Alloc = new Map([
      [SIGNER, allocAccount(RICH)],
      ...(storage === undefined ? [] : [[L1_BLOCK, allocAccount(1n, { storage })] as const]),
    ]);
    const step = endStep({ setting: { alloc } });
    step.s.ctl.mode = MODE.l1params;
    return (await one(step)).blk;
  }

  test("reads the four slots of L1Block", async () => {
    const all = new Map([
      [0n, 5n],
      [1n, 2n ** 200n + 1n],
      [3n, scalars(0xfffffffen, 0xfffffffdn)],
      [7n, 1n],
      [8n, operator(0xfffen, 0xfffffffcn, 2n ** 64n - 1n)],
    ]);
    const blk = await params(all);
    expect(blk).toMatchObject({ l1BaseFee: 2n ** 200n + 1n, l1BlobBaseFee: 1n });
    expect(blk.l1).toEqual({
      baseFeeScalar: 0xfffffffe,
      blobBaseFeeScalar: 0xfffffffd,
      operatorFeeScalar: 0xfffffffc,
      operatorFeeConstant: 2n ** 64n - 1n,
      daFootprintGasScalar: 0xfffe,
    });
  });

  test("has zeros for slots, and for an account, that are not there, and 400 for the footprint", async () => {
    for (const storage of [undefined, new Map(), new Map([[1n, 9n]]), new Map([[8n, 7n << 64n]])]) {
      expect((await params(storage)).l1.daFootprintGasScalar).toBe(400);
    }
  });
});

test("a transaction goes from its last call to the next one", async () => {
  const alloc: Alloc = new Map([[SIGNER, allocAccount(RICH, { nonce: 4n })]]);
  for (const tx of [SIGNED, {}]) {
    const s = await run(endStep({ tx, rev: { destructs: [0xdeadn] }, setting: { alloc } }));
    expect(s.ctl.mode).toBe(MODE.txnext);
    expect(s.blk.txs).toHaveLength(2);
    expect(rootOf(s)).toHaveLength(32);
  }
});

describe("a false witness", () => {
  test("is refused, or has the true root: single bytes changed", async () => {
    const rng = new Rng(12);
    const step = endStep({ tx: SIGNED, rev: { destructs: [0xdeadn] } });
    for (const mode of ALL) {
      step.s.ctl.mode = mode;
      step.s.tx.gasUsed = 70_000;
      const proof = proofOf(step);
      expect(await families.checkMutations(proof, "txEnd", rng, 40)).toBeGreaterThan(35);
    }
  }, 60_000);

  test("of a mode of another family is refused", async () => {
    const step = endStep({});
    step.s.ctl.mode = MODE.check;
    const proof = proofOf(step);
    const outcome = await families.execute("txEnd", proof.pre, proof.packed);
    expect(outcome).toMatchObject({ ok: false, error: "ForeignMode" });
  });
});

test("gas of all steps of this file", () => {
  for (const mode of ALL) {
    const steps = checked.filter(({ proof }) => proof.packed[6] === mode);
    process.stdout.write(gasLine(String(NAMES.get(mode)), steps));
    expect(steps.length).toBeGreaterThan(0);
  }
});
