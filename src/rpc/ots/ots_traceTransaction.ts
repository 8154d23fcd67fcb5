import { method } from "../method.js";
import { parseHash } from "../params/hex.js";
import { required } from "../params/param.js";
import { framesOf, walkFrames } from "./callFrames.js";

/** Calls of other accounts hand on no value of their own. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(["DELEGATECALL", "STATICCALL"]);

/** The calls of a transaction in the order in which they began, each with its depth. */
export const ots_traceTransaction = method({
  doc: "The calls of a transaction in the order in which they began, each with its depth.",
  params: [required(parseHash)],
  usesEvm: true,
  async run([hash], context) {
    const entries: unknown[] = [];
    const frames = await framesOf(context, hash);
    if (!frames) return entries;
    walkFrames(frames, ({ type, from, to, value, input, output }, depth) => {
      const worth = WITHOUT_VALUE.has(type) ? null : (value ?? "0x0");
      entries.push({
        type,
        depth,
        from,
        to: to ?? null,
        value: worth,
        input,
        output: output ?? "0x",
      });
      return true;
    });
    return entries;
  },
});
