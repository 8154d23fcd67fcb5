import type { PoolCandidate } from "./poolTypes.js";
import type { TxPoolAccount } from "./txPoolAccount.js";
import { effectiveTip, type PooledTx } from "./txPoolTx.js";

/** One sender's transactions in a block being filled. */
interface Run {
  txs: PooledTx[];
  at: number;
  tip: bigint;
  sequence: number;
}

/**
 * Executable transactions of all accounts: best effective tip first, ties by arrival, each sender's in nonce order.
 * A sender's run ends at the first one whose fee cap is below the base fee.
 */
export function* orderByTip(
  accounts: Iterable<TxPoolAccount>,
  baseFee: bigint,
): Generator<PoolCandidate> {
  const heap: Run[] = [];
  for (const account of accounts) {
    if (account.pendingCount > 0) pushRun(heap, account.pending(), 0, baseFee);
  }
  for (let best = pop(heap); best !== undefined; best = pop(heap)) {
    const tx = best.txs[best.at];
    if (tx === undefined) continue;
    pushRun(heap, best.txs, best.at + 1, baseFee);
    yield { hash: tx.hash, raw: tx.raw, from: tx.from, nonce: tx.nonce };
  }
}

function pushRun(heap: Run[], txs: PooledTx[], at: number, baseFee: bigint): void {
  const tx = txs[at];
  if (tx === undefined || tx.maxFeePerGas < baseFee) return;
  push(heap, { txs, at, tip: effectiveTip(tx, baseFee), sequence: tx.sequence });
}

function isBetter(left: Run, right: Run): boolean {
  return left.tip > right.tip || (left.tip === right.tip && left.sequence < right.sequence);
}

function push(heap: Run[], run: Run): void {
  let child = heap.push(run) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    const above = heap[parent] as Run;
    if (!isBetter(run, above)) break;
    heap[child] = above;
    child = parent;
  }
  heap[child] = run;
}

function pop(heap: Run[]): Run | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && isBetter(right, heap[child] as Run)) child++;
    const below = heap[child] as Run;
    if (!isBetter(below, last)) break;
    heap[parent] = below;
    parent = child;
  }
  heap[parent] = last;
  return top;
}
