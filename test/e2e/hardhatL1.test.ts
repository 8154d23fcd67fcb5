import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseEther } from "viem";
import { getL2TransactionHashes } from "viem/op-stack";
import {
  devAccount,
  type FoveaServer,
  rpc,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";

// The whole server on Hardhat's node instead of anvil.

const account = devAccount(1);
const options = { args: ["--l1-engine", "hardhat"] };
let server: FoveaServer;
let clients: Awaited<ReturnType<typeof viemClients>>;

beforeAll(async () => {
  server = await startFovea(options);
  clients = await viemClients(server, account);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
});

/** How many living processes have the server's data directory on their command lines. */
function countProcesses(): number {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`).includes(server.dataDir);
    } catch {
      return false;
    }
  }).length;
}

/** Waits until the block is `safe` and `finalized`. */
async function untilFinalized(number: bigint): Promise<void> {
  for (const blockTag of ["safe", "finalized"] as const) {
    await until(`block ${number} ${blockTag}`, async () => {
      const block = await clients.l2Public.getBlock({ blockTag });
      return block.number >= number;
    });
  }
}

test("a transfer is included, posted to L1, and derived from there", async () => {
  expect(await rpc(server.l1Url, "web3_clientVersion")).toContain("Hardhat");
  const { l2Public, l2Wallet } = clients;
  const to = "0x00000000000000000000000000000000000a11ce";
  const hash = await l2Wallet.sendTransaction({ to, value: parseEther("1") });
  const receipt = await l2Public.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  await untilFinalized(receipt.blockNumber);
  expect(await l2Public.getBalance({ address: to, blockTag: "finalized" })).toBe(parseEther("1"));
}, 120_000);

test("a deposit arrives under the hash that viem computes", async () => {
  const { l1Public, l1Wallet, l2Public, l2Chain } = clients;
  const to = "0x0000000000000000000000000000000000de9051";
  const request = await l2Public.buildDepositTransaction({ mint: parseEther("3"), to });
  const l1Hash = await l1Wallet.depositTransaction({
    ...request,
    account,
    targetChain: l2Chain,
  } as never);
  const [hash] = getL2TransactionHashes(await l1Public.waitForTransactionReceipt({ hash: l1Hash }));
  const receipt = await l2Public.waitForTransactionReceipt({
    hash: hash as `0x${string}`,
    timeout: 60_000,
  });
  expect(receipt.status).toBe("success");
  await untilFinalized(receipt.blockNumber);
  expect(await l2Public.getBalance({ address: to, blockTag: "finalized" })).toBe(parseEther("3"));
}, 120_000);

test("an output root is proposed, and a withdrawal is proved against it", async () => {
  const { l1Public, l1Wallet, l2Public, l2Wallet, l2Chain, l1Chain } = clients;
  const amount = parseEther("2");
  const hash = await l2Wallet.initiateWithdrawal({
    request: { gas: 21_000n, to: account.address, value: amount },
  } as never);
  const receipt = await l2Public.waitForTransactionReceipt({ hash });
  const { output, withdrawal } = await l1Public.waitToProve({
    receipt,
    targetChain: l2Chain,
    pollingInterval: 500,
  } as never);
  const proof = await l2Public.buildProveWithdrawal({ output, withdrawal, account } as never);
  const proveHash = await l1Wallet.proveWithdrawal({ ...proof, chain: l1Chain } as never);
  const proved = await l1Public.waitForTransactionReceipt({ hash: proveHash });
  expect(proved.status).toBe("success");
}, 180_000);

test("it stops without leaving a child, and the next start begins a new chain and says so", async () => {
  const before = (await rpc(server.url, "eth_getBlockByNumber", ["0x0", false])) as {
    hash: string;
  };
  expect(await server.stop()).toBe(0);
  await until("all children are gone", async () => countProcesses() === 0);
  const { dataDir, ports } = server;
  server = await startFovea({ dataDir, ports, ...options });
  const notes = server
    .output()
    .split("\n")
    .filter((line) => line.includes('"event":"note"'));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain("keeps no chain over restarts");
  const after = (await rpc(server.url, "eth_getBlockByNumber", ["0x0", false])) as typeof before;
  expect(after.hash).not.toBe(before.hash);
  await until("a safe block of the new chain", async () => {
    const safe = (await rpc(server.url, "eth_getBlockByNumber", ["safe", false])) as {
      number: string;
    };
    return Number(safe.number) > 0;
  });
}, 180_000);

test("the next start after SIGKILL works as well", async () => {
  const { dataDir, ports } = server;
  await server.kill();
  server = await startFovea({ dataDir, ports, ...options });
  expect(await rpc(server.url, "eth_chainId")).toBe("0x385");
}, 120_000);
