import { isoTime } from "../encode/common.js";
import { configAnswer } from "../encode/config.js";
import { limitsAnswer } from "../encode/limits.js";
import { incidentsPage } from "../incidents.js";
import { loadOpenApi } from "../openApi.js";
import { nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";
import { syncAnswer } from "../syncAnswer.js";

/** What the server is, how it is configured, how far it is, and whether it is well. */
export function systemRoutes(deps: RestDeps): RestRoute[] {
  const document = loadOpenApi();
  const get = (
    operationId: string,
    path: string,
    body: (request: RestRequest) => Promise<unknown> | unknown,
  ): RestRoute => ({
    operationId,
    method: "get",
    path,
    handle: async (request) => ({ body: await body(request) }),
  });
  return [
    get("getOpenApi", "/openapi.json", () => document),
    get("getVersion", "/version", () => ({
      name: "fovea",
      version: deps.version,
      api: document.info.version,
      node: process.versions.node,
    })),
    get("getStatus", "/status", () => statusAnswer(deps)),
    get("getConfig", "/config", () =>
      configAnswer(nodeOf(deps).rollupConfig, deps.engine.genesisHash),
    ),
    get("getContracts", "/contracts", () => deps.contracts()),
    get("getLimits", "/limits", () => limitsAnswer(deps.limits)),
    get("getSync", "/sync", () => syncAnswer(deps)),
    get("getSafeHead", "/sync/safe-head", ({ query }) =>
      safeHeadAnswer(deps, BigInt(query.l1Block as number)),
    ),
    {
      operationId: "listIncidents",
      method: "get",
      path: "/incidents",
      handle: async ({ query }) => incidentsPage(deps.health.incidents(), query),
    },
  ];
}

async function statusAnswer(deps: RestDeps) {
  const reasons = deps.health.reasons();
  const sync = await syncAnswer(deps);
  const { l1ChainId, l2ChainId } = nodeOf(deps).rollupConfig.chain;
  return {
    version: deps.version,
    time: isoTime(deps.clock.nowMs()),
    ready: reasons.length === 0,
    reasons,
    l1ChainId,
    l2ChainId,
    roles: deps.roles,
    state: sync.state,
    heads: {
      l1: { head: sync.headL1, safe: sync.safeL1, finalized: sync.finalizedL1 },
      l2: {
        unsafe: sync.unsafeL2,
        safe: sync.safeL2,
        finalized: sync.finalizedL2,
        undisputed: sync.undisputedL2,
      },
    },
    lag: sync.lag,
    backlog: { blocks: sync.lag.unsafeToSafeBlocks },
    index: indexState(deps),
    alerts: deps.health.alerts().map(({ isCritical, sinceMs, ...alert }) => ({
      ...alert,
      critical: isCritical,
      since: isoTime(sinceMs),
    })),
  };
}

function indexState(deps: RestDeps) {
  const progress = deps.index?.progress();
  return progress === undefined
    ? null
    : { complete: progress.isComplete, fraction: progress.fraction };
}

async function safeHeadAnswer(deps: RestDeps, l1Block: bigint) {
  const node = nodeOf(deps);
  if (l1Block < node.rollupConfig.genesisOrigin.number) throw new RestProblem("l1-block-unknown");
  const { safeHead, l1Block: at } = await node.safeHeadAtL1Block(l1Block);
  return {
    l1Block: { number: Number(at.number), hash: at.hash },
    safeHead: { number: Number(safeHead.number), hash: safeHead.hash },
  };
}
