import { beforeEach, describe, expect, test } from "@jest/globals";
import { encodeErrorResult } from "viem";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { L1Error } from "../../../src/l1/errors.js";
import { PrivateKey } from "../../../src/l1/privateKey.js";
import { KeyL1Sender, type L1SenderConfig } from "../../../src/l1/sender.js";
import type { L1TxRequest } from "../../../src/l1/types.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { FakeL1Node, refuse, TickingClock } from "../../helpers/fakeL1Node.js";

const key = new PrivateKey(`0x${"11".repeat(32)}`);
const request: L1TxRequest = {
  to: "0x00000000000000000000000000000000000000aa",
  data: new Uint8Array([1, 2, 3]),
  label: "test",
};
const GWEI = 1_000_000_000n;
let node: FakeL1Node;
let clock: TickingClock;

beforeEach(() => {
  node = new FakeL1Node();
  clock = new TickingClock();
  clock.onTick = () => node.mine();
});

function newSender(config: Partial<L1SenderConfig> = {}): KeyL1Sender {
  return new KeyL1Sender(
    {
      key,
      chainId: 900,
      resubmitMs: 10_000,
      timeoutMs: 200_000,
      ...config,
    },
    { rpc: node, clock, logger: silentLogger() },
  );
}

/** Mines on the n-th tick and on all after it. */
function mineFromTick(n: number): void {
  let tick = 0;
  clock.onTick = () => {
    if (++tick >= n) node.mine();
  };
}

test("sender: sends, and resolves with the receipt", async () => {
  const result = await newSender().send(request);
  expect(node.included.get(result.txHash)?.block).toBe(result.blockNumber);
  expect(node.offered.length).toBe(1);
  expect(node.offered[0]?.gas).toBe(180_000n);
  expect(node.offered[0]?.maxFeePerGas).toBe(3n * GWEI);
});

test("sender: transactions of one key go one after the other, whatever fails", async () => {
  const sender = newSender();
  node.intercept = (method) => {
    if (
      method === "eth_call" &&
      node.nonce === 1 &&
      node.calls.filter((c) => c === method).length === 2
    ) {
      refuse("execution reverted", 3, "0x");
    }
  };
  const results = await Promise.allSettled([1, 2, 3].map(() => sender.send(request)));
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 1]);
});

test("sender: the queue has a limit", async () => {
  const sender = newSender();
  const sends = Array.from({ length: 257 }, () => sender.send(request).catch((e) => e.code));
  expect((await Promise.all(sends)).filter((result) => result === "L1_TX_TIMEOUT").length).toBe(1);
});

describe("sender: before sending", () => {
  test("a revert is told by the name of its error, and nothing is sent", async () => {
    const data = encodeErrorResult({
      abi: SequencerFeed.abi,
      errorName: "SequencerFeedWrongIndex",
      args: [3n, 2n],
    });
    for (const wrapped of [data, { data }, { message: "reverted", data: { result: data } }]) {
      node.intercept = (method) =>
        method === "eth_call" ? refuse("execution reverted", 3, wrapped) : undefined;
      await expect(newSender().send(request)).rejects.toMatchObject({
        code: "L1_TX_REVERTED",
        data: { reason: "SequencerFeedWrongIndex(3, 2)" },
      });
    }
    expect(node.offered).toEqual([]);
  });

  test("a transaction over the gas limit of a transaction is refused", async () => {
    node.gasEstimate = (1n << 24n) + 1n;
    await expect(newSender().send(request)).rejects.toMatchObject({ code: "L1_TX_TOO_LARGE" });
    node.gasEstimate = 1n << 24n;
    await newSender().send(request);
    expect(node.offered[0]?.gas).toBe(1n << 24n);
  });

  test("too little ETH is told with address and balance", async () => {
    node.intercept = (method) =>
      method === "eth_estimateGas"
        ? refuse("insufficient funds for gas * price + value")
        : undefined;
    await expect(newSender().send(request)).rejects.toMatchObject({
      code: "L1_INSUFFICIENT_FUNDS",
      data: { address: key.address, balanceWei: 16n },
    });
  });

  test("an L1 that does not answer is told as such", async () => {
    node.intercept = () => {
      throw new L1Error("L1_UNREACHABLE");
    };
    await expect(newSender().send(request)).rejects.toMatchObject({ code: "L1_UNREACHABLE" });
  });
});

