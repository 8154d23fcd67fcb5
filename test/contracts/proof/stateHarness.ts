import { expect } from "@jest/globals";
import { StepState } from "../../../src/contracts/generated/StepState.js";
import type { Step, Word } from "../../../src/proof/state/types.js";
import { MODE, OUTCOME, R } from "../../../src/proof/table.js";
import type { AllocAccount } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";
import { type CheckedStep, StepEquivalence } from "../../helpers/stepEquivalence.js";
import {
  account,
  crowd,
  frameAfter,
  SELF,
  type WorldGiven,
  worldStep,
} from "../../helpers/worldStates.js";

export const RICH = 0x41c4n;
export const SMART = 0xc0den;
export const NOBODY = 0xdeadn;
export const PRECOMPILE = 9n;
/** Bits above an address, which opcodes do not see. */
export const DIRT = 2n ** 255n;
export const CODE = Uint8Array.from({ length: 70 }, (_, i) => i + 1);

/** Operands of an opcode, the last one on top, and the frame that it runs in. */
export interface OpGiven {
  readonly stack: readonly Word[];
  readonly gas?: number;
  readonly isStatic?: boolean;
}

/** Single opcodes of StepState beside the machine. */
export class StateHarness {
  readonly solidity: StepEquivalence;
  readonly rng: Rng;

  private constructor(solidity: StepEquivalence, rng: Rng) {
    this.solidity = solidity;
    this.rng = rng;
  }

  static async create(seed: number): Promise<StateHarness> {
    return new StateHarness(await StepEquivalence.create({ state: StepState }), new Rng(seed));
  }

  /** Some accounts; SELF has these fields. */
  world(self: Partial<AllocAccount> = {}, more: Partial<WorldGiven> = {}): WorldGiven {
    const own = account({ nonce: 1n, balance: 77n, code: CODE, ...self });
    return {
      alloc: new Map([
        ...crowd(this.rng, 30),
        [SELF, own],
        [RICH, account({ balance: 10n ** 21n })],
        [SMART, account({ nonce: 1n, code: CODE })],
      ]),
      ...more,
    };
  }

  opStep(opcode: number, given: OpGiven, of: WorldGiven): Step {
    const frame = { code: Uint8Array.of(opcode, 0), memory: new Uint8Array(64), ...given };
    return worldStep(this.rng, frame, of);
  }

  async run(opcode: number, given: OpGiven, of: WorldGiven): Promise<CheckedStep> {
    return this.solidity.check(this.opStep(opcode, given, of));
  }

  /** Runs an opcode that must halt, and change nothing. */
  async halts(opcode: number, given: OpGiven, of: WorldGiven): Promise<void> {
    const step = this.opStep(opcode, given, of);
    const { next } = (await this.solidity.check(step)).proof;
    expect(next.ctl.mode).toBe(MODE.exit);
    expect((next.work.regs[R.outcome] as Word) >> 248n).toBe(BigInt(OUTCOME.halt));
    expect(frameAfter(next).gas).toBe(step.s.frame?.gas);
  }

  /** Runs with exactly the gas that it takes, and with one less, if that is at least `least`; returns what it takes. */
  async price(opcode: number, given: OpGiven, of: WorldGiven, least = 1): Promise<number> {
    const { next } = (await this.run(opcode, { ...given, gas: 1_000_000 }, of)).proof;
    const gas = 1_000_000 - frameAfter(next).gas;
    if (gas >= least) {
      const exact = (await this.run(opcode, { ...given, gas }, of)).proof.next;
      expect(exact.ctl.mode).not.toBe(MODE.exit);
      expect(frameAfter(exact).gas).toBe(0);
      await this.halts(opcode, { ...given, gas: gas - 1 }, of);
    }
    return gas;
  }

  /** What an opcode pushes. */
  async result(opcode: number, given: OpGiven, of: WorldGiven): Promise<Word> {
    const { next } = (await this.run(opcode, given, of)).proof;
    expect(next.ctl.mode).toBe(MODE.op);
    return frameAfter(next).stack.at(-1) as Word;
  }
}
