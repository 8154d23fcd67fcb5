import type { ProposalFilter } from "../../../services/indexer/types.js";
import type { Address } from "../../../util/hex.js";
import { listReply, readAsOf, toListQuery, toPageRequest } from "../cursor.js";
import { encodeProposal, encodeStake } from "../encode/proposal.js";
import { chainOf, indexOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** Output roots on L1 with this node's verdict, and the stakes behind them. */
export function proposalRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "listProposals",
      method: "get",
      path: "/proposals",
      handle: (request) => listProposals(deps, request),
    },
    {
      operationId: "getCoveringProposal",
      method: "get",
      path: "/proposals/covering",
      handle: ({ query }) => getCovering(deps, BigInt(query.l2Block as number)),
    },
    {
      operationId: "getProposal",
      method: "get",
      path: "/proposals/{index}",
      handle: async ({ params }) => {
        const proposal = await indexOf(deps).getProposal(BigInt(String(params.index)));
        if (!proposal) throw new RestProblem("proposal-unknown");
        return { body: encodeProposal(proposal) };
      },
    },
    {
      operationId: "getBond",
      method: "get",
      path: "/bonds",
      handle: async ({ query }) => {
        const address = String(query.address).toLowerCase() as Address;
        return { body: encodeStake(await indexOf(deps).getStake(address)) };
      },
    },
  ];
}

async function listProposals(deps: RestDeps, { query }: RestRequest): Promise<RestReply> {
  const filter: ProposalFilter = {};
  if (query.status !== undefined) filter.state = query.status as ProposalFilter["state"] & string;
  if (query.verdict !== undefined) {
    filter.verdict = query.verdict as ProposalFilter["verdict"] & string;
  }
  if (query.fromL2Block !== undefined) filter.fromL2Block = BigInt(query.fromL2Block as number);
  const list = toListQuery(query);
  const { state = "", verdict = "", fromL2Block = "" } = filter;
  const name = `proposals/${list.order}/${state}/${verdict}/${fromL2Block}`;
  const page = await indexOf(deps).listProposals(filter, toPageRequest(name, list));
  return listReply(name, page, await readAsOf(nodeOf(deps)), encodeProposal);
}

async function getCovering(deps: RestDeps, l2Block: bigint): Promise<RestReply> {
  const index = indexOf(deps);
  const [proposal] = await index.coveringProposals(l2Block);
  if (proposal) return { body: encodeProposal(proposal) };
  const head = await deps.engine.getHeader("latest");
  if (head === undefined || l2Block > head.number) throw new RestProblem("block-unknown");
  const batch = await index.batchOfBlock(l2Block);
  const { proposedAt } = await index.forecast(batch ? { batchedAt: batch.l1.timestamp } : {});
  const now = chainOf(deps).feeds.snapshot?.at.time;
  const known = proposedAt !== null && now !== undefined;
  throw new RestProblem("not-proposed-yet", {
    l2Block: Number(l2Block),
    ...(known ? { retryAfterSec: Math.max(1, Number(proposedAt - now)) } : {}),
  });
}
