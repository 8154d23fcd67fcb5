import { describe, expect, test } from "@jest/globals";
import { ProposalStatus } from "../../../../src/services/proposals/types.js";
import { withdrawalProgress } from "../../../../src/services/withdrawals/status.js";
import type {
  ProposalFate,
  WithdrawalProgress,
  WithdrawalProofState,
  WithdrawalSnapshot,
} from "../../../../src/services/withdrawals/types.js";
import type { Address } from "../../../../src/util/hex.js";

const { inProgress, challengerWins, defenderWins } = ProposalStatus;
const ME: Address = "0x00000000000000000000000000000000000000a1";
const OTHER: Address = "0x00000000000000000000000000000000000000b2";

// Challenge period 30, maturity 10, finality 5, as on the development chain.
const CREATED = 1_000n;
const PROVEN = 1_010n;
const RESOLVED = 1_040n;

function proposal(changes: Partial<ProposalFate> = {}): ProposalFate {
  return {
    index: 3n,
    createdAt: CREATED,
    resolvedAt: 0n,
    status: inProgress,
    parentStatus: defenderWins,
    unresolvedSiblings: 0n,
    hasConfirmedSibling: false,
    verdict: "agree",
    ...changes,
  };
}

const resolved = (at = RESOLVED) => proposal({ status: defenderWins, resolvedAt: at });
const lost = proposal({ status: challengerWins, resolvedAt: RESOLVED });

function proof(of: ProposalFate, changes: Partial<WithdrawalProofState> = {}) {
  return { submitter: ME, provenAt: PROVEN, proposal: of, ...changes };
}

function at(l1Time: bigint, changes: Partial<WithdrawalSnapshot> = {}): WithdrawalSnapshot {
  return {
    l1Time,
    isSafe: true,
    outcome: null,
    proofs: [],
    usable: { index: 3n, createdAt: CREATED },
    periodEnd: 2_000n,
    delays: {
      challengePeriodSeconds: 30,
      proofMaturityDelaySeconds: 10,
      disputeGameFinalityDelaySeconds: 5,
    },
    ...changes,
  };
}

type Expected = {
  status: WithdrawalProgress["status"];
  kind: WithdrawalProgress["nextAction"]["kind"];
  validFrom?: bigint | null;
  reason?: string | null;
  etaSec?: number | null;
};

const NO_PROPOSAL = { usable: null };

const CASES: [name: string, snapshot: WithdrawalSnapshot, expected: Expected][] = [
  [
    "an unsafe L2 block",
    at(1_990n, { ...NO_PROPOSAL, isSafe: false }),
    { status: "initiated", kind: "wait", validFrom: 2_000n, reason: "not-safe-yet", etaSec: 10 },
  ],
  [
    "no proposal yet",
    at(1_990n, NO_PROPOSAL),
    { status: "waitingForProposal", kind: "wait", reason: "no-proposal", etaSec: 10 },
  ],
  [
    "no proposal, and no idea when",
    at(1_990n, { ...NO_PROPOSAL, periodEnd: null }),
    { status: "waitingForProposal", kind: "wait", validFrom: null, etaSec: null },
  ],
  [
    "a proposal of this very second: nothing can be proven against it",
    at(CREATED),
    { status: "waitingForProposal", kind: "wait", validFrom: CREATED + 1n, etaSec: 1 },
  ],
  [
    "a proposal a second old",
    at(CREATED + 1n),
    {
      status: "readyToProve",
      kind: "prove",
      validFrom: CREATED + 1n,
      reason: null,
      etaSec: 0,
    },
  ],
  [
    "a fresh proof against an open proposal: what lasts longest is named",
    at(PROVEN + 1n, { proofs: [proof(proposal())] }),
    {
      status: "proven",
      kind: "wait",
      reason: "challenge-period",
      validFrom: CREATED + 31n + 6n,
      etaSec: 26,
    },
  ],
  [
    "the last second of maturity",
    at(PROVEN + 10n, { proofs: [proof(proposal())] }),
    { status: "proven", kind: "wait" },
  ],
  [
    "the first second after maturity, proposal open",
    at(PROVEN + 11n, { proofs: [proof(proposal())] }),
    { status: "inChallengePeriod", kind: "wait", reason: "challenge-period" },
  ],
  [
    "the last second of the challenge period",
    at(CREATED + 30n, { proofs: [proof(proposal())] }),
    { status: "inChallengePeriod", kind: "wait", reason: "challenge-period", etaSec: 7 },
  ],
  [
    "challenge period over, nobody has resolved",
    at(CREATED + 31n, { proofs: [proof(proposal())] }),
    { status: "inChallengePeriod", kind: "wait", reason: "resolution-due", etaSec: 6 },
  ],
  [
    "challenge period over, the parent is open",
    at(CREATED + 31n, { proofs: [proof(proposal({ parentStatus: inProgress }))] }),
    { status: "inChallengePeriod", kind: "wait", reason: "parent-unresolved" },
  ],
  [
    "a sibling is unresolved: nobody knows for how long",
    at(CREATED + 31n, { proofs: [proof(proposal({ unresolvedSiblings: 1n }))] }),
    {
      status: "inChallengePeriod",
      kind: "wait",
      reason: "sibling-unresolved",
      validFrom: null,
      etaSec: null,
    },
  ],
  [
    "the last second of the finality delay",
    at(RESOLVED + 5n, { proofs: [proof(resolved())] }),
    { status: "inChallengePeriod", kind: "wait", reason: "finality-delay", etaSec: 1 },
  ],
  [
    "the first second after the finality delay",
    at(RESOLVED + 6n, { proofs: [proof(resolved())] }),
    { status: "readyToFinalize", kind: "finalize", validFrom: RESOLVED + 6n, reason: null },
  ],
  [
    "a proof against an old confirmed proposal: the last second of maturity",
    at(PROVEN + 10n, { proofs: [proof(resolved(900n))] }),
    { status: "proven", kind: "wait", reason: "proof-maturity", etaSec: 1 },
  ],
  [
    "a proof against an old confirmed proposal, mature",
    at(PROVEN + 11n, { proofs: [proof(resolved(900n))] }),
    { status: "readyToFinalize", kind: "finalize", validFrom: PROVEN + 11n },
  ],
  [
    "the proof's proposal was lost, another can be used",
    at(RESOLVED, { proofs: [proof(lost)] }),
    { status: "proofInvalidated", kind: "prove", validFrom: CREATED + 1n },
  ],
  [
    "the proof's proposal was lost, there is no other",
    at(1_990n, { proofs: [proof(lost)], ...NO_PROPOSAL }),
    { status: "proofInvalidated", kind: "wait", reason: "no-proposal" },
  ],
  [
    "the parent of the proof's proposal was lost",
    at(RESOLVED, { proofs: [proof(proposal({ parentStatus: challengerWins }))] }),
    { status: "proofInvalidated", kind: "prove" },
  ],
  [
    "a sibling of the proof's proposal was confirmed",
    at(RESOLVED, { proofs: [proof(proposal({ hasConfirmedSibling: true }))] }),
    { status: "proofInvalidated", kind: "prove" },
  ],
  [
    "we do not agree with the proof's proposal: prove again",
    at(PROVEN + 1n, { proofs: [proof(proposal({ verdict: "disagree" }))] }),
    { status: "proven", kind: "prove", reason: "proposal-disagrees", validFrom: CREATED + 1n },
  ],
  [
    "we do not agree with the proof's proposal, and there is no other",
    at(PROVEN + 11n, { proofs: [proof(proposal({ verdict: "disagree" }))], ...NO_PROPOSAL }),
    {
      status: "inChallengePeriod",
      kind: "wait",
      reason: "proposal-disagrees",
      validFrom: null,
      etaSec: null,
    },
  ],
  [
    "finalized",
    at(2_000n, { outcome: { success: true, isReplayable: false } }),
    { status: "finalized", kind: "none", validFrom: null, reason: null, etaSec: null },
  ],
  [
    "finalized, the event not indexed yet",
    at(2_000n, { outcome: { success: null, isReplayable: false } }),
    { status: "finalized", kind: "none" },
  ],
  [
    "finalized, its call failed",
    at(2_000n, { outcome: { success: false, isReplayable: false } }),
    { status: "failedReplayable", kind: "none" },
  ],
  [
    "finalized, the messenger keeps the message",
    at(2_000n, { outcome: { success: true, isReplayable: true } }),
    { status: "failedReplayable", kind: "replay", validFrom: 2_000n, etaSec: 0 },
  ],
  [
    "finalized beats every proof",
    at(2_000n, { outcome: { success: true, isReplayable: false }, proofs: [proof(lost)] }),
    { status: "finalized", kind: "none" },
  ],
];

