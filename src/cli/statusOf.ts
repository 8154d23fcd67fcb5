import type { RedisServer } from "../jobs/redisServer.js";
import type { RoleControl } from "../jobs/roleControl.js";
import type { Jobs } from "../jobs/startJobs.js";
import type { RollupConfig } from "../protocol/types.js";
import type { RollupNodeView } from "../services/types.js";
import type { ServerStatus, StatusHead } from "./serverStatus.js";
import { VERSION } from "./version.js";

/** What a status is made of. */
export interface StatusParts {
  rollup: RollupConfig;
  node: RollupNodeView;
  roles: RoleControl;
  jobs: Jobs;
  redis: RedisServer;
  problems(): string[];
  url: string;
  l1Url: string;
}

/** The answer of /status on the admin port. Heads are null until L1 has answered. */
export async function statusOf(parts: StatusParts): Promise<ServerStatus> {
  const { rollup, roles, redis } = parts;
  const heads = await parts.node.syncStatus().catch(() => undefined);
  const head = (ref: { number: bigint; hash: string } | null | undefined): StatusHead | null =>
    ref == null ? null : { number: ref.number.toString(), hash: ref.hash };
  return {
    version: VERSION,
    pid: process.pid,
    uptimeSec: Math.floor(process.uptime()),
    problems: parts.problems(),
    l1: {
      chainId: rollup.chain.l1ChainId,
      url: parts.l1Url,
      head: head(heads?.headL1),
      finalized: head(heads?.finalizedL1),
    },
    l2: {
      chainId: rollup.chain.l2ChainId,
      url: parts.url,
      unsafe: head(heads?.unsafeL2),
      safe: head(heads?.safeL2),
      finalized: head(heads?.finalizedL2),
      undisputed: head(heads?.undisputedL2),
    },
    queue: { mode: redis.mode, label: redis.label, redis: parts.jobs.health().redis },
    duties: parts.jobs.health().duties.map(({ name, last, disabledReason, isStopped }) => ({
      name,
      lastRunAt: last === null ? null : new Date(last.atMs).toISOString(),
      outcome: isStopped
        ? "stopped by an operator"
        : (disabledReason ?? (last === null ? "has not run yet" : last.detail)),
    })),
    roles: roles.states().map(({ name, isRunning, problems }) => ({ name, isRunning, problems })),
  };
}
