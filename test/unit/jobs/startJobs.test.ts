import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createClient, type RedisClientType } from "redis";
import { type RedisServer, startRedis } from "../../../src/jobs/redisServer.js";
import { type Jobs, startJobs } from "../../../src/jobs/startJobs.js";
import type { Role, StepResult } from "../../../src/services/types.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { systemClock } from "../../../src/util/clock.js";
import { redisModes } from "../../helpers/redisModes.js";

class CountingRole implements Role {
  readonly name = "counting";
  steps = 0;
  running = 0;
  overlapped = false;
  fail = false;
  async start() {}
  async stop() {}
  async step(): Promise<StepResult> {
    this.running += 1;
    if (this.running > 1) this.overlapped = true;
    await systemClock.sleep(5);
    this.running -= 1;
    this.steps += 1;
    if (this.fail) throw new Error("no");
    return { status: "idle" };
  }
  readinessProblems() {
    return [];
  }
}

let redis: RedisServer;
let client: RedisClientType;
const running: Jobs[] = [];
let prefixes = 0;

function start(role: Role, options: { url?: string; everyMs?: number } = {}) {
  prefixes += 1;
  const prefix = `t${prefixes}`;
  const jobs = startJobs(
    {
      url: options.url ?? redis.url,
      prefix,
      duties: [{ name: "batching", role, everyMs: options.everyMs ?? 100 }],
      reconcileMs: 100,
      sweepMs: 200,
    },
    { logger: silentLogger(), clock: systemClock },
  );
  running.push(jobs);
  return { jobs, prefix };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000; i += 1) {
    if (await holds()) return;
    await systemClock.sleep(20);
  }
  throw new Error(`never: ${what}`);
}

/** Runs that came through a finished job of the queue. */
async function finishedJobs(jobs: Jobs): Promise<number> {
  return (await jobs.queues()[0]?.getCompletedCount()) ?? 0;
}

/** When the newest finished job of the queue ended; jobs of before a restart may still be there. */
async function lastFinishMs(jobs: Jobs): Promise<number> {
  const [newest] = (await jobs.queues()[0]?.getCompleted(0, 0)) ?? [];
  return newest?.finishedOn ?? 0;
}