describe("sender: while waiting", () => {
  test("fees rise by at least a tenth in both fields, at most to the ceiling", async () => {
    mineFromTick(Number.POSITIVE_INFINITY);
    const sender = newSender({ feeCeilingWei: 4n * GWEI });
    await expect(sender.send(request)).rejects.toMatchObject({ code: "L1_TX_TIMEOUT" });
    expect(new Set(node.offered.map((tx) => tx.nonce))).toEqual(new Set([0]));
    const distinct = node.offered.filter((tx, i) => tx.hash !== node.offered[i - 1]?.hash);
    expect(distinct.length).toBe(3);
    for (const [i, tx] of distinct.entries()) {
      const last = distinct[i - 1];
      expect(tx.maxFeePerGas).toBeLessThanOrEqual(4n * GWEI);
      if (last === undefined) continue;
      expect(tx.maxFeePerGas * 10n).toBeGreaterThanOrEqual(last.maxFeePerGas * 11n);
      expect(tx.maxPriorityFeePerGas * 10n).toBeGreaterThanOrEqual(last.maxPriorityFeePerGas * 11n);
    }
  });

  test("a base fee above ours makes the next try pay it", async () => {
    let tick = 0;
    clock.onTick = () => {
      if (++tick === 1) node.baseFee = 50n * GWEI;
      node.mine();
    };
    mineFromTick(0);
    node.intercept = (method) => {
      if (method === "eth_sendRawTransaction" && node.offered.length === 0)
        node.baseFee = 50n * GWEI;
    };
    const { txHash } = await newSender().send(request);
    expect(node.included.get(txHash)?.tx.maxFeePerGas).toBeGreaterThanOrEqual(100n * GWEI);
  });

  test("the next transaction takes the place of one that was given up", async () => {
    mineFromTick(Number.POSITIVE_INFINITY);
    const sender = newSender({ timeoutMs: 5_000 });
    await expect(sender.send(request)).rejects.toMatchObject({ code: "L1_TX_TIMEOUT" });
    mineFromTick(1);
    await sender.send(request);
    expect(node.nonce).toBe(1);
    expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 0]);
  });

  test("an abort ends the wait", async () => {
    const abort = new AbortController();
    clock.onTick = () => abort.abort();
    await expect(newSender().send(request, abort.signal)).rejects.toMatchObject({
      code: "L1_TX_TIMEOUT",
      data: { why: "aborted" },
    });
  });

  test("a transaction that vanished from the pool is sent again", async () => {
    let tick = 0;
    clock.onTick = () => {
      if (++tick === 1) node.pool.clear();
      else node.mine();
    };
    await newSender().send(request);
    expect(node.offered.length).toBe(2);
    expect(node.nonce).toBe(1);
  });

  test("one that L1 has forgotten is sent again as it is, long before it is time for higher fees", async () => {
    let tick = 0;
    clock.onTick = () => {
      if (++tick === 1) node.pool.clear();
      else node.mine();
    };
    const start = clock.nowMs();
    await newSender({ resubmitMs: 100_000 }).send(request);
    expect(clock.nowMs() - start).toBeLessThan(10_000);
    expect(node.offered[1]).toEqual(node.offered[0]);
  });

  test("a reorg that takes an earlier transaction of the key: the waiting one gets the free nonce", async () => {
    const sender = newSender({ resubmitMs: 100_000 });
    await sender.send(request);
    let tick = 0;
    clock.onTick = () => {
      if (++tick === 1) node.reorg();
      else node.mine();
    };
    const start = clock.nowMs();
    const { txHash } = await sender.send(request);
    expect(clock.nowMs() - start).toBeLessThan(10_000);
    expect(node.included.get(txHash)?.tx.nonce).toBe(0);
    expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 1, 0]);
  });

  test("a transaction whose block was reorganized away is sent again", async () => {
    let tick = 0;
    clock.onTick = () => {
      tick++;
      if (tick === 2) node.reorg();
      else node.mine();
    };
    const { txHash } = await newSender({ confirmations: 3 }).send(request);
    expect(node.offered.length).toBeGreaterThanOrEqual(2);
    expect(node.included.has(txHash)).toBe(true);
    expect(node.nonce).toBe(1);
  });

  test("a transaction that reverts when included is told, and the next one goes on", async () => {
    clock.onTick = () => node.mine(0);
    const sender = newSender();
    await expect(sender.send(request)).rejects.toMatchObject({ code: "L1_TX_REVERTED" });
    clock.onTick = () => node.mine();
    await sender.send(request);
    expect(node.nonce).toBe(2);
  });

  test("an earlier try that is included after all counts", async () => {
    mineFromTick(Number.POSITIVE_INFINITY);
    let tick = 0;
    clock.onTick = () => {
      const first = node.offered[0];
      if (++tick === 15 && first) {
        node.pool.set(0, first);
        node.mine();
      }
    };
    const { txHash } = await newSender().send(request);
    expect(node.offered.length).toBe(2);
    expect(txHash).toBe(node.offered[0]?.hash);
  });
});

