import type { Frame, Step, Word } from "../../state/types.js";

/** What an opcode does. The stack and static checks, and a gas check of `gas`, are done before; nothing has changed yet. */
export interface OpEntry {
  readonly pops: number;
  readonly pushes: number;
  /** Gas that it takes at least. */
  readonly gas: number;
  /** Halts in a static call. */
  readonly isWriting: boolean;
  /** Cannot halt any more: OP takes `gas` and moves pc. */
  readonly plain: ((stack: Word[], frame: Frame, step: Step) => void) | undefined;
  /** Checks the rest, takes all gas, moves pc or goes to another mode. */
  readonly full: ((step: Step, frame: Frame) => void) | undefined;
}

/** Opcodes of a family by number. */
export type OpFamily = ReadonlyMap<number, OpEntry>;

type PlainRow = [opcode: number, gas: number, pops: number, pushes: number, run: OpEntry["plain"]];
/** An opcode of `fullOps` and `writingOps`. */
export type FullRow = [
  opcode: number,
  gas: number,
  pops: number,
  pushes: number,
  run: OpEntry["full"],
];

/** A family of opcodes that cannot halt after the checks of OP. */
export function plainOps(...rows: readonly PlainRow[]): OpFamily {
  return new Map(
    rows.map(([opcode, gas, pops, pushes, plain]) => [
      opcode,
      { pops, pushes, gas, isWriting: false, plain, full: undefined },
    ]),
  );
}

/** A family of opcodes with own gas, halts or successors. */
export function fullOps(...rows: readonly FullRow[]): OpFamily {
  return new Map(
    rows.map(([opcode, gas, pops, pushes, full]) => [
      opcode,
      { pops, pushes, gas, isWriting: false, plain: undefined, full },
    ]),
  );
}

/** Like `fullOps`, for opcodes that halt in a static call. */
export function writingOps(...rows: readonly FullRow[]): OpFamily {
  return new Map([...fullOps(...rows)].map(([opcode, e]) => [opcode, { ...e, isWriting: true }]));
}
