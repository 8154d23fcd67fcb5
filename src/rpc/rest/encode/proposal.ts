import { GENESIS_PARENT_INDEX } from "../../../protocol/index.js";
import type { IndexedProposal, IndexedStake } from "../../../services/indexer/types.js";
import { ProposalStatus } from "../../../services/proposals/types.js";
import { encodeAddress, isoTime } from "./common.js";

/** A proposal with what this node thinks of it. */
export function encodeProposal(proposal: IndexedProposal) {
  const { verdict, parentIndex, resolvedAt, confirmedAfter } = proposal;
  return {
    index: Number(proposal.index),
    address: encodeAddress(proposal.address),
    parentIndex: parentIndex === GENESIS_PARENT_INDEX ? null : Number(parentIndex),
    outputRoot: proposal.rootClaim,
    l2BlockNumber: Number(proposal.l2BlockNumber),
    feedEnd: Number(proposal.feedEnd),
    feedTipHash: proposal.feedTipHash,
    status: statusOf(proposal),
    localView: {
      verdict,
      agrees: verdict === "unknown" ? null : verdict === "agree",
      expectedRoot: proposal.expectedRoot,
    },
    usableForWithdrawals: proposal.usableForWithdrawals,
    ...times("createdAt", proposal.createdAt),
    ...times("resolvedAt", resolvedAt === 0n ? null : resolvedAt),
    ...times("resolvableAt", proposal.resolvableAt),
    ...times("confirmedFrom", confirmedAfter === null ? null : confirmedAfter + 1n),
  };
}

/** An account's stake. */
export function encodeStake(stake: IndexedStake) {
  const { standsOn, standsOnProposal } = stake;
  return {
    address: encodeAddress(stake.address),
    amountWei: stake.amountWei,
    status: stake.status,
    standsOn: standsOn === null ? null : Number(standsOn),
    proposal: standsOnProposal && encodeProposal(standsOnProposal),
    ...times("claimableAt", stake.claimableAt),
  };
}

function statusOf({ status, isConfirmed }: IndexedProposal) {
  if (status === ProposalStatus.inProgress) return "open";
  if (status === ProposalStatus.challengerWins) return "rejected";
  return isConfirmed ? "confirmed" : "resolved";
}

function times(name: string, seconds: bigint | null): Record<string, string | number | null> {
  return {
    [name]: seconds === null ? null : isoTime(Number(seconds) * 1_000),
    [`${name}Timestamp`]: seconds === null ? null : Number(seconds),
  };
}
