import { makeFrame, makeRev, makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import type { Frame, MachineState, Step, Word } from "../../src/proof/state/types.js";
import { bytesToWord } from "../../src/proof/state/wordBytes.js";
import { World } from "../../src/proof/state/world.js";
import { DEPTH, MODE } from "../../src/proof/table.js";
import { keccak256 } from "../../src/util/keccak.js";
import { CodeInputs } from "./proofEvm.js";
import type { Rng } from "./randomProgram.js";
import { stepOn } from "./stepEquivalence.js";

/** Hashes of blocks, the same for all states: their tree is hashed once. */
const HIST: readonly Word[] = Array.from({ length: 256 }, (_, i) =>
  bytesToWord(keccak256(Uint8Array.of(i))),
);

/** A running frame for the test of one opcode; what is not given is random where it does not matter. */
export interface OpFrame {
  readonly code: Uint8Array;
  readonly pc?: number;
  readonly gas?: number;
  readonly stack?: readonly Word[];
  readonly isStatic?: boolean;
  readonly kind?: number;
  readonly depth?: number;
  /** Content of memory; memWords covers it. */
  readonly memory?: Uint8Array;
  readonly input?: Uint8Array;
  readonly returned?: Uint8Array;
}

const word = (rng: Rng): Word => bytesToWord(rng.bytes(32));
const address = (rng: Rng): Word => bytesToWord(rng.bytes(20));
const number = (rng: Rng): bigint => BigInt(rng.below(2 ** 31));

/** A machine in mode OP whose block, transaction and frame have a different value in every field. */
export function opState(rng: Rng, given: OpFrame): MachineState {
  const s = makeState(number(rng));
  s.rev = makeRev(World.empty());
  s.ctl.mode = MODE.op;
  Object.assign(s.tx, { sender: address(rng), price: word(rng) });
  Object.assign(s.blk, {
    number: number(rng) + 300n,
    timestamp: number(rng),
    gasLimit: number(rng),
    gasUsed: number(rng),
    coinbase: address(rng),
    prevRandao: word(rng),
    baseFee: word(rng),
    blobBaseFee: 1n,
  });
  s.hist = HIST;
  const { code, memory = rng.bytes(100), input = rng.bytes(100) } = given;
  const returned = given.returned ?? rng.bytes(70);
  const frame: Frame = {
    ...makeFrame(s.rev),
    pc: given.pc ?? 0,
    gas: given.gas ?? 1_000_000,
    depth: given.depth ?? 3,
    kind: given.kind ?? 0,
    isStatic: given.isStatic ?? false,
    stack: [...(given.stack ?? [])],
    self: address(rng),
    caller: address(rng),
    value: word(rng),
    codeHash: bytesToWord(keccak256(code)),
    code: PagedBytes.of(DEPTH.code, code),
    codeLen: code.length,
    input: PagedBytes.of(DEPTH.bytes, input),
    inputLen: input.length,
    ret: PagedBytes.of(DEPTH.bytes, returned),
    retLen: returned.length,
    mem: PagedBytes.of(DEPTH.bytes, memory),
    memWords: Math.ceil(memory.length / 32),
  };
  s.frame = frame;
  return s;
}

/** The same as a step. */
export function opStep(rng: Rng, given: OpFrame): Step {
  return stepOn(opState(rng, given), new CodeInputs());
}
