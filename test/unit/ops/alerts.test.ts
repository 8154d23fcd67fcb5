import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { SenderStats } from "../../../src/l1/senderStats.js";
import { registerEngineMetrics } from "../../../src/rpc/admin/metrics/engineMetrics.js";
import { registerHeadMetrics } from "../../../src/rpc/admin/metrics/headMetrics.js";
import { registerJobMetrics } from "../../../src/rpc/admin/metrics/jobMetrics.js";
import { registerKeyMetrics } from "../../../src/rpc/admin/metrics/keyMetrics.js";
import { createGateway, type Gateway } from "../../../src/rpc/gateway.js";
import { createMetrics } from "../../../src/telemetry/metrics.js";
import { fakeKey, noJobs, startAdminHarness } from "../../helpers/adminHarness.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const groups = (parse(readFileSync("ops/alerts.yaml", "utf8")) as { groups: { rules: Rule[] }[] })
  .groups;
const rules = groups.flatMap((group) => group.rules);
/** Metrics that Prometheus makes itself. */
const BUILT_IN = ["up"];
const METRIC = /\b(?:fovea_\w+|nodejs_\w+|process_\w+|up)\b/g;
const SELECTOR = /\b(fovea_\w+)\{([^}]*)\}/g;

let world: RollupWorld;
let gateway: Gateway;
let admin: Awaited<ReturnType<typeof startAdminHarness>>;
/** What a scrape answers. */
let text: string;

beforeAll(async () => {
  world = await RollupWorld.create();
  const { clock, logger, main } = world;
  const metrics = createMetrics({ processMetrics: true });
  const jobs = noJobs([]);
  admin = await startAdminHarness({ jobs });
  const proposals = () => ({ agree: 1, disagree: 0, unknown: 0 });
  const { roles } = admin;
  registerEngineMetrics(metrics, main.engine);
  registerHeadMetrics(metrics, { node: main.node, engine: main.engine, clock });
  registerJobMetrics(metrics, { jobs, roles, readiness: () => [], proposals, clock });
  registerKeyMetrics(metrics, [fakeKey({ outcome: "too late" })]);
  const stats = new SenderStats({ role: "batcher" }, { clock, metrics });
  stats.included({ label: "append 1", feeWei: 5n, seconds: 1 });
  gateway = createGateway({
    engine: main.engine,
    contracts: () => ({}),
    readiness: () => [],
    config: { port: 0, host: "127.0.0.1" },
    logger,
    clock,
    metrics,
  });
  const { port } = await gateway.listen();
  await world.ticks(3);
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId" });
  const headers = { "content-type": "application/json" };
  await (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, headers })).text();
  text = await metrics.render();
});
afterAll(async () => {
  await gateway.close();
  await admin.server.close();
  await world.main.engine.close();
});

const isServed = (name: string) =>
  new RegExp(`^# TYPE ${name.replace(/_(bucket|sum|count)$/, "")} `, "m").test(text);

test("every alert has a severity, a summary, and a name of its own", () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, expr, labels, annotations, ...more } of rules) {
    expect(alert).toMatch(/^Fovea[A-Z]\w+$/);
    expect(["page", "warn"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\.$/);
    expect(more.for ?? "0s").toMatch(/^\d+[sm]$/);
    for (const [open, close] of ["()", "{}", "[]"]) {
      const count = (sign: string | undefined) => expr.split(sign as string).length;
      expect([alert, count(open)]).toEqual([alert, count(close)]);
    }
  }
});

test("every metric that an alert or the dashboard names is served", () => {
  const dashboard = readFileSync("ops/grafana-dashboard.json", "utf8");
  const used = [...rules.map(({ expr }) => expr), dashboard].flatMap(
    (source) => source.match(METRIC) ?? [],
  );
  const names = [...new Set(used)].filter((name) => !BUILT_IN.includes(name));
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !isServed(name))).toEqual([]);
});

test("every label that an alert asks for, or names in its summary, is one of its metric", () => {
  const wrong: string[] = [];
  const check = (alert: string, metric: string, label: string) => {
    const sample = new RegExp(`^${metric}\\{[^}]*\\b${label}=`, "m");
    if (!sample.test(text)) wrong.push(`${alert}: ${metric} has no label ${label}`);
  };
  for (const { alert, expr, annotations } of rules) {
    for (const [, metric, selector] of expr.matchAll(SELECTOR)) {
      for (const [, label] of (selector ?? "").matchAll(/(\w+)=/g)) {
        check(alert, metric as string, label as string);
      }
    }
    const [metric] = expr.match(/fovea_\w+/) ?? [];
    for (const [, label] of (annotations.summary ?? "").matchAll(/\$labels\.(\w+)/g)) {
      check(alert, metric as string, label as string);
    }
  }
  expect(wrong).toEqual([]);
});

test("a queue that stands still is reported, unless it was stopped itself", () => {
  const labelsOf = (metric: string) =>
    [...text.matchAll(new RegExp(`^${metric}\\{([^}]*)\\} (\\d+)`, "gm"))].map(
      ([, labels]) => labels,
    );
  // `unless` compares all labels: they must be the same, and both for every queue.
  expect(labelsOf("fovea_queue_last_tick_seconds")).toEqual(['queue="batching"']);
  expect(labelsOf("fovea_queue_stopped")).toEqual(labelsOf("fovea_queue_last_tick_seconds"));
  const { expr } = rules.find(({ alert }) => alert === "FoveaQueueStill") as Rule;
  expect(expr).toBe("fovea_queue_last_tick_seconds > 60 unless fovea_queue_stopped == 1");
});

test("docs/operations.md has a line for each alert, and for no other", () => {
  const docs = readFileSync("docs/operations.md", "utf8");
  const documented = [...docs.matchAll(/^\| (Fovea\w+) \| \S/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(rules.map(({ alert }) => alert).sort());
});