describe.each(redisModes)("duties on a Redis: %s", (mode) => {
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "fovea-jobs-"));
    redis = await startRedis({ dir, mode });
    client = createClient({ url: redis.url }) as RedisClientType;
    client.on("error", () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    for (const jobs of running.splice(0)) await jobs.stop();
  });
  afterAll(async () => {
    client.destroy();
    await redis.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test("a duty runs as a scheduled job, one run at a time", async () => {
    const role = new CountingRole();
    const { jobs } = start(role);
    await until("three jobs", async () => (await finishedJobs(jobs)) >= 3);
    // Late jobs come together, and then one run is enough for them.
    await until("three runs", () => role.steps >= 3);
    expect(role.overlapped).toBe(false);
    expect(jobs.health()).toMatchObject({ redis: "up", degraded: false });
  });

  test("FLUSHALL while it runs: the schedule comes back by itself", async () => {
    const role = new CountingRole();
    const { jobs } = start(role);
    for (let i = 0; i < 3; i += 1) {
      await until("a job", async () => (await finishedJobs(jobs)) >= 1);
      await client.flushAll();
      const before = role.steps;
      await until("steps after the flush", () => role.steps >= before + 2);
    }
    await until("jobs again", async () => (await finishedJobs(jobs)) >= 2);
  });

  test("without Redis duties run from the timer, and the health says so", async () => {
    const role = new CountingRole();
    const { jobs } = start(role, { url: "redis://127.0.0.1:1" });
    await until("three steps", () => role.steps >= 3);
    expect(jobs.health()).toMatchObject({ redis: "down", degraded: true });
    expect(jobs.readinessProblems()).toEqual([]);
  });

  test("a Redis that goes and comes back: duties go on all the time, then as jobs again", async () => {
    const ownDir = mkdtempSync(join(tmpdir(), "fovea-jobs-"));
    const own = await startRedis({ dir: ownDir, mode });
    const role = new CountingRole();
    const { jobs } = start(role, { url: own.url });
    try {
      await until("a job", async () => (await finishedJobs(jobs)) >= 1);
      const note = JSON.parse(readFileSync(join(ownDir, "server.json"), "utf8")) as { pid: number };
      process.kill(note.pid, "SIGKILL");
      const killedAtMs = systemClock.nowMs();
      const before = role.steps;
      await until("steps meanwhile", () => role.steps >= before + 3);
      await until("up again", () => jobs.health().redis === "up");
      await until("jobs again", async () => (await lastFinishMs(jobs).catch(() => 0)) > killedAtMs);
    } finally {
      await jobs.stop();
      await own.close();
      rmSync(ownDir, { recursive: true, force: true });
    }
  });

  test("a Redis that goes for good: duties go on, and nothing spins", async () => {
    const ownDir = mkdtempSync(join(tmpdir(), "fovea-jobs-"));
    const own = await startRedis({ dir: ownDir, mode });
    const roles = [new CountingRole(), new CountingRole(), new CountingRole()];
    const started = roles.map((role) => start(role, { url: own.url, everyMs: 50 }));
    try {
      for (const { jobs } of started) {
        await until("a job", async () => (await finishedJobs(jobs)) >= 1);
      }
      await own.close();
      // A worker that asked again and again without a pause would let no timer of this process run any more.
      for (const [index, role] of roles.entries()) {
        const before = role.steps;
        await until("many steps", () => role.steps >= before + 20);
        expect(started[index]?.jobs.health().redis).toBe("down");
      }
    } finally {
      rmSync(ownDir, { recursive: true, force: true });
    }
  });

  test("forged and broken jobs change nothing, and the queue can still be listed", async () => {
    const role = new CountingRole();
    const { jobs, prefix } = start(role, { everyMs: 300 });
    await until("a job", async () => (await finishedJobs(jobs)) >= 1);
    const queue = jobs.queues()[0];
    if (!queue) throw new Error("no queue");
    const hostile: unknown[] = [
      null,
      7,
      "x",
      { to: "0x1" },
      { reason: "schedule", data: "0x" },
      [],
    ];
    for (const data of hostile) await queue.add("anything", data);
    await client.hSet(`${prefix}:batching:evil`, {
      data: "{not json",
      name: "x",
      opts: "{}",
      timestamp: "1",
    });
    await client.lPush(`${prefix}:batching:wait`, "evil");
    await until(
      "the poison is gone",
      async () => (await client.exists(`${prefix}:batching:evil`)) === 0,
    );
    const before = role.steps;
    await until("steps go on", () => role.steps > before);
    const done = await queue.getJobs(["completed", "active", "waiting"]);
    const ignored = done.filter((job) => job?.returnvalue === "ignored: not a job of ours");
    expect(ignored.length).toBe(hostile.length);
  });

  test("a failed run is tried again by the next job, and told", async () => {
    const role = new CountingRole();
    role.fail = true;
    const { jobs } = start(role);
    await until("failures", () => role.steps >= 2);
    await until("it is told", () => jobs.readinessProblems().length > 0);
    role.fail = false;
    await until("it is well again", () => jobs.readinessProblems().length === 0);
  });

  test("challenge jobs are known, and disabled with a reason", async () => {
    const { jobs } = start(new CountingRole());
    await until("queues", () => jobs.queues().length === 2);
    const queue = jobs.queues().find(({ name }) => name === "challenge");
    await queue?.add("challenge", { reason: "schedule" });
    await until("it ended", async () => (await queue?.getCompletedCount()) === 1);
    const [job] = (await queue?.getCompleted()) ?? [];
    expect(job?.returnvalue).toMatch(/^Disabled:/);
    expect(jobs.health().duties).toContainEqual(
      expect.objectContaining({
        name: "challenge",
        disabledReason: expect.stringMatching(/dispute game/),
      }),
    );
  });

  test("nudges run a duty before its time, as often as wanted", async () => {
    const role = new CountingRole();
    const { jobs } = start(role, { everyMs: 2_000 });
    await until("queues", () => jobs.queues().length === 2);
    await jobs.nudge("batching");
    await until("it ran", () => role.steps >= 1);
    await systemClock.sleep(1_100);
    await jobs.nudge("batching");
    await until("it ran again", () => role.steps >= 2);
  });
});
