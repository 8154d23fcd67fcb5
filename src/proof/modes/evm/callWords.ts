import { gCall } from "../../state/gindex.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step, Word } from "../../state/types.js";
import {
  CALL_FLAGS_WORD,
  CALL_GAS_WORD,
  CALL_WINDOWS_WORD,
  type CallFlags,
  type CallWindows,
  CODE_LENGTH_WORD,
} from "../../state/words.js";
import { callWord, goTo, halt, setCallWord, touch } from "../../step.js";
import { C, DEPTH, G, LIMIT, MODE, OUTCOME } from "../../table.js";
import { setOutcome } from "./outcome.js";

const CALL_WORDS = 2 ** DEPTH.call;
/** Codes whose byte trees are remembered. */
const LIMIT_TREES = 512;
let trees = new Map<Word, PagedBytes>();

/** Reads C0. */
export function callFlags(step: Step): CallFlags {
  return CALL_FLAGS_WORD.unpack(callWord(step, C.flags));
}

/** Reads C4. */
export function callGas(step: Step): { requested: number; childGas: number } {
  return CALL_GAS_WORD.unpack(callWord(step, C.gas));
}

/** Reads C5. */
export function callWindows(step: Step): CallWindows {
  return CALL_WINDOWS_WORD.unpack(callWord(step, C.windows));
}

/** The call words become the default. */
export function clearCall({ s, rec }: Step): void {
  rec?.leaf(G.call);
  s.work.call = new Array(CALL_WORDS).fill(0n);
  s.work.calleeCode = undefined;
  s.work.snapshot = undefined;
}

/** The running frame halts while its call is being prepared. */
export function haltCall(step: Step): void {
  clearCall(step);
  halt(step);
}

/** A call or creation does not begin, and the caller goes on. Source: docs/protocol/machine.md#calls-and-creations */
export function failCall(step: Step, kind: number, gasLeft: number): void {
  const { work } = step.s;
  setOutcome(step, { outcome: OUTCOME.revert, kind, gasLeft });
  clearCall(step);
  touch(step, G.bufA, G.bufB);
  work.bufA = new PagedBytes(DEPTH.bytes);
  work.bufB = new PagedBytes(DEPTH.bufB);
  goTo(step, MODE.resume);
}

/** Writes C6, C7 and C8: the code that the callee runs. */
export function setCalleeCode(step: Step, hash: Word, code: Uint8Array): void {
  setCallWord(step, C.codeHash, hash);
  setCallWord(step, C.codeLen, CODE_LENGTH_WORD.pack({ codeLen: code.length }));
  touch(step, gCall(C.codeRoot));
  let tree = trees.get(hash);
  if (tree === undefined) {
    tree = PagedBytes.of(DEPTH.code, code);
    if (trees.size >= LIMIT_TREES) trees = new Map();
    trees.set(hash, tree);
  }
  step.s.work.calleeCode = tree.clone();
}

/** True if the running frame may not have a callee. Its registers must be recorded. */
export function isTooDeep(depth: number): boolean {
  return depth >= LIMIT.callDepth;
}
