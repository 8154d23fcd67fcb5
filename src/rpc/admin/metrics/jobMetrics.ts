import type { RoleControl } from "../../../jobs/roleControl.js";
import type { Jobs } from "../../../jobs/startJobs.js";
import type { Metrics } from "../../../telemetry/metrics.js";
import type { Clock } from "../../../util/clock.js";

const STATES = ["waiting", "active", "delayed", "completed", "failed"] as const;
/** A Redis that hangs must not hold up the scrape. */
const PATIENCE_MS = 1_000;

/** Roles, their queues and the jobs in them. */
export function registerJobMetrics(
  metrics: Metrics,
  deps: {
    jobs: Jobs;
    roles: RoleControl;
    readiness(): string[];
    proposals?(): Readonly<Record<string, number>>;
    clock: Clock;
  },
): void {
  const { jobs, roles, clock } = deps;
  const ready = metrics.gauge("ready", "1: the server is ready.");
  const redis = metrics.gauge("redis_up", "1: the queues' Redis answers.");
  const running = metrics.gauge("role_running", "0: an operator has stopped the role.", ["role"]);
  const problems = metrics.gauge("role_problems", "Reasons why a role is not ready.", ["role"]);
  const tick = metrics.gauge("queue_last_tick_seconds", "Time since the last run of a duty.", [
    "queue",
  ]);
  const failed = metrics.gauge("queue_last_run_failed", "1: the last run of a duty failed.", [
    "queue",
  ]);
  const stopped = metrics.gauge("queue_stopped", "1: an operator has stopped the duty.", ["queue"]);
  const startedMs = clock.nowMs();
  const counts = metrics.gauge("jobs", "Jobs in Redis.", ["queue", "state"]);
  const proposals = metrics.gauge("proposals", "Unresolved proposals by this node's verdict.", [
    "verdict",
  ]);
  metrics.onScrape(() => {
    ready.set(deps.readiness().length === 0 ? 1 : 0);
    const health = jobs.health();
    redis.set(health.redis === "up" ? 1 : 0);
    for (const role of roles.states()) {
      running.set({ role: role.name }, role.isRunning ? 1 : 0);
      problems.set({ role: role.name }, role.problems.length);
    }
    for (const { name, last, disabledReason, isStopped } of health.duties) {
      if (disabledReason !== null) continue;
      // One that has never run is as old as the server.
      const lastMs = last?.atMs ?? startedMs;
      tick.set({ queue: name }, Math.max(0, clock.nowMs() - lastMs) / 1_000);
      failed.set({ queue: name }, last?.status === "failed" ? 1 : 0);
      stopped.set({ queue: name }, isStopped ? 1 : 0);
    }
    for (const [verdict, count] of Object.entries(deps.proposals?.() ?? {})) {
      proposals.set({ verdict }, count);
    }
  });
  metrics.onScrape(async () => {
    if (jobs.health().redis === "down") return counts.reset();
    const work = Promise.all(
      jobs.queues().map(async (queue) => {
        const found = await queue.getJobCounts(...STATES);
        for (const state of STATES) counts.set({ queue: queue.name, state }, found[state] ?? 0);
      }),
    ).then(() => undefined);
    const waiting = new AbortController();
    await Promise.race([work, clock.sleep(PATIENCE_MS, waiting.signal)]);
    waiting.abort();
  });
}
