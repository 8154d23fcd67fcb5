import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepTx } from "../../../src/contracts/generated/StepTx.js";
import { StepTxEnd } from "../../../src/contracts/generated/StepTxEnd.js";
import type { Step } from "../../../src/proof/state/types.js";
import { OUTCOME_WORD } from "../../../src/proof/state/words.js";
import { MODE, R } from "../../../src/proof/table.js";
import { operatorFee, PREDEPLOYS } from "../../../src/protocol/index.js";
import { Dice, someState } from "../../helpers/machineState.js";
import { type Alloc, CodeInputs, worldOf } from "../../helpers/proofEvm.js";
import { StepEquivalence, stepOn } from "../../helpers/stepEquivalence.js";
import { allocAccount } from "../../helpers/txSteps.js";

const STATES = Number(process.env.FOVEA_FUZZ_STATES ?? 12);
const SEED = Number(process.env.FOVEA_FUZZ_SEED ?? 1);

let families: StepEquivalence;

beforeAll(async () => {
  families = await StepEquivalence.create({ tx: StepTx, txEnd: StepTxEnd });
});

/**
 * A state with something in every field and bit, of which only what a mode's arithmetic needs is as a chain would have it:
 * so that a field of a packed leaf that is cut or moved, or a leaf that is written by mistake, shows.
 */
function wideStep(dice: Dice, mode: number): Step {
  const s = someState(dice.num(32));
  const inputs = new CodeInputs();
  s.ctl = { mode, sub: 0, ret: 0, op: 0, cnt: 0, a: 0, b: 0 };
  const { tx, blk } = s;
  tx.gasLimit = dice.big(24);
  tx.gasUsed = dice.below(Number(tx.gasLimit) + 1);
  tx.intrinsic = dice.below(Number(tx.gasLimit) + 1);
  tx.floor = dice.below(Number(tx.gasLimit) + 1);
  tx.maxFee = dice.big(96);
  blk.baseFee = dice.big(88);
  tx.price = blk.baseFee + dice.big(80);
  tx.l1Fee = dice.big(128);
  tx.mint = dice.big(200);
  tx.value = dice.big(200);
  tx.nonce = tx.nonceUsed = dice.big(56);
  tx.daSize = dice.big(40);
  blk.gasUsed = dice.big(48);
  blk.gasLimit = blk.gasUsed + dice.big(48);
  blk.daFootprint = dice.big(48);
  blk.l1.operatorFeeScalar = dice.num(32);
  blk.l1.operatorFeeConstant = dice.big(32);
  blk.l1.daFootprintGasScalar = 1 + dice.num(8);
  const { operatorFeeScalar, operatorFeeConstant } = blk.l1;
  tx.operatorBought = operatorFee(tx.gasLimit, operatorFeeScalar, operatorFeeConstant);
  const rich = allocAccount(2n ** 250n + dice.big(240), { nonce: tx.nonce });
  const storage = new Map([1n, 3n, 7n, 8n].map((slot) => [slot, dice.big(256)]));
  const alloc: Alloc = new Map([
    [tx.sender, rich],
    [blk.coinbase, allocAccount(dice.big(128))],
    [BigInt(PREDEPLOYS.l1Block), allocAccount(1n, { storage, nonce: 1n })],
  ]);
  s.rev = { ...s.rev, state: worldOf(alloc, inputs) };
  return stepOn(s, inputs);
}

/** Checks a mode on many states. */
async function checkWide(mode: number, change: (step: Step, dice: Dice) => void = () => {}) {
  const next = new Set<number>();
  for (let i = 0; i < STATES; i++) {
    const dice = new Dice(SEED * 1_000_003 + mode * 1_009 + i);
    const step = wideStep(dice, mode);
    change(step, dice);
    next.add((await families.check(step)).proof.next.ctl.mode);
  }
  return next;
}

describe("on states with something in every field", () => {
  test("CHECK of signed transactions and deposits changes what it should and nothing else", async () => {
    const ways = await checkWide(MODE.check, ({ s }, dice) => {
      if (!s.tx.isDeposit && dice.below(4) === 0) s.tx.value = 2n ** 256n - 1n;
    });
    expect(ways).toEqual(
      new Set([MODE.txnext, MODE.access, MODE.settle].filter((m) => ways.has(m))),
    );
    expect(ways.size).toBeGreaterThan(1);
  });

  test("ACCESS, AUTH and START", async () => {
    for (const cnt of [0, 1, 2]) {
      await checkWide(MODE.access, ({ s }) => {
        s.ctl.cnt = cnt;
      });
    }
    await checkWide(MODE.access, ({ s }, dice) => {
      s.ctl.cnt = 3;
      s.tx.keyOff = dice.below(60_000);
      s.tx.keyEnd = s.tx.keyOff + 33 * (1 + dice.below(90));
      s.tx.rawLen = s.tx.keyEnd + dice.below(5_000);
      const key = dice.bytes(33);
      key[0] = 0xa0;
      s.tx.raw.write(s.tx.keyOff, key);
    });
    const over = await checkWide(MODE.auth, ({ s }) => {
      s.tx.authEnd = s.tx.authOff;
    });
    expect(over).toEqual(new Set([MODE.start]));
    const started = await checkWide(MODE.start, ({ s }, dice) => {
      if (dice.flag()) s.tx.dataLen = 0;
    });
    expect(started.size).toBeGreaterThan(2);
  });

  test("SETTLE, FEE and DESTRUCT", async () => {
    await checkWide(MODE.settle, ({ s }, dice) => {
      s.ctl.sub = dice.below(4) === 0 ? 1 : 0;
      const gasLeft = dice.below(Number(s.tx.gasLimit) + 1);
      const word = { outcome: dice.below(3), kind: 4, isTop: true, gasLeft, outLen: 9 };
      s.work.regs[R.outcome] = OUTCOME_WORD.pack(word);
    });
    for (let cnt = 0; cnt < 5; cnt++) {
      await checkWide(MODE.fee, ({ s }) => {
        s.ctl.cnt = cnt;
      });
    }
    const gone = await checkWide(MODE.destruct, ({ s }, dice) => {
      s.ctl.cnt = dice.below(9);
      s.rev = { ...s.rev, destructs: [s.tx.sender, s.blk.coinbase, 5n, dice.big(160)] };
    });
    expect(gone).toEqual(new Set([MODE.destruct, MODE.receipt]));
  });

  test("RECEIPT and L1PARAMS", async () => {
    await checkWide(MODE.receipt, ({ s }, dice) => {
      const { txs, receipts } = s.blk;
      txs.length = dice.below(4);
      receipts.length = txs.length;
    });
    await checkWide(MODE.l1params);
  });
});
