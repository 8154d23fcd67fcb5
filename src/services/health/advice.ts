/** What follows from a problem, and what to do about it. */
export interface Advice {
  impact: string;
  advice: string;
}

const NOTHING_NEW = "No new blocks, batches or proposals; reads go on.";

const TABLE: readonly [RegExp, Advice][] = [
  [
    /L1 has not answered|L1_UNREACHABLE|L1_RATE_LIMITED/,
    {
      impact: "Nothing is read from L1 or sent to it: heads stand still.",
      advice: "Check that the L1 node runs and its URL is right; the server goes on by itself.",
    },
  ],
  [
    /L1_LIED|NODE_L1_LAGS/,
    {
      impact: "Answers of the L1 node do not fit each other; they are not used.",
      advice: "Check the L1 node, or give another one with --l1-rpc-url.",
    },
  ],
  [
    /newest L1 block is/,
    {
      impact: "Deposits, batches and finality wait for L1.",
      advice: "Check the L1 chain: it has made no block for a while, or its node is behind.",
    },
  ],
  [
    /L1_INSUFFICIENT_FUNDS/,
    {
      impact: "The role cannot pay for its L1 transactions.",
      advice: "Send ether on L1 to the role's address.",
    },
  ],
  [
    /not derived yet/,
    {
      impact: "The safe head is behind L1; sequencing waits until it has caught up.",
      advice: "Wait: GET /api/v1/sync shows the progress.",
    },
  ],
  [
    /unsafe blocks are not checked/,
    {
      impact: "Sequencing waits until the unsafe blocks are checked against L1.",
      advice: "Wait; it follows the derivation of the newest entries.",
    },
  ],
  [
    /contradict|disagree/,
    {
      impact: "A proposal on L1 is not what this node derived: withdrawals against it are unsafe.",
      advice: "GET /api/v1/proposals shows both roots; do not prove withdrawals against it.",
    },
  ],
  [
    /NODE_FINALITY_VIOLATION/,
    { impact: NOTHING_NEW, advice: "Check the L1 node; then run `fovea rebuild`." },
  ],
  [
    /NODE_STORE_INCONSISTENT|NODE_ENGINE_REJECTED/,
    { impact: NOTHING_NEW, advice: "Run `fovea rebuild`; everything is derived from L1 again." },
  ],
];

const OTHER: Advice = {
  impact: "The roles named may not do their work.",
  advice: "The server's log says more; it tries again by itself.",
};

/** For people: consequences of a problem, and a cure. */
export function adviceFor(problem: string): Advice {
  return TABLE.find(([pattern]) => pattern.test(problem))?.[1] ?? OTHER;
}
