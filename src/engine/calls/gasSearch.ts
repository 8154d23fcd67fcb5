import { EngineError } from "../errors.js";
import { isRevert, type MessageResult } from "../execution/runMessage.js";
import { gethWords } from "./gethWords.js";

/** Gas that a call with value gives to the callee on top. */
const CALL_STIPEND = 2_300n;
const OUT_OF_GAS = "out of gas";

/** A run with some gas limit: its result, or that it cannot even start. */
type Attempt = MessageResult | string;

const succeeds = (attempt: Attempt): boolean =>
  typeof attempt !== "string" && attempt.exception === undefined;

function fail(attempt: Attempt, cap: bigint): never {
  if (typeof attempt === "string" || attempt.exception === OUT_OF_GAS) {
    throw new EngineError("ENGINE_CALL_FAILED", {
      reason: `gas required exceeds allowance (${cap})`,
      ...(typeof attempt === "string" ? {} : { result: toResult(attempt) }),
    });
  }
  throw new EngineError("ENGINE_CALL_FAILED", {
    reason: gethWords(attempt.exception ?? ""),
    result: toResult(attempt),
  });
}

function toResult({ exception, returnData, gasUsed, logs }: MessageResult) {
  const failure = {
    kind: isRevert(exception) ? ("revert" as const) : ("exception" as const),
    reason: gethWords(exception ?? ""),
  };
  return { failure, returnData, gasUsed, logs };
}

/**
 * Smallest gas limit up to `cap` with which `run` succeeds. What a message uses at most at one time is all that it needs, unless
 * it calls others, which get at most 63/64 of the gas; so most searches end after two or three runs.
 * Errors: ENGINE_CALL_FAILED if even `cap` is not enough; `data.result` is the failed result.
 */
export async function searchGas(
  cap: bigint,
  run: (gas: bigint) => Promise<Attempt>,
): Promise<bigint> {
  const first = await run(cap);
  if (!succeeds(first)) return fail(first, cap);
  const { gasUsed, peakGas } = first as MessageResult;
  let low = gasUsed - 1n;
  let high = cap;
  const attempt = async (gas: bigint): Promise<void> => {
    if (gas <= low || gas >= high) return;
    if (succeeds(await run(gas))) high = gas;
    else low = gas;
  };
  await attempt(peakGas);
  // Whether the refund, which comes at the end, was needed on the way.
  if (high === peakGas) await attempt(peakGas - 1n);
  else await attempt(((peakGas + CALL_STIPEND) * 64n) / 63n);
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    // Most calls need little more than they use, so the upper half is not worth the first looks.
    await attempt(middle > low * 2n ? low * 2n : middle);
  }
  return high;
}
