/** What the loop needs to know of a code before it runs. */
export interface CodeAnalysis {
  /** 1 where a jump may go to. */
  readonly jumps: Uint8Array;
  /** By the position of a PUSH1 to PUSH32: where its constant is in `constants`. */
  readonly places: Uint16Array;
  /** Constants that were pushed once; the others are read when they are needed. */
  readonly constants: (bigint | undefined)[];
}

const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const PUSH0 = 0x5f;
/** Codes longer than what fits `places` cannot come to be on any chain; tests may have some. */
const MAX_CODE_BYTES = 131_000;

/** Codes that were run lately; they come from a cache, so the same code is the same object. */
const known = new WeakMap<Uint8Array, CodeAnalysis>();

/** The analysis of a code, remembered with it. Undefined: the code is too long. */
export function analysisOf(code: Uint8Array): CodeAnalysis | undefined {
  let analysis = known.get(code);
  if (analysis || code.length > MAX_CODE_BYTES) return analysis;
  const jumps = new Uint8Array(code.length);
  const places = new Uint16Array(code.length);
  let count = 0;
  for (let at = 0; at < code.length; at++) {
    const opcode = code[at] as number;
    if (opcode === JUMPDEST) jumps[at] = 1;
    else if (opcode >= PUSH1 && opcode <= PUSH32) {
      places[at] = count++;
      at += opcode - PUSH0;
    }
  }
  analysis = { jumps, places, constants: new Array(count).fill(undefined) };
  known.set(code, analysis);
  return analysis;
}

/** Constant of the PUSH at `at`; beyond the end of a code there are zeros. */
export function readConstant(code: Uint8Array, at: number): bigint {
  const length = (code[at] as number) - PUSH0;
  let digits = "0x";
  for (let i = at + 1; i <= at + length; i++) {
    digits += ((code[i] ?? 0) as number).toString(16).padStart(2, "0");
  }
  return BigInt(digits);
}
