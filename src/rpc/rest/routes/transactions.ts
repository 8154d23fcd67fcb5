import type { Hash } from "../../../util/hex.js";
import { Lifecycle } from "../lifecycle.js";
import { chainOf, indexOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** What becomes of a transaction. */
export function transactionRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "getTransactionLifecycle",
      method: "get",
      path: "/transactions/{hash}/lifecycle",
      handle: async ({ params }) => {
        const hash = String(params.hash).toLowerCase() as Hash;
        const index = indexOf(deps);
        const { feeds } = chainOf(deps);
        const lifecycle = new Lifecycle({ engine: deps.engine, node: nodeOf(deps), index, feeds });
        const body = await lifecycle.of(hash);
        if (body) return { body };
        const deposits = await index.depositsOfL1Tx(hash);
        if (deposits.length === 0) throw new RestProblem("transaction-unknown");
        throw new RestProblem("transaction-unknown", {
          detail: "This is an L1 transaction; its deposits have lifecycles of their own.",
          l2TxHashes: deposits.map(({ l2, expected }) => l2?.txHash ?? expected.txHash),
        });
      },
    },
  ];
}
