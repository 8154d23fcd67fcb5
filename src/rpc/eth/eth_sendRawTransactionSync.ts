import type { Engine } from "../../engine/types.js";
import type { Clock } from "../../util/clock.js";
import type { Hash } from "../../util/hex.js";
import { RpcError } from "../errors.js";
import { method } from "../method.js";
import { parseBytes, parseUint64 } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { encodeFoundReceipt } from "./shared.js";

const DEFAULT_WAIT_MS = 20_000;

/** QUANTITY or a JSON number. */
function parseMilliseconds(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  return Number(parseUint64(value));
}

/** Waits for the next head, at most for some time. It listens from now on, also when nobody waits yet. */
function watchHead(engine: Engine): { wait(clock: Clock, ms: number): Promise<void>; end(): void } {
  const moved = new AbortController();
  const unsubscribe = engine.subscribe(({ type }) => {
    if (type === "head") moved.abort();
  });
  return { wait: (clock, ms) => clock.sleep(ms, moved.signal), end: unsubscribe };
}

/** Takes a signed transaction into the pool, waits until a block has it, and returns its receipt. Source: EIP-7966 */
export const eth_sendRawTransactionSync = method({
  doc: "Takes a signed transaction into the pool, waits until a block has it, and returns its receipt.",
  params: [required(parseBytes), optional(parseMilliseconds, 0)],
  async run([raw, wantedMs], context) {
    const { engine, clock, limits } = context;
    // An answer must be there before the gateway gives up on the method.
    const longest = Math.max(limits.handlerTimeoutMs - 500, 1);
    const wait = Math.min(wantedMs === 0 ? DEFAULT_WAIT_MS : wantedMs, longest);
    const hash: Hash = await engine.pool.add(raw);
    const until = clock.nowMs() + wait;
    for (;;) {
      const head = watchHead(engine);
      try {
        const receipt = await engine.getReceipt(hash);
        if (receipt) return await encodeFoundReceipt(context, receipt);
        const left = until - clock.nowMs();
        if (left <= 0) throw new RpcError("RPC_TX_SYNC_TIMEOUT", { hash, wait });
        await head.wait(clock, left);
      } finally {
        head.end();
      }
    }
  },
});
