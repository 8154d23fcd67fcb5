import { claimedBlock } from "../../protocol/index.js";
import type { OutputAccess } from "../chainAccess.js";
import type { ProposalVerdict } from "../types.js";
import type { ProposalState } from "./types.js";

/**
 * What the node thinks of a proposal, given the L2 block of its parent: `unknown` until the entries it covers are derived here
 * and run by the step machine. A proposal with the right output root and another machine root is wrong too; its expected root is
 * then the one that it claims.
 * Source: docs/protocol/proposals.md#identity
 */
export async function judge(
  chain: Pick<OutputAccess, "feeds" | "derivedOutputRoot" | "machineClaim">,
  proposal: ProposalState,
  parentBlock: bigint | undefined,
): Promise<ProposalVerdict> {
  const { index, l2BlockNumber, rootClaim } = proposal;
  const base = { index, l2BlockNumber, rootClaim };
  const unknown: ProposalVerdict = { ...base, verdict: "unknown", expectedRoot: null };
  const last = chain.feeds.blockAtEntryEnd(proposal.feedEnd);
  const tip = chain.feeds.getEntry(proposal.feedEnd - 1n);
  if (!last || parentBlock === undefined || tip?.hash !== proposal.feedTipHash) return unknown;
  const block = claimedBlock(parentBlock, last.number);
  const expected = await chain.derivedOutputRoot(block);
  if (expected === undefined) return unknown;
  const machine = chain.machineClaim(proposal.feedEnd, block);
  if (machine === undefined) return unknown;
  const isMachineRight = machine === null || machine.root === proposal.machineRoot;
  if (block === l2BlockNumber && expected === rootClaim && isMachineRight) {
    return { ...base, verdict: "agree", expectedRoot: null };
  }
  return { ...base, verdict: "disagree", expectedRoot: expected };
}
