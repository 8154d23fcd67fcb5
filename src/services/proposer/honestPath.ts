import { GENESIS_PARENT_INDEX } from "../../protocol/index.js";
import { type ProposalState, ProposalStatus } from "../proposals/types.js";

/**
 * Proposals that this node would defend, from the newest resolved one to the tip: each follows from the one before it, and is the only
 * child of it that the node agrees with. Empty: the chain of proposals begins at the genesis anchor.
 */
export function honestPath(
  open: readonly ProposalState[],
  agreed: ReadonlySet<bigint>,
): ProposalState[] {
  const root = open.findLast(({ status }) => status === ProposalStatus.defenderWins);
  const path: ProposalState[] = root ? [root] : [];
  let parentIndex = root?.index ?? GENESIS_PARENT_INDEX;
  for (const proposal of open) {
    // Children have higher indexes than their parents, so one pass finds the whole path.
    const isNext =
      proposal.parentIndex === parentIndex &&
      proposal.status === ProposalStatus.inProgress &&
      agreed.has(proposal.index);
    if (!isNext) continue;
    path.push(proposal);
    parentIndex = proposal.index;
  }
  return path;
}