describe("status", () => {
  test.each(CASES)("%s", (_, snapshot, expected) => {
    const { status, nextAction, blockedBy, etaSec } = withdrawalProgress(snapshot);
    expect({ status, kind: nextAction.kind }).toEqual({
      status: expected.status,
      kind: expected.kind,
    });
    if ("validFrom" in expected) expect(nextAction.validFrom).toBe(expected.validFrom);
    if ("reason" in expected) expect(blockedBy?.reason ?? null).toBe(expected.reason);
    if ("etaSec" in expected) expect(etaSec).toBe(expected.etaSec);
  });

  test("the proof that can be finalized is named, whoever made it", () => {
    const { status, nextAction } = withdrawalProgress(
      at(RESOLVED + 6n, {
        proofs: [
          proof(lost),
          proof(proposal({ index: 9n, createdAt: RESOLVED })),
          proof(resolved(), { submitter: OTHER }),
        ],
      }),
    );
    expect(status).toBe("readyToFinalize");
    expect(nextAction.proofSubmitter).toBe(OTHER);
  });

  test("of several proofs the one that ripens first is waited for", () => {
    const late = proof(resolved(), { provenAt: RESOLVED + 100n });
    const soon = proof(resolved(), { provenAt: RESOLVED + 50n, submitter: OTHER });
    const stuck = proof(proposal({ unresolvedSiblings: 1n }));
    const { nextAction } = withdrawalProgress(at(RESOLVED + 51n, { proofs: [stuck, late, soon] }));
    expect(nextAction).toMatchObject({ proofSubmitter: OTHER, validFrom: RESOLVED + 61n });
  });

  test("readiness is exactly the portal's condition, for every second and order of events", () => {
    for (let provenAt = 0n; provenAt < 30n; provenAt += 7n) {
      for (let resolvedAt = 1n; resolvedAt < 30n; resolvedAt += 5n) {
        for (let l1Time = provenAt; l1Time < 60n; l1Time += 1n) {
          const proofs = [proof(resolved(resolvedAt), { provenAt })];
          const { status, nextAction } = withdrawalProgress(at(l1Time, { proofs }));
          const isReady = l1Time > provenAt + 10n && l1Time > resolvedAt + 5n;
          const found = { provenAt, resolvedAt, l1Time, isReady: status === "readyToFinalize" };
          expect(found).toEqual({ provenAt, resolvedAt, l1Time, isReady });
          expect(nextAction.validFrom !== null && l1Time >= nextAction.validFrom).toBe(isReady);
        }
      }
    }
  });
});
