import type { ReplaceOutcome } from "../../../l1/flight.js";
import type { AdminDeps } from "../adminDeps.js";
import { AdminProblem } from "../adminProblem.js";
import type { AdminRoute } from "../adminRoute.js";
import type { AdminReply } from "../idempotency.js";

type Deps = Pick<AdminDeps, "keys">;

/** GET /admin/l1-transactions: what is on its way to L1; bump and cancel. */
export function l1TransactionRoutes(deps: Deps): AdminRoute[] {
  const path = "/admin/l1-transactions";
  return [
    { method: "get", path, handle: async () => ({ body: { transactions: await list(deps) } }) },
    {
      method: "post",
      path: `${path}/:id/bump`,
      handle: ({ params }) => replace(deps, params.id ?? "", "bump"),
    },
    {
      method: "post",
      path: `${path}/:id/cancel`,
      handle: ({ params }) => replace(deps, params.id ?? "", "cancel"),
    },
  ];
}

async function list({ keys }: Deps): Promise<object[]> {
  const lists = await Promise.all(
    keys.map(async ({ roles, sender }) => {
      const pending = await sender.pending();
      return pending.map(({ ageMs, fees, nonce, ...tx }) => ({
        ...tx,
        roles,
        nonce: Number(nonce),
        maxFeePerGasWei: fees.maxFeePerGas,
        maxPriorityFeePerGasWei: fees.maxPriorityFeePerGas,
        ageSec: Math.floor(ageMs / 1_000),
      }));
    }),
  );
  return lists.flat();
}

async function replace(deps: Deps, id: string, kind: "bump" | "cancel"): Promise<AdminReply> {
  for (const { sender } of deps.keys) {
    if (!id.startsWith(`${sender.address}-`)) continue;
    const outcome = await sender[kind](id);
    if (outcome !== undefined) return { body: describe(id, outcome) };
  }
  throw new AdminProblem("l1-transaction-unknown");
}

function describe(id: string, outcome: ReplaceOutcome): object {
  if (outcome.outcome !== "replaced") {
    throw new AdminProblem("l1-transaction-unchanged", { id, outcome: outcome.outcome });
  }
  const { txHash, fees } = outcome;
  return {
    id,
    outcome: "replaced",
    txHash,
    maxFeePerGasWei: fees.maxFeePerGas,
    maxPriorityFeePerGasWei: fees.maxPriorityFeePerGas,
  };
}
