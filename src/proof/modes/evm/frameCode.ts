import type { Frame, Word } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";

/** Codes that are remembered. */
const LIMIT_CODES = 512;
const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;

/** Code of a frame as the opcodes need it: in one piece, and what follows from it made at first use. */
export class FrameCode {
  readonly hash: Word;
  readonly bytes: Uint8Array;
  readonly #pushed = new Map<number, Word>();
  #jumps: Uint8Array | undefined;

  constructor(hash: Word, bytes: Uint8Array) {
    this.hash = hash;
    this.bytes = bytes;
  }

  /** The number that the PUSH at `pc` pushes; code is followed by zeros. */
  pushed(pc: number, size: number): Word {
    let word = this.#pushed.get(pc);
    if (word === undefined) {
      const data = new Uint8Array(size);
      data.set(this.bytes.subarray(pc + 1, pc + 1 + size));
      word = bytesToWord(data);
      this.#pushed.set(pc, word);
    }
    return word;
  }

  /** True if an instruction starts there and is a JUMPDEST. */
  isJumpDest(pc: number): boolean {
    this.#jumps ??= this.#scan();
    return this.#jumps[pc] === 1;
  }

  #scan(): Uint8Array {
    const { bytes } = this;
    const jumps = new Uint8Array(bytes.length);
    for (let pc = 0; pc < bytes.length; pc++) {
      const opcode = bytes[pc] as number;
      if (opcode === JUMPDEST) jumps[pc] = 1;
      else if (opcode >= PUSH1 && opcode <= PUSH32) pc += opcode - PUSH1 + 1;
    }
    return jumps;
  }
}

let codes = new Map<Word, FrameCode>();
let last: FrameCode | undefined;

/** The code of a frame; it is remembered by its hash. */
export function codeOfFrame(frame: Frame): FrameCode {
  if (last !== undefined && last.hash === frame.codeHash) return last;
  let code = codes.get(frame.codeHash);
  if (code === undefined) {
    code = new FrameCode(frame.codeHash, frame.code.read(0, frame.codeLen));
    if (codes.size >= LIMIT_CODES) codes = new Map();
    codes.set(frame.codeHash, code);
  }
  last = code;
  return code;
}
