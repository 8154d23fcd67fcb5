import { type ProposalState, ProposalStatus } from "../proposals/types.js";

/**
 * The first open proposal whose fate can be written at this L1 time, and that this node agrees to confirm.
 * Source: docs/protocol/proposals.md#resolution
 */
export function findResolvable(
  open: readonly ProposalState[],
  agreed: ReadonlySet<bigint>,
  l1Time: bigint,
  config: { challengePeriodSeconds: number; genesisIndex: bigint },
): ProposalState | undefined {
  const statusOf = new Map(open.map(({ index, status }) => [index, status]));
  // A parent before the window lies before the newest confirmed proposal: nothing that matters hangs on it.
  statusOf.set(config.genesisIndex, ProposalStatus.defenderWins);
  const unresolved = open.filter(({ status }) => status === ProposalStatus.inProgress);
  return unresolved.find((proposal) => {
    const parent = statusOf.get(proposal.parentIndex);
    const siblings = open.filter(
      ({ index, parentIndex }) => parentIndex === proposal.parentIndex && index !== proposal.index,
    );
    const hasWinner = siblings.some(({ status }) => status === ProposalStatus.defenderWins);
    if (parent === ProposalStatus.challengerWins || hasWinner) return true;
    return (
      parent === ProposalStatus.defenderWins &&
      agreed.has(proposal.index) &&
      l1Time > proposal.createdAt + BigInt(config.challengePeriodSeconds) &&
      !siblings.some(({ status }) => status === ProposalStatus.inProgress)
    );
  });
}
