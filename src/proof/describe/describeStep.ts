import { type Hash, type Hex, toHex } from "../../util/hex.js";
import { codeOfFrame } from "../modes/evm/frameCode.js";
import type { MachineState } from "../state/types.js";
import { wordToBytes } from "../state/wordBytes.js";
import { DEPTH, G, MODE } from "../table.js";
import type { Access } from "../witness/types.js";
import type { StepProof } from "../witness/witnessOf.js";
import { opcodeName } from "./opcodeName.js";
import { type TriePath, triePaths } from "./triePaths.js";

/** A part of the running frame's memory that a step reads or writes. Units: bytes. */
export interface MemorySlice {
  readonly offset: number;
  readonly length: number;
  /** What is there before the step, at most the first 256 bytes. */
  readonly data: Hex;
}

/** A step in the words of people who know the EVM. */
export interface StepDescription {
  /** Name of the mode as in docs/protocol/machine.md, in capitals. */
  readonly mode: string;
  /** The opcode that OP executes. */
  readonly opcode: string | null;
  /** Of the running frame before the step; null outside of calls. */
  readonly frame: {
    readonly pc: number;
    readonly depth: number;
    readonly gasLeft: number;
    readonly memoryBytes: number;
    readonly stackSize: number;
    /** Top first, at most 8. */
    readonly stack: readonly Hash[];
  } | null;
  readonly memory: readonly MemorySlice[];
  readonly triePaths: readonly TriePath[];
  readonly transaction: number;
}

const SHOWN_STACK = 8;
const SHOWN_BYTES = 256;
const NAMES = new Map<number, string>(
  Object.entries(MODE).map(([name, mode]) => [mode, modeText(name)]),
);

/** The name of a mode as the documents write it: `sha256I` is SHA256_I. */
function modeText(name: string): string {
  return name.replace(/I$/, "_i").toUpperCase();
}

/** Name of a mode; undefined if the machine has none of that number. */
export function modeName(mode: number): string | undefined {
  return NAMES.get(mode);
}

/** What the next step of a state does. `proof` is of that step. */
export function describeStep(state: MachineState, { access, witness }: StepProof): StepDescription {
  const { ctl, frame, blk } = state;
  return {
    mode: modeName(ctl.mode) ?? `0x${ctl.mode.toString(16)}`,
    opcode: ctl.mode === MODE.op ? opcodeText(state) : null,
    frame:
      frame === undefined
        ? null
        : {
            pc: frame.pc,
            depth: frame.depth,
            gasLeft: frame.gas,
            memoryBytes: 32 * frame.memWords,
            stackSize: frame.stack.length,
            stack: frame.stack
              .slice(-SHOWN_STACK)
              .reverse()
              .map((word) => toHex(wordToBytes(word))),
          },
    memory: memorySlices(state, access),
    triePaths: triePaths(witness.items, witness.nodes),
    transaction: blk.txs.length,
  };
}

function opcodeText({ frame }: MachineState): string | null {
  if (frame === undefined) return null;
  const { bytes } = codeOfFrame(frame);
  return opcodeName(bytes[frame.pc] ?? 0);
}

/** Words and pages of memory that are opened, joined where they touch. */
function memorySlices({ frame }: MachineState, { leaves, ranges }: Access): MemorySlice[] {
  if (frame === undefined) return [];
  const parts: { offset: number; end: number }[] = [];
  const opened = [...leaves].map((g) => ({ g, log2: 0 }));
  for (const { g, log2 } of [...opened, ...ranges]) {
    const depth = Math.floor(Math.log2(g)) - Math.floor(Math.log2(G.mem));
    if (depth < 0 || depth > DEPTH.bytes || Math.floor(g / 2 ** depth) !== G.mem) continue;
    // The whole memory is opened where a frame changes: that is no slice.
    if (depth === 0) continue;
    const size = 32 * 2 ** (DEPTH.bytes - depth);
    const offset = (g - G.mem * 2 ** depth) * size;
    parts.push({ offset, end: offset + Math.max(size, 32 * 2 ** log2) });
  }
  parts.sort((a, b) => a.offset - b.offset);
  const joined: { offset: number; end: number }[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && part.offset <= last.end) last.end = Math.max(last.end, part.end);
    else joined.push({ ...part });
  }
  return joined.map(({ offset, end }) => ({
    offset,
    length: end - offset,
    data: toHex(frame.mem.read(offset, Math.min(end - offset, SHOWN_BYTES))),
  }));
}
