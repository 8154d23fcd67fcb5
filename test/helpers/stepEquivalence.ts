import { runStep } from "../../src/proof/machine.js";
import type { MachineState, Step } from "../../src/proof/state/types.js";
import { MODE } from "../../src/proof/table.js";
import { type StepProof, witnessOf } from "../../src/proof/witness/witnessOf.js";
import { type Address, toHex } from "../../src/util/hex.js";
import type { Rng } from "./randomProgram.js";
import {
  type Artifact,
  type CallOutcome,
  type SolidityContract,
  SolidityVm,
} from "./solidityVm.js";

/** Families of contracts as StepVerifier names them. */
export type FamilyName =
  | "feed"
  | "blk"
  | "records"
  | "leaves"
  | "tx"
  | "txEnd"
  | "op"
  | "state"
  | "callOp"
  | "engines"
  | "call"
  | "create"
  | "precompile"
  | "compress";

/** What a step depends on beside the state, as the contracts get it. */
export interface SolidityContext {
  sequencerFeed: Address;
  depositFeed: Address;
  entryBound: bigint;
  t: bigint;
}

/** A step that a contract has executed as the machine does. */
export interface CheckedStep {
  readonly proof: StepProof;
  readonly family: FamilyName;
  /** Execution alone, without the transaction's base and its calldata. */
  readonly gas: number;
  /** What an L1 transaction with this step takes (EIPs 2028, 7623); `step` of a family is called directly. */
  readonly l1Gas: number;
  readonly bytes: number;
}

const NOBODY: Address = `0x${"00".repeat(20)}`;
/** More than any step may need. */
const MOST_GAS = 15_000_000n;
const STATE_OPCODES = new Set([0x31, 0x3b, 0x3c, 0x3f, 0x47, 0x54, 0x55, 0x5c, 0x5d, 0xff]);
const CALL_OPCODES = new Set([
  0x00, 0x20, 0x37, 0x39, 0x3e, 0x5e, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4,
  0xf5, 0xfa, 0xfd,
]);

const COMPRESS_MODES: ReadonlySet<number> = new Set([MODE.sha256I, MODE.ripemdI, MODE.blake2I]);

/** The opcode that a state in mode OP executes next. */
export function opcodeOf({ frame }: MachineState): number {
  if (frame === undefined || frame.pc >= frame.codeLen) return 0;
  return frame.code.readByte(frame.pc);
}

/** The family that executes the next step of a state, as StepVerifier decides. */
export function familyOf(s: MachineState): FamilyName {
  const { mode } = s.ctl;
  if (mode === MODE.op) {
    const opcode = opcodeOf(s);
    if (STATE_OPCODES.has(opcode)) return "state";
    return CALL_OPCODES.has(opcode) ? "callOp" : "op";
  }
  if (mode <= MODE.place) return "feed";
  if (mode >= MODE.attr && mode <= MODE.depdata) return "records";
  if (mode <= MODE.txcopy) return "blk";
  if (mode <= MODE.start) return "tx";
  if (mode <= MODE.log) return "engines";
  if (mode === MODE.destroy) return "state";
  if (mode <= MODE.push) return "call";
  if (mode <= MODE.deploy) return "create";
  if (COMPRESS_MODES.has(mode)) return "compress";
  if (mode < MODE.settle) return "precompile";
  if (mode <= MODE.l1params) return "txEnd";
  return mode <= MODE.fold ? "leaves" : "blk";
}

/** The next step of a state with its witness; the state stays as it is. */
export function proofOf(step: Step): StepProof {
  return witnessOf(step.s, (s, rec) => runStep({ ...step, s, rec }));
}

/** Runs steps in the contracts of some families and compares with the machine. */
export class StepEquivalence {
  readonly #contracts: ReadonlyMap<FamilyName, SolidityContract>;
  readonly #context: Partial<SolidityContext>;

  private constructor(
    contracts: ReadonlyMap<FamilyName, SolidityContract>,
    context: Partial<SolidityContext>,
  ) {
    this.#contracts = contracts;
    this.#context = context;
  }

  /** Deploys families; `vm` and `context` are for those that read feeds. */
  static async create(
    artifacts: Partial<Record<FamilyName, Artifact>>,
    { vm, context = {} }: { vm?: SolidityVm; context?: Partial<SolidityContext> } = {},
  ): Promise<StepEquivalence> {
    const evm = vm ?? (await SolidityVm.create());
    const contracts = new Map<FamilyName, SolidityContract>();
    for (const [family, artifact] of Object.entries(artifacts)) {
      contracts.set(family as FamilyName, await evm.deploy(artifact));
    }
    return new StepEquivalence(contracts, context);
  }

