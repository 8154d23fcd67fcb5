import { systemClock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import { L1Error } from "../errors.js";
import { HttpJsonRpc } from "../jsonRpc.js";

/** What is waited for. */
export interface AnswerWait {
  url: string;
  chainId: number;
  timeoutMs: number;
  /** Resolves with the reason if the program ends instead. */
  exited: Promise<string>;
  /** The error for that reason. */
  onExit: (reason: string) => Error;
}

const POLL_MS = 20;

/** Waits until a program that was just started answers as L1. Errors: L1_DEV_CHAIN_FAILED, what `onExit` makes. */
export async function untilAnswers(wait: AnswerWait): Promise<void> {
  const rpc = new HttpJsonRpc({ url: wait.url, maxAttempts: 1, timeoutMs: 2_000 });
  const deadlineMs = systemClock.nowMs() + wait.timeoutMs;
  let exitReason: string | undefined;
  void wait.exited.then((reason) => {
    exitReason = reason;
  });
  for (;;) {
    if (exitReason !== undefined) throw wait.onExit(exitReason);
    try {
      const answer = await rpc.call("eth_chainId", []);
      if (Number(answer) === wait.chainId) return;
      throw new L1Error("L1_DEV_CHAIN_FAILED", { reason: "another chain answers", answer });
    } catch (error) {
      if (hasCode(error, "L1_DEV_CHAIN_FAILED")) throw error;
      if (systemClock.nowMs() > deadlineMs) {
        throw new L1Error("L1_DEV_CHAIN_FAILED", { reason: "no answer" }, error);
      }
      await systemClock.sleep(POLL_MS);
    }
  }
}
