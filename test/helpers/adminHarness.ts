import { request } from "node:http";
import { RoleControl } from "../../src/jobs/roleControl.js";
import type { Jobs } from "../../src/jobs/startJobs.js";
import type { ReplaceOutcome } from "../../src/l1/flight.js";
import type { AdminDeps, AdminKey } from "../../src/rpc/admin/adminDeps.js";
import { type AdminServer, createAdminServer } from "../../src/rpc/admin/adminServer.js";
import { AdminTokens } from "../../src/rpc/admin/adminTokens.js";
import type { Role } from "../../src/services/types.js";
import { LogControl } from "../../src/telemetry/logControl.js";
import { createLogger } from "../../src/telemetry/logger.js";
import { createMetrics } from "../../src/telemetry/metrics.js";
import { systemClock } from "../../src/util/clock.js";

export const OPERATOR = "a".repeat(64);
export const VIEWER = "b".repeat(64);

/** What came back, as text. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Options of one call; a body that is no string goes out as JSON. */
export interface Call {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** One request without fetch, which would not let a test set Host, Origin or Cookie. */
export function call(port: number, path: string, options: Call = {}): Promise<Answer> {
  const text = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  const headers = {
    ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const { method = "GET" } = options;
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers, agent: false },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: body });
        });
      },
    );
    sent.on("error", reject);
    sent.end(options.body === undefined ? undefined : text);
  });
}

/** A role of which only starts and stops are counted. */
export class SwitchRole implements Role {
  readonly name: string;
  isOn = true;
  readonly isStarted = true;
  criticalProblem: string | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async start(): Promise<void> {
    this.isOn = true;
  }

  async stop(): Promise<void> {
    this.isOn = false;
  }

  async step() {
    return { status: "idle" as const };
  }

  readinessProblems(): string[] {
    return [];
  }
}

/** A sender with one transaction on its way. */
export function fakeKey(outcome: ReplaceOutcome): AdminKey & { orders: string[] } {
  const address = "0x00000000000000000000000000000000000000aa" as const;
  const fees = { maxFeePerGas: 3n, maxPriorityFeePerGas: 1n };
  const id = `${address}-7`;
  const orders: string[] = [];
  const replace = (kind: string) => async (given: string) => {
    if (given !== id) return undefined;
    orders.push(kind);
    return outcome;
  };
  const hashes = [`0x${"11".repeat(32)}` as const];
  const tx = { id, from: address, label: "append 7", nonce: 7n, hashes, fees, gas: 21_000n };
  return {
    roles: ["batcher"],
    orders,
    stats: { feesPerHourWei: () => 500n },
    sender: {
      address,
      getBalance: async () => 1_000n,
      pending: async () => [{ ...tx, bumps: 1, ageMs: 2_500, state: "waiting" }],
      bump: replace("bump"),
      cancel: replace("cancel"),
    },
  };
}

/** Jobs without Redis. */
export function noJobs(nudges: string[]): Jobs {
  return {
    queues: () => [],
    health: () => ({
      redis: "down",
      degraded: true,
      duties: [
        { name: "batching", last: null, disabledReason: null, isStopped: false },
        { name: "challenge", last: null, disabledReason: "no dispute game", isStopped: false },
      ],
    }),
    readinessProblems: () => [],
    nudge: async (name, traceId) => {
      nudges.push(`${name} ${traceId}`);
    },
    pause: async () => {},
    resume: () => {},
    stop: async () => {},
  };
}

/** An admin port on fakes; `lines` is its log. */
export async function startAdminHarness(changes: Partial<AdminDeps> = {}) {
  const lines: string[] = [];
  const nudges: string[] = [];
  const flushes: string[] = [];
  const logControl = new LogControl("info");
  const logger = createLogger({
    level: "info",
    json: true,
    control: logControl,
    destination: { write: (line: string) => void lines.push(line) },
  });
  const jobs = changes.jobs ?? noJobs(nudges);
  const sequencer = new SwitchRole("sequencer");
  const batcher = new SwitchRole("batcher");
  const roles = new RoleControl({
    loops: [sequencer],
    duties: [{ name: "batching", role: batcher }],
    jobs,
  });
  const l1 = { hash: `0x${"22".repeat(32)}`, number: 9n, parentHash: "0x", time: 1n };
  const key = fakeKey({
    outcome: "replaced",
    txHash: `0x${"33".repeat(32)}`,
    fees: { maxFeePerGas: 5n, maxPriorityFeePerGas: 2n },
  });
  const deps = {
    version: "0",
    tokens: new AdminTokens({ operator: OPERATOR, viewer: VIEWER }),
    metrics: createMetrics(),
    logger,
    logControl,
    clock: systemClock,
    node: { syncStatus: async () => ({ headL1: l1, unsafeL2: l1 }) as never },
    jobs,
    roles,
    batcher: { requestFlush: () => void flushes.push("flush") },
    keys: [key],
    readiness: () => [],
    status: async () => ({ problems: [] }),
    config: () => ({ datadir: "./data" }),
    ...changes,
  } satisfies AdminDeps;
  const server: AdminServer = await createAdminServer(0, deps);
  return { server, port: server.port, lines, nudges, flushes, sequencer, roles, key, deps };
}
