import { expect, test } from "@jest/globals";
import { createMetrics } from "../../../src/telemetry/metrics.js";

test("metrics: an event loop that was held up is seen at the next scrape, and forgotten after it", async () => {
  const metrics = createMetrics({ processMetrics: true });
  const lag = async (name: string) =>
    Number(
      new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m").exec(
        await metrics.render(),
      )?.[1],
    );
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  await pause();
  expect(await lag("max")).toBeGreaterThan(0);
  await pause();
  const end = performance.now() + 400;
  while (performance.now() < end);
  await pause();
  const held = await lag("max");
  expect(held).toBeGreaterThan(0.3);
  await pause();
  expect(await lag("p99")).not.toBeNaN();
  expect(await lag("max")).not.toBe(held);
});
