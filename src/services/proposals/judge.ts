import { claimedBlock } from "../../protocol/index.js";
import type { OutputAccess } from "../chainAccess.js";
import type { ProposalVerdict } from "../types.js";
import type { ProposalState } from "./types.js";

/**
 * What the node thinks of a proposal, given the L2 block of its parent: `unknown` until the entries it covers are derived here.
 * Source: docs/protocol/proposals.md#identity
 */
export async function judge(
  chain: Pick<OutputAccess, "feeds" | "derivedOutputRoot">,
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
  if (block === l2BlockNumber && expected === rootClaim) {
    return { ...base, verdict: "agree", expectedRoot: null };
  }
  return { ...base, verdict: "disagree", expectedRoot: expected };
}
