import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  devAccount,
  type FoveaServer,
  rpc,
  sleep,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";
import {
  appendGarbage,
  deposit,
  makeActivity,
  safeHead,
  sameSafeHead,
} from "../helpers/l2Activity.js";

// A read-only node on another data directory and the same L1 reaches the same safe chain, whatever L1 does.

let main: FoveaServer;
let second: FoveaServer;

beforeAll(async () => {
  main = await startFovea();
  second = await startFovea({ l1Url: main.l1Url, roles: "verifier" });
}, 150_000);

afterAll(async () => {
  await second?.stop();
  await main?.stop();
  second?.clean();
  main?.clean();
});

/** Drops the newest L1 blocks with everything in them, then lets L1 go on. */
async function dropL1Blocks(depth: number): Promise<void> {
  await rpc(main.l1Url, "anvil_rollback", [depth]);
  await rpc(main.l1Url, "evm_mine");
}

async function l1Number(): Promise<bigint> {
  return BigInt((await rpc(main.l1Url, "eth_blockNumber")) as string);
}

describe("second node", () => {
  test("follows deposits, reverting deposits, creations, garbage entries and config changes", async () => {
    await makeActivity(main, 1);
    await appendGarbage(main, "0xdeadbeef");
    await appendGarbage(main, `0x01ffff${"00".repeat(300)}`);
    await makeActivity(main, 2);
    const start = await safeHead(main);
    await sameSafeHead(main, second, start.number + 2n);
    await until("the second node has the new gas limit", async () => {
      const block = (await rpc(second.url, "eth_getBlockByNumber", ["safe", false])) as {
        gasLimit: string;
      };
      return BigInt(block.gasLimit) === 30_000_002n;
    });
  }, 180_000);

  // The development L1 finalizes blocks at depth 8.
  for (const depth of [1, 2, 5, 7]) {
    test(`both nodes agree after L1 lost ${depth} blocks with entries, origins and records in them`, async () => {
      await makeActivity(main, 100 + depth);
      const before = await safeHead(main);
      await until("L1 is long enough", async () => (await l1Number()) > BigInt(depth + 5));
      await dropL1Blocks(depth);
      await makeActivity(main, 200 + depth);
      await sameSafeHead(main, second, before.number + 2n);
    }, 180_000);
  }

  test("a deposit that moved to another L1 block is included once, where it now stands", async () => {
    const { l1Public, l2Public } = await viemClients(main, devAccount(6));
    const to = "0x00000000000000000000000000000000000070e3" as const;
    const hash = await deposit(main, 6, { to, mint: 11n });
    await l1Public.waitForTransactionReceipt({ hash });
    const raw = (await rpc(main.l1Url, "eth_getRawTransactionByHash", [hash])) as string;
    await until(
      "the deposit is on L2",
      async () => (await l2Public.getBalance({ address: to })) === 11n,
    );
    await rpc(main.l1Url, "anvil_rollback", [3]);
    await rpc(main.l1Url, "evm_mine");
    await rpc(main.l1Url, "evm_mine");
    await rpc(main.l1Url, "eth_sendRawTransaction", [raw]).catch(() => undefined);
    await l1Public.waitForTransactionReceipt({ hash, timeout: 30_000 });
    const before = await safeHead(main);
    await sameSafeHead(main, second, before.number + 4n);
    await until(
      "the deposit is back",
      async () => (await l2Public.getBalance({ address: to })) === 11n,
    );
  }, 180_000);

  test("a deposit that vanished from L1 vanishes from L2", async () => {
    const { l1Public, l2Public } = await viemClients(main, devAccount(7));
    const to = "0x00000000000000000000000000000000000091c7" as const;
    const hash = await deposit(main, 7, { to, mint: 13n });
    const receipt = await l1Public.waitForTransactionReceipt({ hash });
    await until(
      "the deposit is on L2",
      async () => (await l2Public.getBalance({ address: to })) === 13n,
    );
    const depth = Number((await l1Number()) - receipt.blockNumber) + 1;
    await dropL1Blocks(depth);
    const before = await safeHead(main);
    await until("it is gone", async () => (await l2Public.getBalance({ address: to })) === 0n);
    await sameSafeHead(main, second, before.number + 2n);
    await sleep(1000);
    expect(await l2Public.getBalance({ address: to })).toBe(0n);
  }, 180_000);

  test("an L1 that takes finalized blocks back stops both nodes with a named reason", async () => {
    await makeActivity(main, 300);
    await sleep(8_000);
    const finalized = async () => {
      const block = await rpc(second.url, "eth_getBlockByNumber", ["finalized", false]);
      return Number((block as { number: string }).number);
    };
    const before = await finalized();
    await dropL1Blocks(16);
    for (const server of [main, second]) {
      await until("it is not ready", async () => {
        const response = await fetch(`${server.url}/readyz`);
        return response.status === 503 && (await response.text()).includes("finalized");
      });
    }
    // It may have moved on until the blocks were dropped, and never goes back; now it stays.
    const after = await finalized();
    expect(after).toBeGreaterThanOrEqual(before);
    await sleep(3_000);
    expect(await finalized()).toBe(after);
  }, 120_000);
});
