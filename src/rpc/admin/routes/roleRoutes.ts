import type { RoleControl } from "../../../jobs/roleControl.js";
import type { Jobs } from "../../../jobs/startJobs.js";
import type { AdminDeps } from "../adminDeps.js";
import { AdminProblem } from "../adminProblem.js";
import type { AdminRoute } from "../adminRoute.js";

/** Roles that operators may stop: the others only read. */
export const STOPPABLE = ["sequencer", "batcher", "proposer"] as const;

type Deps = Pick<AdminDeps, "roles" | "jobs" | "batcher">;

/** GET /admin/roles, and start, stop and flush. */
export function roleRoutes(deps: Deps): AdminRoute[] {
  return [
    {
      method: "get",
      path: "/admin/roles",
      handle: async () => ({ body: { roles: deps.roles.states().map(describe) } }),
    },
    ...STOPPABLE.flatMap((name): AdminRoute[] => [
      {
        method: "post",
        path: `/admin/${name}/start`,
        handle: async () => ({ body: await setRunning(deps.roles, name, true) }),
      },
      {
        method: "post",
        path: `/admin/${name}/stop`,
        handle: async () => ({ body: await setRunning(deps.roles, name, false) }),
      },
    ]),
    {
      method: "post",
      path: "/admin/batcher/flush",
      handle: async ({ requestId }) => ({ status: 202, body: flush(deps, requestId) }),
    },
  ];
}

/** Starts or stops a role. Errors: role-unknown. */
export async function setRunning(
  roles: RoleControl,
  name: string,
  isRunning: boolean,
): Promise<{ role: string; isRunning: boolean; changed: boolean }> {
  if (!roles.has(name)) throw new AdminProblem("role-unknown", { role: name });
  const changed = await (isRunning ? roles.start(name) : roles.stop(name));
  return { role: name, isRunning, changed };
}

/** Asks the batcher to post what is pending now; the log lines of that run carry the request's id. */
function flush(deps: Deps, requestId: string): object {
  if (deps.batcher === undefined) throw new AdminProblem("role-unknown", { role: "batcher" });
  if (!deps.roles.isRunning("batcher")) throw new AdminProblem("role-stopped", { role: "batcher" });
  deps.batcher.requestFlush();
  void nudge(deps.jobs, requestId);
  return { role: "batcher", requested: true, traceId: requestId };
}

/** A run that fails is told by the queue and the log, not by this request. */
async function nudge(jobs: Jobs, traceId: string): Promise<void> {
  await jobs.nudge("batching", traceId).catch(() => undefined);
}

function describe(state: ReturnType<RoleControl["states"]>[number]): object {
  const { lastRun } = state;
  return {
    ...state,
    isStoppable: (STOPPABLE as readonly string[]).includes(state.name),
    lastRun: lastRun && {
      at: new Date(lastRun.atMs).toISOString(),
      status: lastRun.status,
      detail: lastRun.detail,
    },
  };
}
