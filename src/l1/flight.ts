import { captureTrace } from "../telemetry/trace.js";
import type { Address, Hash, Hex } from "../util/hex.js";
import type { TxFees } from "./txFees.js";
import type { L1TxRequest } from "./types.js";

/** What became of an operator's wish to replace a waiting transaction. */
export type ReplaceOutcome =
  | { outcome: "replaced"; txHash: Hash; fees: TxFees }
  /** Already at the most that this server may offer. */
  | { outcome: "fee ceiling reached" }
  /** It was included, or given up, before it could be replaced. */
  | { outcome: "too late" }
  /** It is offered again later all the same. */
  | { outcome: "refused by L1" }
  | { outcome: "L1 does not answer" };

/** A wish of the operator for one flight. */
export interface ReplaceOrder {
  kind: "bump" | "cancel";
  settle(outcome: ReplaceOutcome): void;
  /** Runs work with the trace id of the request that the order came with. */
  within<T>(work: () => T): T;
}

/** The transactions made for one nonce: the first and its replacements. */
export interface Flight {
  /** What is sent; a cancelled flight sends nothing to itself. */
  request: L1TxRequest;
  nonce: bigint;
  gas: bigint;
  fees: TxFees;
  raw: Hex;
  hashes: Hash[];
  /** Hashes of the transactions that do nothing but use the nonce. */
  cancelling: Set<Hash>;
  firstSentAtMs: number;
  sentAtMs: number;
  bumps: number;
  /** Looks that found the nonce used but no receipt of ours. */
  looksInVain: number;
  /** Looks that found neither a receipt nor the transaction among the pending ones. */
  looksForgotten: number;
  orders: ReplaceOrder[];
}

/** A transaction on its way to L1, as operators see it. */
export interface PendingL1Tx {
  /** Names it in `bump` and `cancel`. */
  id: string;
  from: Address;
  label: string;
  nonce: bigint;
  /** The first and its replacements, oldest first; one of them will be included. */
  hashes: Hash[];
  fees: TxFees;
  gas: bigint;
  bumps: number;
  ageMs: number;
  /** `abandoned`: nobody waits for it any more, as after a stopped role; it may still be included. */
  state: "waiting" | "cancelling" | "abandoned";
}

/** What operators may do with the transactions of one key. */
export interface L1SenderControl {
  readonly address: Address;
  getBalance(): Promise<bigint>;
  /** Transactions sent and not included yet. Errors: those of the L1 connection. */
  pending(): Promise<PendingL1Tx[]>;
  /** Sends it again with higher fees. Undefined: no such transaction is pending. */
  bump(id: string): Promise<ReplaceOutcome | undefined>;
  /** Replaces it by one that does nothing; whoever waits for it is told L1_TX_REVERTED. Undefined: no such transaction. */
  cancel(id: string): Promise<ReplaceOutcome | undefined>;
}

/** An order of the request that runs now. */
export function newOrder(kind: ReplaceOrder["kind"], settle: ReplaceOrder["settle"]): ReplaceOrder {
  return { kind, settle, within: captureTrace() };
}

/** A flight that has not started. */
export function newFlight(start: Pick<Flight, "request" | "nonce" | "gas" | "fees" | "raw">) {
  return {
    ...start,
    hashes: [],
    cancelling: new Set<Hash>(),
    firstSentAtMs: Number.NEGATIVE_INFINITY,
    sentAtMs: Number.NEGATIVE_INFINITY,
    bumps: 0,
    looksInVain: 0,
    looksForgotten: 0,
    orders: [],
  } satisfies Flight;
}

/** How operators see a flight of `from`. */
export function describeFlight(
  flight: Flight,
  view: { from: Address; nowMs: number; isFollowed: boolean },
): PendingL1Tx {
  const { request, nonce, hashes, fees, gas, bumps } = flight;
  const state = flight.cancelling.size > 0 ? "cancelling" : "waiting";
  return {
    id: `${view.from}-${nonce}`,
    from: view.from,
    label: request.label,
    nonce,
    hashes: [...hashes],
    fees: { ...fees },
    gas,
    bumps,
    ageMs: Math.max(0, Math.round(view.nowMs - flight.firstSentAtMs)),
    state: view.isFollowed ? state : "abandoned",
  };
}

/** Answers the orders that came after the last look. */
export function refuseOrders(flight: Flight): void {
  for (const order of flight.orders.splice(0)) order.settle({ outcome: "too late" });
}
