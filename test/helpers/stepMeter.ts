import { type Abi, encodeFunctionData } from "viem";
import { StepVerifier } from "../../src/contracts/generated/StepVerifier.js";
import { opcodeName } from "../../src/proof/describe/opcodeName.js";
import type { Step } from "../../src/proof/state/types.js";
import { buildFrontier } from "../../src/proof/witness/buildWitness.js";
import { fromHex, type Hex, toHex } from "../../src/util/hex.js";
import { deployVerifier } from "./provenBlocks.js";
import { type SolidityContract, SolidityVm } from "./solidityVm.js";
import { opcodeOf, proofOf, type SolidityContext } from "./stepEquivalence.js";
import { contextOf, kindOf } from "./verifierSteps.js";

/** No step may need more, as a transaction of L1 with all its calldata. */
export const MOST_GAS = 15_000_000;
/** No witness may be longer. */
export const MOST_BYTES = 120_000;

/** What a step takes. */
export interface StepFigures {
  /** Mode, and the opcode if it executes one. */
  readonly kind: string;
  readonly name: string;
  /** Of the packed witness. */
  readonly bytes: number;
  /** Of execution alone. */
  readonly gas: number;
  /** Of the transaction that calls `step` (EIP-7623). */
  readonly l1Gas: number;
  /** True if a transaction with MOST_GAS as its limit executes it. */
  readonly fits: boolean;
  readonly items: number;
  readonly ranges: number;
  readonly nodes: number;
  /** Inner nodes that the step replaces, or reads as a whole, with something below them. */
  readonly overrides: number;
}

/** Gas of a step that is above the bound is measured up to here. */
const PLENTY = 200_000_000n;
const BASE_GAS = 21_000;

/** The deployed StepVerifier, and what steps of any origin take in it. */
export class StepMeter {
  readonly vm: SolidityVm;
  readonly #verifier: SolidityContract;

  private constructor(vm: SolidityVm, verifier: SolidityContract) {
    this.vm = vm;
    this.#verifier = verifier;
  }

  /** Deploys router and families. */
  static async create(): Promise<StepMeter> {
    const vm = await SolidityVm.create();
    return new StepMeter(vm, await deployVerifier(vm));
  }

  /** Proves the next step of a state; throws if the contracts refuse it, or end in another root. */
  async measure(
    name: string,
    step: Step,
    context: Partial<SolidityContext> = {},
  ): Promise<StepFigures> {
    const proof = proofOf(step);
    const kind = kindOf(step.s).replace(/0x.*/, () => opcodeName(opcodeOf(step.s)));
    const args = [{ ...contextOf(step), ...context }, toHex(proof.pre), toHex(proof.packed)];
    const { calldata, floor } = calldataGas(args);
    // What such a transaction has left for its execution.
    const limit = BigInt(MOST_GAS - BASE_GAS - calldata);
    let outcome = await this.#verifier.call("step", args, limit);
    const fits = outcome.ok && BASE_GAS + floor <= MOST_GAS;
    if (!outcome.ok) outcome = await this.#verifier.call("step", args, PLENTY);
    if (!outcome.ok) throw new Error(`${kind}, ${name}: ${outcome.error}(${outcome.args})`);
    if (outcome.data !== toHex(proof.post)) {
      throw new Error(`${kind}, ${name}: ${outcome.data}, not ${toHex(proof.post)}`);
    }
    const gas = Number(outcome.gasUsed);
    return {
      kind,
      name,
      bytes: proof.packed.length,
      gas,
      l1Gas: BASE_GAS + Math.max(calldata + gas, floor),
      fits,
      items: proof.witness.items.length,
      ranges: proof.witness.ranges.length,
      nodes: proof.witness.nodes.length,
      overrides: buildFrontier(proof.access).inner.length,
    };
  }
}

/** What calldata costs: with execution beside it, and at least. Source: EIP-7623 */
function calldataGas(args: readonly unknown[]): { calldata: number; floor: number } {
  const abi = StepVerifier.abi as unknown as Abi;
  const data: Hex = encodeFunctionData({ abi, functionName: "step", args });
  const tokens = fromHex(data).reduce((sum, byte) => sum + (byte === 0 ? 1 : 4), 0);
  return { calldata: 4 * tokens, floor: 10 * tokens };
}
