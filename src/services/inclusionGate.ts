import type { L1BlockRef } from "../protocol/types.js";
import type { Clock } from "../util/clock.js";

/** After this time the block of the last transaction is taken for reorged away. */
const PATIENCE_MS = 12_000;

/**
 * Keeps a role from deciding again before the node has seen the L1 block of its last transaction. It only saves vain attempts (each
 * call carries its precondition), so it gives up when L1 does not reach that block, as after a reorg to a shorter chain.
 */
export class InclusionGate {
  readonly #clock: Clock;
  #last: { l1Number: bigint; atMs: number } | undefined;

  constructor(deps: { clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** Time of the last transaction, in milliseconds; undefined before the first. */
  get lastMs(): number | undefined {
    return this.#last?.atMs;
  }

  note(l1Number: bigint): void {
    this.#last = { l1Number, atMs: this.#clock.nowMs() };
  }

  /** True until the node is `depth` blocks past the transaction's block. */
  isClosed(at: L1BlockRef, depth = 0n): boolean {
    const last = this.#last;
    if (!last || at.number >= last.l1Number + depth) return false;
    return this.#clock.nowMs() - last.atMs < PATIENCE_MS;
  }
}
