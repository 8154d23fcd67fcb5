import type { RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** What the server is and how it is configured. */
export function systemRoutes(deps: Pick<RestDeps, "contracts">): RestRoute[] {
  return [
    {
      operationId: "getContracts",
      method: "get",
      path: "/contracts",
      handle: async () => ({ body: deps.contracts() }),
    },
  ];
}
