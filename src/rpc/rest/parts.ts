import type { RollupNodeView } from "../../services/types.js";
import { RestProblem } from "./problems.js";
import type { RestChain, RestDeps } from "./routes.js";

/** The rollup node. Errors: part-not-running. */
export function nodeOf(deps: Pick<RestDeps, "node">): RollupNodeView {
  if (!deps.node) throw new RestProblem("part-not-running");
  return deps.node;
}

/** Feeds and verdicts. Errors: part-not-running. */
export function chainOf(deps: Pick<RestDeps, "chain">): RestChain {
  if (!deps.chain) throw new RestProblem("part-not-running");
  return deps.chain;
}

/** The index. Errors: part-not-running. */
export function indexOf(deps: Pick<RestDeps, "index">): NonNullable<RestDeps["index"]> {
  if (!deps.index) throw new RestProblem("part-not-running");
  return deps.index;
}
