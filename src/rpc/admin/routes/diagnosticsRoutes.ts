import type { AdminDeps } from "../adminDeps.js";
import type { AdminRoute } from "../adminRoute.js";
import { hideUrls } from "../hideUrls.js";
import { readKey } from "./keyRoutes.js";

type Deps = Pick<
  AdminDeps,
  | "version"
  | "node"
  | "roles"
  | "jobs"
  | "keys"
  | "readiness"
  | "config"
  | "incidents"
  | "logControl"
  | "clock"
>;

/** GET /admin/diagnostics: everything that a report of a fault should hold, and no secret. */
export function diagnosticsRoutes(deps: Deps): AdminRoute[] {
  return [
    {
      method: "get",
      path: "/admin/diagnostics",
      handle: async () => ({ body: hideUrls(await collect(deps)) }),
    },
  ];
}

async function collect(deps: Deps): Promise<object> {
  const [heads, keys, pending] = await Promise.all([
    deps.node.syncStatus().catch(() => null),
    Promise.all(deps.keys.map(readKey)),
    Promise.all(deps.keys.map(({ sender }) => sender.pending().catch(() => null))),
  ]);
  return {
    at: new Date(deps.clock.nowMs()).toISOString(),
    versions: {
      fovea: deps.version,
      ...process.versions,
      platform: `${process.platform}-${process.arch}`,
    },
    process: {
      pid: process.pid,
      uptimeSec: Math.floor(process.uptime()),
      memory: process.memoryUsage(),
    },
    config: deps.config(),
    logLevel: deps.logControl.level,
    readinessProblems: deps.readiness(),
    heads,
    roles: deps.roles.states(),
    queues: deps.jobs.health(),
    keys,
    l1Transactions: pending.flat(),
    incidents: deps.incidents?.() ?? [],
    warnings: deps.logControl.recent().map(parseLine),
  };
}

/** A line that was cut is no JSON any more. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
