import { beforeEach, expect, test } from "@jest/globals";
import { PrivateKey } from "../../../src/l1/privateKey.js";
import { KeyL1Sender, type L1SenderConfig } from "../../../src/l1/sender.js";
import { SenderStats } from "../../../src/l1/senderStats.js";
import type { L1TxRequest } from "../../../src/l1/types.js";
import { createLogger, silentLogger } from "../../../src/telemetry/logger.js";
import { createMetrics } from "../../../src/telemetry/metrics.js";
import { runWithTrace } from "../../../src/telemetry/trace.js";
import { FakeL1Node, TickingClock } from "../../helpers/fakeL1Node.js";

const key = new PrivateKey(`0x${"11".repeat(32)}`);
const request: L1TxRequest = {
  to: "0x00000000000000000000000000000000000000aa",
  data: new Uint8Array([1, 2, 3]),
  label: "append 7",
};
const id = `${key.address}-0`;
let node: FakeL1Node;
let clock: TickingClock;

beforeEach(() => {
  node = new FakeL1Node();
  clock = new TickingClock();
});

function newSender(config: Partial<L1SenderConfig> = {}, stats?: SenderStats): KeyL1Sender {
  return new KeyL1Sender(
    { key, chainId: 900, resubmitMs: 100_000, timeoutMs: 300_000, ...config },
    { rpc: node, clock, logger: silentLogger(), ...(stats === undefined ? {} : { stats }) },
  );
}

/** Runs an action at the first tick, and mines after `ticks` more. */
function atFirstTick<T>(action: () => Promise<T>, ticks = 3): Promise<T> {
  return new Promise((resolve, reject) => {
    let tick = 0;
    clock.onTick = () => {
      if (++tick === 1) action().then(resolve, reject);
      if (tick > ticks) node.mine();
    };
  });
}

test("pending: nothing before and after, the transaction in between", async () => {
  const sender = newSender();
  expect(await sender.pending()).toEqual([]);
  const seen = atFirstTick(() => sender.pending());
  const { txHash } = await sender.send(request);
  expect(await seen).toMatchObject([
    { id, label: "append 7", nonce: 0n, hashes: [txHash], bumps: 0, state: "waiting" },
  ]);
  expect(await sender.pending()).toEqual([]);
});

test("bump: the same transaction is offered with higher fees, and that one is included", async () => {
  const sender = newSender();
  const bumped = atFirstTick(() => sender.bump(id));
  const result = await sender.send(request);
  const [first, second] = node.offered;
  expect(node.offered).toHaveLength(2);
  expect(second?.maxFeePerGas ?? 0n).toBeGreaterThan(first?.maxFeePerGas ?? 0n);
  expect(await bumped).toMatchObject({ outcome: "replaced", txHash: second?.hash });
  expect(result.txHash).toBe(second?.hash);
});

test("bump: the line in the log has the id of the operator's request, those of the role keep the role's", async () => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = createLogger({ level: "debug", json: true, destination: { write } });
  const sender = new KeyL1Sender(
    { key, chainId: 900, resubmitMs: 100_000, timeoutMs: 300_000 },
    { rpc: node, clock, logger },
  );
  const bumped = atFirstTick(() => runWithTrace("operator-1", () => sender.bump(id)));
  await runWithTrace("job-1", () => sender.send(request));
  await bumped;
  const traceOf = (msg: string) => lines.find((line) => line.msg === msg)?.traceId;
  expect(traceOf("replaced by an operator")).toBe("operator-1");
  expect(traceOf("included on L1")).toBe("job-1");
});

test("bump: at the fee ceiling nothing is sent, and the operator is told", async () => {
  const sender = newSender({ feeCeilingWei: 3_000_000_000n });
  const bumped = atFirstTick(() => sender.bump(id));
  await sender.send(request);
  expect(await bumped).toEqual({ outcome: "fee ceiling reached" });
  expect(node.offered).toHaveLength(1);
});

test("cancel: the nonce goes to a transfer of nothing to the own account, and the caller is told", async () => {
  const sender = newSender();
  const cancelled = atFirstTick(() => sender.cancel(id));
  await expect(sender.send(request)).rejects.toMatchObject({
    code: "L1_TX_REVERTED",
    data: { reason: "cancelled by an operator" },
  });
  expect(await cancelled).toMatchObject({ outcome: "replaced", txHash: node.offered[1]?.hash });
  expect(node.offered[1]?.gas).toBe(21_000n);
  clock.onTick = () => node.mine();
  await expect(sender.send(request)).resolves.toMatchObject({});
  expect(node.nonce).toBe(2);
});

test("cancel: comes too late when the first transaction is included after all", async () => {
  const sender = newSender();
  node.intercept = (method) => {
    // The first is mined while the replacement is on its way.
    if (method === "eth_sendRawTransaction" && node.offered.length === 1) node.mine();
    return undefined;
  };
  const cancelled = atFirstTick(() => sender.cancel(id));
  const { txHash } = await sender.send(request);
  expect(txHash).toBe(node.offered[0]?.hash);
  expect(await cancelled).toEqual({ outcome: "too late" });
});

test("a transaction that its role gave up is still listed, and can be bumped and cancelled", async () => {
  const sender = newSender();
  const abort = new AbortController();
  clock.onTick = () => abort.abort();
  await expect(sender.send(request, abort.signal)).rejects.toMatchObject({ code: "L1_TX_TIMEOUT" });
  expect(await sender.pending()).toMatchObject([{ id, state: "abandoned" }]);
  expect(await sender.bump(id)).toMatchObject({ outcome: "replaced" });
  expect(await sender.cancel(id)).toMatchObject({ outcome: "replaced" });
  expect(node.pool.get(0)?.gas).toBe(21_000n);
  node.mine();
  expect(await sender.pending()).toEqual([]);
  expect(await sender.cancel(id)).toBeUndefined();
});

test("bump and cancel: an unknown id is no transaction of this key", async () => {
  const sender = newSender();
  expect(await sender.bump(`${key.address}-9`)).toBeUndefined();
  expect(await sender.cancel("nonsense")).toBeUndefined();
});

test("stats: fees of the last hour, bumps and times of inclusion", async () => {
  const metrics = createMetrics();
  const stats = new SenderStats({ role: "batcher" }, { clock, metrics });
  expect(stats.feesPerHourWei()).toBe(0n);
  await clock.sleep(3_600_000);
  stats.included({ label: "append 1", feeWei: 1_000n, seconds: 2 });
  stats.included({ label: "append 2", feeWei: 500n, seconds: 4 });
  stats.bumped();
  expect(stats.feesPerHourWei()).toBe(1_500n);
  const text = await metrics.render();
  expect(text).toContain('fovea_l1_fees_wei_total{role="batcher",kind="append"} 1500');
  expect(text).toContain('fovea_l1_tx_bumps_total{role="batcher"} 1');
  expect(text).toContain('fovea_l1_tx_confirm_seconds_sum{role="batcher"} 6');
  expect(text).toContain("fovea_batch_cost_wei 500");
  await clock.sleep(3_600_000);
  expect(stats.feesPerHourWei()).toBe(0n);
});
