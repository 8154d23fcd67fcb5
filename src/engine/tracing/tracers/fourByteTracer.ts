import { type Address, toHex } from "../../../util/hex.js";
import type { FrameStart, TraceBudget, TraceContext, Tracer } from "../types.js";

const ENTRY_BYTES = 30;
const SELECTOR_BYTES = 4;

/** How often each selector was called with how many bytes of arguments. */
class FourByteTracer implements Tracer {
  readonly #budget: TraceBudget;
  readonly #counts = new Map<string, number>();
  #precompiles: ReadonlySet<Address> = new Set();

  constructor(budget: TraceBudget) {
    this.#budget = budget;
  }

  onTxStart({ precompiles }: TraceContext): void {
    this.#precompiles = precompiles;
  }

  onEnter({ type, input, to }: FrameStart): void {
    const isCall = type !== "CREATE" && type !== "CREATE2" && type !== "SELFDESTRUCT";
    if (!isCall || input.length < SELECTOR_BYTES || this.#precompiles.has(to)) return;
    const selector = toHex(input.subarray(0, SELECTOR_BYTES));
    const key = `${selector}-${input.length - SELECTOR_BYTES}`;
    const count = this.#counts.get(key) ?? 0;
    if (count === 0) this.#budget.take(ENTRY_BYTES);
    this.#counts.set(key, count + 1);
  }

  result(): unknown {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Counts the selectors of a transaction's calls. */
export function fourByteTracer(budget: TraceBudget): Tracer {
  return new FourByteTracer(budget);
}
