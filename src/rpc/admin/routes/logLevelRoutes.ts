import { isLogLevel, type LogControl } from "../../../telemetry/logControl.js";
import { AdminProblem } from "../adminProblem.js";
import type { AdminRoute } from "../adminRoute.js";

/** GET and PUT /admin/log-level. */
export function logLevelRoutes(deps: { logControl: LogControl }): AdminRoute[] {
  const path = "/admin/log-level";
  return [
    { method: "get", path, handle: async () => ({ body: { level: deps.logControl.level } }) },
    {
      method: "put",
      path,
      handle: async ({ body }) => {
        const { level } = (body ?? {}) as { level?: unknown };
        return { body: setLogLevel(deps.logControl, level) };
      },
    },
  ];
}

/** Changes the level of all loggers until the server ends. Errors: log-level-unknown. */
export function setLogLevel(control: LogControl, level: unknown): object {
  if (!isLogLevel(level)) throw new AdminProblem("log-level-unknown");
  const before = control.level;
  control.setLevel(level);
  return { level, before };
}
