import type { BlockHeader, BlockId } from "../../../engine/types.js";
import type { Hash } from "../../../util/hex.js";
import { encodeBatch, entryOfBlock } from "../batches.js";
import { encodeAddress, encodeBlockRef, encodeHead } from "../encode/common.js";
import { chainOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** Where an L2 block comes from, and what stands for it on L1. */
export function blockRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "getBlockProvenance",
      method: "get",
      path: "/blocks/{numberOrHash}/provenance",
      handle: async ({ params }) => ({
        body: await provenanceAnswer(deps, params.numberOrHash as string),
      }),
    },
  ];
}

async function provenanceAnswer(deps: RestDeps, id: string) {
  const node = nodeOf(deps);
  const { feeds } = chainOf(deps);
  const header = await findBlock(deps, id);
  const { blockRef, ...output } = await node.outputAtBlock(header.number);
  if (blockRef.hash !== header.hash) throw new RestProblem("block-unknown");
  const { safeL2, finalizedL2 } = output.syncStatus;
  const isSafe = header.number <= safeL2.number;
  const index = entryOfBlock(feeds, header.number);
  const entry = isSafe && header.number > 0n ? feeds.getEntry(index) : undefined;
  const batch = entry && encodeBatch(entry, feeds, undefined);
  return {
    block: encodeHead({ ...header, time: header.timestamp }),
    safety: header.number <= finalizedL2.number ? "finalized" : isSafe ? "safe" : "unsafe",
    l1Origin: encodeBlockRef(blockRef.l1Origin),
    sequenceNumber: Number(blockRef.sequenceNumber),
    batch: batch
      ? { index: batch.index, entryHash: batch.entryHash, status: batch.status, l1: batch.l1 }
      : null,
    proposal: await coveringProposal(deps, header.number),
    output: {
      version: output.version,
      outputRoot: output.outputRoot,
      stateRoot: output.stateRoot,
      withdrawalStorageRoot: output.withdrawalStorageRoot,
    },
  };
}

async function coveringProposal({ index }: RestDeps, l2Number: bigint) {
  const [proposal] = (await index?.coveringProposals(l2Number)) ?? [];
  return proposal === undefined
    ? null
    : {
        index: Number(proposal.index),
        address: encodeAddress(proposal.address),
        l2BlockNumber: Number(proposal.l2BlockNumber),
        verdict: proposal.verdict,
        confirmed: proposal.isConfirmed,
      };
}

/** Only canonical blocks have a provenance. Errors: block-unknown. */
async function findBlock({ engine }: RestDeps, id: string): Promise<BlockHeader> {
  const header = await engine.getHeader(toBlockId(id));
  if (!header) throw new RestProblem("block-unknown");
  return header;
}

function toBlockId(id: string): BlockId {
  if (id.startsWith("0x")) return { hash: id.toLowerCase() as Hash };
  if (/^\d+$/.test(id)) return BigInt(id);
  return id as "latest" | "safe" | "finalized" | "earliest";
}
