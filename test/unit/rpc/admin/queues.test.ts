import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createClient, type RedisClientType } from "redis";
import { type RedisServer, startRedis } from "../../../../src/jobs/redisServer.js";
import { type Jobs, startJobs } from "../../../../src/jobs/startJobs.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { systemClock } from "../../../../src/util/clock.js";
import {
  call,
  OPERATOR,
  SwitchRole,
  startAdminHarness,
  VIEWER,
} from "../../../helpers/adminHarness.js";

const PREFIX = "board";
let dir: string;
let redis: RedisServer;
let client: RedisClientType;
let jobs: Jobs;
let admin: Awaited<ReturnType<typeof startAdminHarness>>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "fovea-board-"));
  redis = await startRedis({ dir, mode: "embedded" });
  client = createClient({ url: redis.url }) as RedisClientType;
  await client.connect();
  jobs = startJobs(
    {
      url: redis.url,
      prefix: PREFIX,
      duties: [
        { name: "batching", role: new SwitchRole("batcher"), everyMs: 60_000 },
        { name: "verification", role: new SwitchRole("verifier"), everyMs: 60_000 },
      ],
      reconcileMs: 20,
      // The page must show what it can even before the sweep.
      sweepMs: 600_000,
    },
    { logger: silentLogger(), clock: systemClock },
  );
  for (let i = 0; i < 500 && jobs.queues().length === 0; i += 1) await systemClock.sleep(20);
  admin = await startAdminHarness({ jobs });
});
afterAll(async () => {
  await admin.server.close();
  await jobs.stop();
  client.destroy();
  await redis.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Shown {
  name: string;
  description?: string;
  counts: Record<string, number>;
  jobs: { id: string; data: unknown }[];
}

async function shown(query = "", token = VIEWER): Promise<Shown[]> {
  const answer = await call(admin.port, `/queues/api/queues${query}`, { token });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as { queues: Shown[] }).queues;
}

/** Every key and what is in it, but what workers write by themselves. */
async function keyspace(): Promise<string> {
  const rows: string[] = [];
  for (const key of (await client.keys("*")).sort()) {
    if (/events|stalled-check|:meta$/.test(key)) continue;
    rows.push(`${key} ${Buffer.from((await client.dump(key)) ?? "").toString("base64")}`);
  }
  return rows.join("\n");
}

test("all queues are shown, the disabled one with its reason", async () => {
  const queues = await shown();
  expect(queues.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["batching", "verification", "challenge"]),
  );
  expect(queues.find(({ name }) => name === "challenge")?.description).toContain("no dispute game");
});

test("the page asks no other server for anything, and its parts are served", async () => {
  const { text, headers } = await call(admin.port, "/queues", {
    token: VIEWER,
    headers: { accept: "text/html" },
  });
  expect(headers["x-powered-by"]).toBeUndefined();
  expect(text).toContain("<title>Fovea jobs</title>");
  expect(text).not.toMatch(/(href|src)="(https?:)?\/\//);
  const [, script] = /src="(static\/js\/main[^"]+)"/.exec(text) ?? [];
  expect((await call(admin.port, `/queues/${script}`, { token: VIEWER })).status).toBe(200);
  expect((await call(admin.port, `/queues/${script}`)).status).toBe(401);
});

test("unreadable jobs hide neither the other jobs of their queue nor other queues; long data are cut", async () => {
  const queue = jobs.queues().find(({ name }) => name === "verification");
  if (!queue) throw new Error("no queue");
  await queue.pause();
  const good = await queue.add("verification", { reason: "nudge" }, { jobId: "good" });
  const long = await queue.add("verification", { text: "x".repeat(50_000) }, { jobId: "long" });
  const script = "<script>alert(1)</script>";
  await queue.add("verification", { script }, { jobId: "script" });
  const base = `${PREFIX}:verification`;
  for (const [id, data] of [
    ["poison-1", "{not json"],
    ["poison-2", ""],
  ] as const) {
    await client.hSet(`${base}:${id}`, { name: "x", data, opts: "{}", timestamp: "1" });
    await client.lPush(`${base}:wait`, id);
  }
  await client.set(`${base}:poison-3`, "a string where a hash belongs");
  await client.lPush(`${base}:wait`, "poison-3");
  await expect(queue.getJobs(["waiting"])).rejects.toThrow();

  const queues = await shown("?activeQueue=verification&status=latest&page=1&jobsPerPage=20");
  const found = queues.find(({ name }) => name === "verification");
  const ids = found?.jobs.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([good.id, long.id, "script"]));
  expect(ids).not.toContain("poison-1");
  const cut = JSON.stringify(found?.jobs.find(({ id }) => id === "long")?.data);
  expect(cut.length).toBeLessThan(3_000);
  // Its next job waits for its time, or is just being done.
  const others = queues.find(({ name }) => name === "batching")?.counts;
  const known = ["delayed", "waiting", "active"].map((state) => others?.[state] ?? 0);
  expect(known.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  const page = await call(admin.port, "/queues/queue/verification", {
    token: VIEWER,
    headers: { accept: "text/html" },
  });
  expect(page.text).not.toContain(script);
});

test("a viewer changes nothing in Redis, whatever route is tried", async () => {
  const before = await keyspace();
  const tries = [
    ["PUT", "pause"],
    ["PUT", "resume"],
    ...["pause", "resume", "empty", "obliterate", "promote", "concurrency", "rate-limit"].map(
      (verb) => ["PUT", `verification/${verb}`],
    ),
    ["POST", "verification/add"],
    ["PUT", "verification/clean/completed"],
    ["PUT", "verification/retry/failed"],
    ["PUT", "verification/good/clean"],
    ["PUT", "verification/good/promote"],
    ["PATCH", "verification/good/update-data"],
    ["PATCH", "verification/good/delay"],
    ["PUT", "batching/job-schedulers/batching/remove"],
    ["PUT", "batching/job-schedulers/batching/run"],
  ] as const;
  for (const [method, path] of tries) {
    const body = { name: "x", data: {}, options: {}, jobData: {} };
    const answer = await call(admin.port, `/queues/api/queues/${path}`, {
      method: method ?? "PUT",
      token: VIEWER,
      body,
      headers: { "x-http-method-override": "GET" },
    });
    expect([path, answer.status]).toEqual([path, 403]);
  }
  expect(await keyspace()).toBe(before);
});

test("an operator may change jobs, and the log tells it", async () => {
  const answer = await call(admin.port, "/queues/api/queues/verification/good/clean", {
    method: "PUT",
    token: OPERATOR,
  });
  expect(answer.status).toBeLessThan(300);
  expect(await client.exists(`${PREFIX}:verification:good`)).toBe(0);
  const line = admin.lines.findLast((text) => text.includes("verification/good/clean"));
  expect(JSON.parse(line ?? "{}")).toMatchObject({ audit: true, actor: "operator", method: "PUT" });
});
