import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { framesOf, type TracedFrame, walkFrames } from "./callFrames.js";

const TRANSFER = 0;
const OPERATIONS: Readonly<Record<string, number>> = { SELFDESTRUCT: 1, CREATE: 2, CREATE2: 3 };

function operationOf({ type, value = "0x0" }: TracedFrame): number | undefined {
  if (type === "CALL") return value === "0x0" ? undefined : TRANSFER;
  return OPERATIONS[type];
}

/** Transfers of Ether, creations and self-destructions inside a transaction, as far as they stand. */
export const ots_getInternalOperations = method({
  doc: "Transfers of Ether, creations and self-destructions inside a transaction, as far as they stand.",
  params: [required(parseHash)],
  usesEvm: true,
  async run([hash], context) {
    const operations: unknown[] = [];
    const frames = await framesOf(context, hash);
    if (!frames) return operations;
    walkFrames(frames, (frame, depth) => {
      // What happens in a frame that fails is undone.
      if (frame.error !== undefined) return false;
      const type = operationOf(frame);
      if (depth > 0 && type !== undefined) {
        operations.push({ type, from: frame.from, to: frame.to, value: frame.value ?? "0x0" });
      }
      return true;
    });
    return operations;
  },
});