describe("sender: nodes that answer strangely", () => {
  test("an error although the transaction was accepted", async () => {
    for (const failure of ["L1_UNREACHABLE", "L1_BAD_RESPONSE", "L1_RATE_LIMITED"] as const) {
      node = new FakeL1Node();
      clock.onTick = () => node.mine();
      node.intercept = (method, params) => {
        if (method !== "eth_sendRawTransaction") return undefined;
        node.accept(params[0] as `0x${string}`);
        throw new L1Error(failure);
      };
      await newSender().send(request);
      expect(node.offered.length).toBe(1);
      expect(node.nonce).toBe(1);
    }
  });

  test("already known", async () => {
    node.intercept = (method, params) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      node.accept(params[0] as `0x${string}`);
      return refuse("already known");
    };
    await newSender().send(request);
    expect(node.nonce).toBe(1);
  });

  test("nonce too low after ours was included", async () => {
    node.intercept = (method, params) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      node.accept(params[0] as `0x${string}`);
      node.mine();
      return refuse("nonce too low");
    };
    const { txHash } = await newSender().send(request);
    expect(node.offered.map((tx) => tx.hash)).toEqual([txHash]);
  });

  test("nonce too low because somebody else uses the key", async () => {
    let isFirst = true;
    node.intercept = (method) => {
      if (method === "eth_sendRawTransaction" && isFirst) {
        isFirst = false;
        node.useNonceElsewhere();
      }
    };
    await newSender().send(request);
    expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 1]);
    expect(node.nonce).toBe(2);
  });

  test("a receipt that comes later than the nonce", async () => {
    let looks = 0;
    node.intercept = (method) =>
      method === "eth_getTransactionReceipt" && node.nonce === 1 && ++looks <= 2 ? null : undefined;
    await newSender().send(request);
    expect(node.offered.length).toBe(1);
  });

  test("failing looks do not end the wait", async () => {
    let looks = 0;
    node.intercept = (method) => {
      if (method === "eth_getTransactionReceipt" && ++looks <= 3)
        throw new L1Error("L1_UNREACHABLE");
    };
    await newSender().send(request);
    expect(node.offered.length).toBe(1);
  });

  test("pending transactions of an earlier run are waited for", async () => {
    const other = newSender();
    mineFromTick(Number.POSITIVE_INFINITY);
    const abort = new AbortController();
    clock.onTick = () => abort.abort();
    await other.send(request, abort.signal).catch(() => {});
    mineFromTick(3);
    await newSender().send(request);
    expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 1]);
  });

  test("pending transactions of an earlier run that never come are replaced", async () => {
    const abort = new AbortController();
    clock.onTick = () => abort.abort();
    await newSender()
      .send(request, abort.signal)
      .catch(() => {});
    const stuck = node.offered[0];
    clock.onTick = () => {
      if (node.pool.get(0)?.hash !== stuck?.hash) node.mine();
    };
    await newSender().send(request);
    expect(node.nonce).toBe(1);
    expect(node.offered.map((tx) => tx.nonce)).toEqual([0, 0, 0]);
  });

  test("out of funds when sending", async () => {
    node.intercept = (method) =>
      method === "eth_sendRawTransaction" ? refuse("insufficient funds for transfer") : undefined;
    const sender = newSender();
    await expect(sender.send(request)).rejects.toMatchObject({ code: "L1_INSUFFICIENT_FUNDS" });
    node.intercept = () => undefined;
    await sender.send(request);
    expect(node.nonce).toBe(1);
  });

  test("an L1 without a tip suggestion", async () => {
    node.intercept = (method) =>
      method === "eth_maxPriorityFeePerGas" ? refuse("method not found", -32601) : undefined;
    await newSender().send(request);
    expect(node.offered[0]?.maxPriorityFeePerGas).toBe(GWEI);
  });
});
