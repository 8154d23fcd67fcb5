import { stepCall } from "../../../services/machine/stepCall.js";
import type { ProvenStep } from "../../../services/machine/stepProver.js";
import { FoveaError } from "../../../util/errors.js";
import { toHex, ZERO_ADDRESS } from "../../../util/hex.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** Proofs of single steps of the machine that an L2 block is run by. */
export function stepRoutes({ prover }: Pick<RestDeps, "prover">): RestRoute[] {
  return [
    {
      operationId: "getStepProof",
      method: "get",
      path: "/proofs/steps",
      handle: (request) => getStepProof(prover, request),
    },
  ];
}

async function getStepProof(
  prover: RestDeps["prover"],
  { query, signal }: RestRequest,
): Promise<RestReply> {
  if (prover === undefined) throw new RestProblem("part-not-running");
  try {
    const step = await prover.prove(BigInt(Number(query.block)), Number(query.position), signal);
    return { body: answerOf(step) };
  } catch (error) {
    throw toProblem(error);
  }
}

function answerOf(step: ProvenStep): object {
  const { block, position, entryIndex, entryBound, pre, post, packed, description } = step;
  const feeds = { sequencerFeed: ZERO_ADDRESS, depositFeed: ZERO_ADDRESS };
  return {
    block: { number: Number(block.number), hash: block.hash },
    position,
    entryIndex: Number(entryIndex),
    entryBound: Number(entryBound),
    preRoot: pre,
    postRoot: post,
    ...description,
    calldataBytes: (stepCall(feeds, step).length - 2) / 2,
    witness: toHex(packed),
  };
}

function toProblem(error: unknown): unknown {
  if (!(error instanceof FoveaError)) return error;
  const { code, data } = error;
  switch (code) {
    case "PROVER_NO_STEP":
      return new RestProblem(
        "step-unknown",
        { detail: `Block ${data.block} has ${data.steps} steps.`, steps: Number(data.steps) },
        error,
      );
    case "PROVER_NOT_DERIVED":
    case "PROOF_FEED_MISSING":
      return new RestProblem("not-derived-yet", {}, error);
    case "PROVER_BUSY":
      return new RestProblem("overloaded", { retryAfterSec: 1 }, error);
    case "PROOF_NODE_MISSING":
    case "PROOF_CODE_MISSING": {
      const what = code === "PROOF_NODE_MISSING" ? "trie node" : "code";
      const detail = `The ${what} ${data.hash} is missing.`;
      return new RestProblem("state-missing", { detail, hash: data.hash }, error);
    }
    default:
      return error;
  }
}
