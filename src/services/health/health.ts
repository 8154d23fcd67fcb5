import type { Clock } from "../../util/clock.js";
import type { EventHub } from "../eventHub.js";
import { adviceFor } from "./advice.js";
import { IncidentLog } from "./incidentLog.js";
import type { HealthAlert, HealthProblem, HealthView, Incident } from "./types.js";

/** When a problem counts. */
export interface HealthConfig {
  /** A problem counts when it has lasted so long without a break; critical ones at once. */
  graceMs: number;
}

/** Defaults of a server: entries are derived in moments, and a moment is no outage. */
export const defaultHealthConfig: HealthConfig = { graceMs: 15_000 };

/** More at once would be a bug of a role. */
const MAX_PROBLEMS = 64;

interface Seen {
  problem: HealthProblem;
  sinceMs: number;
  incident: Incident | undefined;
}

/**
 * Problems of the roles with a memory: whether they lasted, when they began and ended. Until the server was ready once every problem
 * counts, because start-up waits for all roles; from then on only those that last.
 */
export class Health implements HealthView {
  readonly #config: HealthConfig;
  readonly #clock: Clock;
  readonly #problems: () => HealthProblem[];
  readonly #events: EventHub | undefined;
  readonly #seen = new Map<string, Seen>();
  readonly #log: IncidentLog;
  #wasReady = false;

  constructor(
    config: HealthConfig,
    deps: { clock: Clock; problems(): HealthProblem[]; events?: EventHub; log?: IncidentLog },
  ) {
    this.#config = config;
    this.#clock = deps.clock;
    this.#problems = deps.problems;
    this.#events = deps.events;
    this.#log = deps.log ?? IncidentLog.inMemory();
  }

  /** Looks at the roles now; called several times per second, so that a break is seen. */
  observe(): void {
    const nowMs = this.#clock.nowMs();
    const problems = this.#problems().slice(0, MAX_PROBLEMS);
    if (problems.length === 0) this.#wasReady = true;
    const keys = new Set(problems.map(keyOf));
    for (const [key, seen] of this.#seen) {
      if (keys.has(key)) continue;
      this.#seen.delete(key);
      this.#end(seen, nowMs);
    }
    for (const problem of problems) {
      const key = keyOf(problem);
      const seen = this.#seen.get(key) ?? { problem, sinceMs: nowMs, incident: undefined };
      seen.problem = problem;
      this.#seen.set(key, seen);
      if (seen.incident === undefined && this.#lasts(seen, nowMs)) this.#begin(seen);
    }
  }

  reasons(): string[] {
    return this.alerts()
      .filter(({ counts }) => counts)
      .map(({ roles, text }) => (roles.length === 0 ? text : `${roles.join(", ")}: ${text}`));
  }

  alerts(): HealthAlert[] {
    this.observe();
    const nowMs = this.#clock.nowMs();
    return [...this.#seen.values()].map((seen) => ({
      ...seen.problem,
      ...adviceFor(seen.problem.text),
      sinceMs: seen.sinceMs,
      counts: !this.#wasReady || this.#lasts(seen, nowMs),
    }));
  }

  incidents(): Incident[] {
    this.observe();
    return this.#log.list();
  }

  #lasts({ problem, sinceMs }: Seen, nowMs: number): boolean {
    return problem.isCritical || nowMs - sinceMs >= this.#config.graceMs;
  }

  #begin(seen: Seen): void {
    const { text, roles, isCritical } = seen.problem;
    const started = { startedAtMs: seen.sinceMs, endedAtMs: null };
    const incident = this.#log.add({ text, roles, isCritical, ...started, ...adviceFor(text) });
    seen.incident = incident;
    this.#events?.publish("incidents", { id: incident.id, change: "started", text, roles });
  }

  #end({ incident }: Seen, nowMs: number): void {
    if (incident === undefined) return;
    this.#log.put({ ...incident, endedAtMs: nowMs });
    const { id, text, roles } = incident;
    this.#events?.publish("incidents", { id, change: "ended", text, roles });
  }
}

/** The same problem with other numbers ("the newest L1 block is 61 s old") is the same problem. */
function keyOf({ text }: HealthProblem): string {
  return text.replace(/\d+/g, "#");
}
