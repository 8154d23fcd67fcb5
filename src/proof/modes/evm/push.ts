import { ProofError } from "../../errors.js";
import { makeFrame } from "../../state/defaults.js";
import { gCall } from "../../state/gindex.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Frame, Step, Word } from "../../state/types.js";
import { CODE_LENGTH_WORD } from "../../state/words.js";
import { callWord, enterFrame, goTo, regs, touch } from "../../step.js";
import { C, DEPTH, G, KIND, MODE } from "../../table.js";
import { callFlags, callGas, callWindows, clearCall } from "./callWords.js";

/** The callee's frame takes the place of the caller's. Source: docs/protocol/machine.md#calls-and-creations */
export function push(step: Step): void {
  const { work } = step.s;
  const { kind, isTop, isPrecompile, isStatic } = callFlags(step);
  touch(step, G.bufA, G.bufB, gCall(C.snapshot), gCall(C.codeRoot));
  const { snapshot } = work;
  if (snapshot === undefined) throw new ProofError("PROOF_NO_SNAPSHOT");
  const isCreation = kind >= KIND.create;
  const parent = isTop ? undefined : callerOf(step);
  const frame: Frame = {
    ...makeFrame(snapshot),
    gas: callGas(step).childGas,
    depth: parent === undefined ? 0 : parent.depth + 1,
    kind,
    isStatic,
    self: callWord(step, C.to),
    caller: senderOf(step, kind, parent),
    value: callWord(step, C.value),
    codeHash: callWord(step, C.codeHash),
    code: isCreation ? work.bufB : (work.calleeCode ?? new PagedBytes(DEPTH.code)),
    codeLen: CODE_LENGTH_WORD.unpack(callWord(step, C.codeLen)).codeLen,
    inputLen: isCreation ? 0 : callWindows(step).inSize,
    input: isCreation ? new PagedBytes(DEPTH.bytes) : work.bufA,
    parent,
    newAddr: isCreation
      ? callWord(step, C.newAddr)
      : isPrecompile
        ? callWord(step, C.codeAddr)
        : 0n,
  };
  work.bufA = new PagedBytes(DEPTH.bytes);
  work.bufB = new PagedBytes(DEPTH.bufB);
  clearCall(step);
  enterFrame(step, frame);
  goTo(step, isPrecompile ? MODE.precomp : MODE.op);
}

/** The caller's frame as it waits: without the data that its last call returned. */
function callerOf(step: Step): Frame {
  const frame = regs(step);
  touch(step, G.lens, G.ret);
  frame.ret = new PagedBytes(DEPTH.bytes);
  frame.retLen = 0;
  return frame;
}

function senderOf(step: Step, kind: number, parent: Frame | undefined): Word {
  if (parent === undefined) {
    touch(step, G.sender);
    return step.s.tx.sender;
  }
  if (kind === KIND.delegatecall) {
    touch(step, G.caller);
    return parent.caller;
  }
  touch(step, G.self);
  return parent.self;
}