  /** True if the family of a state's next step is there. */
  knows(s: MachineState): boolean {
    return this.#contracts.has(familyOf(s));
  }

  /** Executes a packed witness in a family's contract. */
  async execute(
    family: FamilyName,
    pre: Uint8Array,
    packed: Uint8Array,
    context: Partial<SolidityContext> = {},
  ): Promise<CallOutcome> {
    const contract = this.#contracts.get(family);
    if (contract === undefined) throw new Error(`the family ${family} is not there`);
    const ctx = {
      sequencerFeed: NOBODY,
      depositFeed: NOBODY,
      entryBound: 0n,
      t: 1n,
      ...this.#context,
      ...context,
    };
    return contract.call("step", [ctx, toHex(pre), toHex(packed)], MOST_GAS);
  }

  /** Checks one step that was run already; throws if the contract reverts or ends in another root. */
  async checkProof(
    proof: StepProof,
    family: FamilyName,
    context: Partial<SolidityContext> = {},
  ): Promise<CheckedStep> {
    const outcome = await this.execute(family, proof.pre, proof.packed, context);
    const [mode, opcode] = [proof.packed[6], proof.access.aux[0]];
    const name = `mode ${mode} opcode 0x${opcode?.toString(16)} of family ${family}`;
    if (!outcome.ok) throw new Error(`${name}: ${outcome.error}(${outcome.args.join(", ")})`);
    if (outcome.data !== toHex(proof.post)) {
      throw new Error(`${name}: the contract ends in ${outcome.data}, not ${toHex(proof.post)}`);
    }
    const gas = Number(outcome.gasUsed);
    const { length } = proof.packed;
    return { proof, family, gas, l1Gas: l1GasOf(proof.packed, gas), bytes: length };
  }

  /** Checks the next step of a state, which stays as it is: `proof.next` is the one after it. */
  async check(step: Step, context: Partial<SolidityContext> = {}): Promise<CheckedStep> {
    const own = { entryBound: step.entryBound, t: step.mayBegin ? 0n : 1n };
    return this.checkProof(proofOf(step), familyOf(step.s), { ...own, ...context });
  }

  /** Changes single bytes of a witness: each result must be a revert, or the true root. Returns how many were refused. */
  async checkMutations(
    proof: StepProof,
    family: FamilyName,
    rng: Rng,
    count: number,
    context: Partial<SolidityContext> = {},
  ): Promise<number> {
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const packed = proof.packed.slice();
      const place = rng.below(packed.length);
      packed[place] = (packed[place] as number) ^ (1 + rng.below(255));
      const outcome = await this.execute(family, proof.pre, packed, context);
      if (!outcome.ok) refused++;
      else if (outcome.data !== toHex(proof.post)) {
        throw new Error(`byte ${place} changed: accepted with ${outcome.data}`);
      }
    }
    return refused;
  }
}

/** Gas of an L1 transaction that calls `step` with a witness of so many bytes. */
function l1GasOf(packed: Uint8Array, execution: number): number {
  // Selector, context (4 words), root, offset and length of the witness, padding: nearly all zero bytes.
  const head = 4 + 7 * 32 + 31;
  const nonZero = packed.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0) + 84;
  const tokens = 4 * nonZero + (packed.length + head - nonZero);
  return 21_000 + Math.max(4 * tokens + execution, 10 * tokens);
}

/** A step function's context around a state, for tests that make their own states. */
export function stepOn(s: MachineState, inputs: Step["inputs"]): Step {
  return { s, rec: undefined, inputs, entryBound: 0n, mayBegin: false, isPlain: false };
}

/** Lines for a table of gas. Shapes: name, gas of execution, gas of the L1 transaction, bytes. */
export function gasLine(name: string, steps: readonly CheckedStep[]): string {
  const worst = (pick: (step: CheckedStep) => number) => Math.max(0, ...steps.map(pick));
  return `gas: ${name}: ${steps.length} steps, at most ${worst((s) => s.gas)} of execution, ${worst((s) => s.l1Gas)} as a transaction, ${worst((s) => s.bytes)} bytes\n`;
}
