import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { type RedisServer, startRedis } from "../../../src/jobs/redisServer.js";
import { RoleControl } from "../../../src/jobs/roleControl.js";
import { type Jobs, startJobs } from "../../../src/jobs/startJobs.js";
import { type LoopConfig, LoopRole } from "../../../src/services/loopRole.js";
import type { StepResult } from "../../../src/services/types.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { currentTraceId } from "../../../src/telemetry/trace.js";
import { systemClock } from "../../../src/util/clock.js";

const loop: LoopConfig = { idleMs: 5, backoffMs: 5, maxBackoffMs: 5 };

class TestRole extends LoopRole {
  readonly name: string;
  steps = 0;
  readonly traces: (string | undefined)[] = [];
  /** Waits for `stop`, as a sender that waits for L1 does. */
  hang = false;

  constructor(name: string) {
    super(loop, { clock: systemClock, logger: silentLogger() });
    this.name = name;
  }

  async step(): Promise<StepResult> {
    this.steps += 1;
    this.traces.push(currentTraceId());
    if (this.hang) {
      await new Promise((_, reject) =>
        this.signal.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    }
    return { status: "idle" };
  }

  override readinessProblems(): string[] {
    return ["always something"];
  }
}

let dir: string;
let redis: RedisServer;
let prefixes = 0;
const running: Jobs[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "fovea-roles-"));
  redis = await startRedis({ dir, mode: "embedded" });
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
});
afterAll(async () => {
  await redis.close();
  rmSync(dir, { recursive: true, force: true });
});

function world(url = redis.url) {
  const sequencer = new TestRole("sequencer");
  const batcher = new TestRole("batcher");
  const duties = [{ name: "batching" as const, role: batcher, everyMs: 50 }];
  const jobs = startJobs(
    { url, prefix: `roles${prefixes++}`, duties, reconcileMs: 20 },
    { logger: silentLogger(), clock: systemClock },
  );
  running.push(jobs);
  return {
    sequencer,
    batcher,
    jobs,
    control: new RoleControl({ loops: [sequencer], duties, jobs }),
  };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000; i += 1) {
    if (holds()) return;
    await systemClock.sleep(10);
  }
  throw new Error(`never: ${what}`);
}

test("a stopped duty is run neither by jobs nor by nudges nor by the reconciler, and is no problem", async () => {
  const { batcher, control, jobs } = world();
  await until("runs", () => batcher.steps > 2);
  expect(await control.stop("batcher")).toBe(true);
  expect(await control.stop("batcher")).toBe(false);
  const before = batcher.steps;
  await jobs.nudge("batching");
  await systemClock.sleep(300);
  expect(batcher.steps).toBe(before);
  expect(jobs.readinessProblems()).toEqual([]);
  expect(control.states().find(({ name }) => name === "batcher")).toMatchObject({
    isRunning: false,
    queue: "batching",
    problems: [],
  });
  expect(await control.start("batcher")).toBe(true);
  expect(await control.start("batcher")).toBe(false);
  await until("runs again", () => batcher.steps > before + 2);
});

test("stopping ends a step that waits, and that is no failure", async () => {
  const { batcher, control, jobs } = world("redis://127.0.0.1:1");
  batcher.hang = true;
  await until("a step", () => batcher.steps > 0);
  await control.stop("batcher");
  expect(jobs.health().duties[0]).toMatchObject({ last: null, isStopped: true });
});

test("a loop stops and starts again", async () => {
  const { sequencer, control } = world();
  await sequencer.start();
  await until("steps", () => sequencer.steps > 2);
  await control.stop("sequencer");
  const before = sequencer.steps;
  await systemClock.sleep(50);
  expect(sequencer.steps).toBe(before);
  expect(control.isRunning("sequencer")).toBe(false);
  await control.start("sequencer");
  await until("steps again", () => sequencer.steps > before);
  await sequencer.stop();
});

test("a role that this server does not have cannot be started", async () => {
  const { control } = world();
  await expect(control.start("proposer")).rejects.toMatchObject({ code: "JOBS_ROLE_UNKNOWN" });
  expect(control.isRunning("proposer")).toBe(false);
});

test("the trace id of a nudge reaches the step, also when a run has just ended", async () => {
  const { batcher, jobs } = world();
  await until("a run", () => batcher.steps > 0 && jobs.health().redis === "up");
  await until("queues", () => jobs.queues().length > 0);
  await jobs.nudge("batching", "req:1");
  await until("the trace", () => batcher.traces.includes("req:1"));
  // Jobs that nobody asked for are found by their own id.
  await until("a scheduled job", () => batcher.traces.some((id) => id?.startsWith("repeat:")));
});
