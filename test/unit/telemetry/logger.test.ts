import { expect, test } from "@jest/globals";
import { createLogger } from "../../../src/telemetry/logger.js";
import { createMetrics } from "../../../src/telemetry/metrics.js";

function capture(json: boolean) {
  const lines: string[] = [];
  const logger = createLogger({
    level: "info",
    json,
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines };
}

test("logger: JSON lines carry the child's fields, bigints as strings, and no secrets", () => {
  const { logger, lines } = capture(true);
  logger
    .child({ role: "batcher" })
    .info({ index: 12n, privateKey: "0x1", l1: { token: "t" } }, "entry appended");
  logger.debug("not shown");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    role: "batcher",
    msg: "entry appended",
    index: "12",
    privateKey: "***",
    l1: { token: "***" },
  });
});

test("logger: lines for people name level, role and fields", () => {
  const { logger, lines } = capture(false);
  logger.child({ role: "node" }).warn({ number: 3n, error: new Error("boom") }, "head moved");
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}node: head moved number=3 error=.*boom/);
});

test("metrics: the same name gives the same metric, and the text holds it", async () => {
  const metrics = createMetrics();
  metrics.counter("rpc_requests_total", "Requests.", ["method"]).inc({ method: "a" });
  metrics.counter("rpc_requests_total", "Requests.", ["method"]).inc({ method: "a" });
  expect(await metrics.render()).toContain('fovea_rpc_requests_total{method="a"} 2');
});
