import { expect, test } from "@jest/globals";
import { isLogLevel, LogControl } from "../../../src/telemetry/logControl.js";
import { createLogger } from "../../../src/telemetry/logger.js";
import { currentTraceId, isTraceId, runWithTrace } from "../../../src/telemetry/trace.js";

function capture(control: LogControl) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ level: "info", json: true, destination, control }) };
}

test("log control: the level of a logger and of its older children changes at run time", () => {
  const control = new LogControl("info");
  const { logger, lines } = capture(control);
  const child = logger.child({ role: "node" });
  child.debug("unseen");
  control.setLevel("debug");
  child.debug({ n: 1 }, "seen");
  control.setLevel("error");
  child.warn("unseen");
  control.setLevel("silent");
  logger.error("unseen");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["seen"]);
});

test("log control: keeps the last warnings and errors, cut to a length", () => {
  const control = new LogControl("info");
  const { logger } = capture(control);
  logger.info("unseen");
  for (let n = 0; n < 120; n += 1) logger.warn({ n, long: "x".repeat(5_000) }, "careful");
  expect(control.recent()).toHaveLength(100);
  expect(control.recent()[0]).toContain('"n":20');
  expect(control.recent()[0]?.length).toBe(2_000);
});

test("log control: only known levels", () => {
  expect(["debug", "silent", "trace", "INFO", 1, undefined].map(isLogLevel)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("trace: every line below carries the id, however late it is written", async () => {
  const { logger, lines } = capture(new LogControl("info"));
  const child = logger.child({ role: "batcher" });
  await runWithTrace("req_1", async () => {
    await new Promise((done) => setTimeout(done, 1));
    child.info("inside");
    expect(currentTraceId()).toBe("req_1");
  });
  child.info("outside");
  expect(lines.map((line) => JSON.parse(line).traceId)).toEqual(["req_1", undefined]);
  expect(["a-b.c:1", "a b", "", "x".repeat(65), 1].map(isTraceId)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
