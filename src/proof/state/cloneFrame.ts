import type { Frame } from "./types.js";

/** An independent copy of a frame; its parents are shared, and its byte strings until one of the copies is written to. */
export function cloneFrame(frame: Frame): Frame {
  return {
    ...frame,
    code: frame.code.clone(),
    input: frame.input.clone(),
    ret: frame.ret.clone(),
    mem: frame.mem.clone(),
    stack: frame.stack.slice(),
  };
}
