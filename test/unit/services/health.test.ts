import { expect, test } from "@jest/globals";
import { EventHub, type HubEvent } from "../../../src/services/eventHub.js";
import { Health } from "../../../src/services/health/health.js";
import { IncidentLog } from "../../../src/services/health/incidentLog.js";
import { roleProblems } from "../../../src/services/health/roleProblems.js";
import type { HealthProblem } from "../../../src/services/health/types.js";
import { FakeClock } from "../../helpers/fakeClock.js";

function setUp(options: { log?: IncidentLog } = {}) {
  const clock = new FakeClock(1_000_000);
  const now: HealthProblem[] = [];
  const events = new EventHub({ kept: 100 }, { clock });
  const published: HubEvent[] = [];
  events.subscribe((event) => published.push(event));
  const health = new Health(
    { graceMs: 15_000 },
    { clock, problems: () => now, events, ...options },
  );
  const set = (...texts: string[]) => {
    now.splice(
      0,
      now.length,
      ...texts.map((text) => ({ text, roles: ["node"], isCritical: false })),
    );
    health.observe();
  };
  return { clock, now, health, set, published };
}

test("before the server was ready once, every problem counts", () => {
  const { health, set, clock } = setUp();
  set("entries on L1 are not derived yet");
  expect(health.reasons()).toEqual(["node: entries on L1 are not derived yet"]);
  set();
  expect(health.reasons()).toEqual([]);
  set("entries on L1 are not derived yet");
  expect(health.reasons()).toEqual([]);
  clock.advance(14_999);
  expect(health.reasons()).toEqual([]);
});

test("a problem counts when it has lasted, and a break starts the time anew", () => {
  const { health, set, clock } = setUp();
  set();
  set("late");
  clock.advance(10_000);
  set();
  set("late");
  clock.advance(10_000);
  expect(health.reasons()).toEqual([]);
  clock.advance(5_000);
  expect(health.reasons()).toEqual(["node: late"]);
  set();
  expect(health.reasons()).toEqual([]);
});

test("a problem whose text holds a growing number is one problem", () => {
  const { health, set, clock } = setUp();
  set();
  for (let age = 61; age < 80; age++) {
    set(`the newest L1 block is ${age} s old`);
    clock.advance(1_000);
  }
  expect(health.reasons()).toEqual(["node: the newest L1 block is 79 s old"]);
  expect(health.incidents()).toHaveLength(1);
});

test("a critical stop counts at once", () => {
  const { health, now } = setUp();
  health.observe();
  now.push({ text: "NODE_FINALITY_VIOLATION: gone", roles: ["node"], isCritical: true });
  expect(health.reasons()).toEqual(["node: NODE_FINALITY_VIOLATION: gone"]);
  expect(health.incidents()[0]).toMatchObject({ isCritical: true, endedAtMs: null });
});

test("only lasting problems become incidents, with begin and end, newest first", () => {
  const { health, set, clock, published } = setUp();
  set();
  set("short");
  clock.advance(1_000);
  set();
  set("first");
  clock.advance(20_000);
  set("first", "second");
  clock.advance(20_000);
  set("second");
  expect(health.incidents()).toMatchObject([
    { id: 2, text: "second", startedAtMs: 1_021_000, endedAtMs: null },
    { id: 1, text: "first", startedAtMs: 1_001_000, endedAtMs: 1_041_000 },
  ]);
  expect(published.map(({ topic, data }) => [topic, data])).toMatchObject([
    ["incidents", { id: 1, change: "started" }],
    ["incidents", { id: 1, change: "ended" }],
    ["incidents", { id: 2, change: "started" }],
  ]);
});

test("the log of incidents is bounded", () => {
  const { health, set, clock } = setUp({ log: IncidentLog.inMemory({ kept: 3 }) });
  set();
  for (const name of ["a", "b", "c", "d", "e"]) {
    set(name);
    clock.advance(15_000);
    set();
  }
  expect(health.incidents().map(({ text }) => text)).toEqual([]);
  for (const name of ["a", "b", "c", "d", "e"]) {
    set(name);
    clock.advance(15_000);
    set(name);
    set();
  }
  expect(health.incidents().map(({ text }) => text)).toEqual(["e", "d", "c"]);
});

test("problems of several roles are told once, with all names", () => {
  const role = (name: string, problems: string[], criticalProblem?: string) => ({
    name,
    criticalProblem,
    start: async () => {},
    stop: async () => {},
    step: async () => ({ status: "idle" as const }),
    readinessProblems: () => problems,
  });
  const roles = [role("node", ["x", "x", "y"], "y"), role("batcher", ["x"])];
  expect(roleProblems(roles, ["y", "z"])).toEqual([
    { text: "x", roles: ["node", "batcher"], isCritical: false },
    { text: "y", roles: ["node"], isCritical: true },
    { text: "z", roles: [], isCritical: false },
  ]);
});

test("events are given again to who comes back, as far as they are kept", () => {
  const hub = new EventHub({ kept: 3 }, { clock: new FakeClock(5) });
  const ids: string[] = [];
  hub.subscribe(({ id }) => ids.push(id));
  for (let i = 0; i < 5; i++) hub.publish("heads", { i });
  expect(hub.since(ids[4] as string)).toEqual([]);
  expect(hub.since(ids[1] as string)).toHaveLength(3);
  expect(hub.since(ids[2] as string)?.map(({ data }) => data)).toEqual([{ i: 3 }, { i: 4 }]);
  expect(hub.since(ids[0] as string)).toBeUndefined();
  for (const id of ["", "x", "-", `${ids[0]?.split("-")[0]}-99`, "0-1", "__proto__-1"]) {
    expect(hub.since(id)).toBeUndefined();
  }
});
