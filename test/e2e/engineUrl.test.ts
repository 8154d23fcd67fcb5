import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { devAccount, type FoveaServer, startFovea, until } from "../helpers/foveaServer.js";
import { freePort } from "../helpers/freePort.js";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const folder = mkdtempSync(join(tmpdir(), "fovea-engine-url-"));
const dataDir = join(folder, "data");
const secret = join(folder, "jwt.hex");
let ports: { rpc: number; engine: number };
let server: FoveaServer;
let stopEngine: () => Promise<void> = async () => {};

/** `fovea engine` on the rollup.json of the server. */
function startEngine(): void {
  const args = ["engine", "--rollup", join(dataDir, "rollup.json"), "--jwt", secret];
  const places = ["--datadir", join(folder, "engine"), "--port", `${ports.rpc}`];
  const child = spawn(
    process.execPath,
    [join(ROOT, "bin/fovea.mjs"), ...args, ...places, "--engine-port", `${ports.engine}`],
    { cwd: ROOT, stdio: "ignore", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  stopEngine = async () => {
    child.kill("SIGKILL");
    await exited;
  };
}

async function rpc(method: string, ...params: unknown[]) {
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return (await response.json()) as {
    result?: unknown;
    error?: { code: number; message: string; data?: unknown };
  };
}

const isReady = async () => (await fetch(`${server.url}/readyz`)).status === 200;

beforeAll(async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(secret, "5e".repeat(32), { mode: 0o600 });
  ports = { rpc: await freePort(), engine: await freePort() };
  const url = `http://127.0.0.1:${ports.engine}`;
  server = await startFovea({
    dataDir,
    detached: true,
    args: ["--engine-url", url, "--engine-jwt", secret],
  });
  await until("waiting", async () => server.output().includes("waiting for the engine"));
  startEngine();
  await until("readiness", isReady);
}, 150_000);

afterAll(async () => {
  await server?.stop();
  await stopEngine();
  rmSync(folder, { recursive: true, force: true });
});

test("a server on an engine elsewhere takes transactions and answers what the engine knows", async () => {
  const account = devAccount(3);
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: 901,
    to: account.address,
    value: 5n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 1n,
    nonce: 0,
  });
  const { result: hash } = await rpc("eth_sendRawTransaction", raw);
  expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
  const again = await rpc("eth_sendRawTransaction", raw);
  expect(again.error).toMatchObject({ code: -32000, message: "already known" });
  await until(
    "inclusion",
    async () => (await rpc("eth_getTransactionReceipt", hash)).result !== null,
  );
  const { result: receipt } = await rpc("eth_getTransactionReceipt", hash);
  expect(receipt).toMatchObject({ status: "0x1", from: account.address.toLowerCase() });
  const { blockHash } = receipt as { blockHash: string };
  const all = (await rpc("eth_getBlockReceipts", blockHash)).result as unknown[];
  expect(all).toContainEqual(receipt);
  const block = await rpc("eth_getBlockByHash", blockHash, true);
  const transaction = await rpc("eth_getTransactionByHash", hash);
  expect((block.result as { transactions: unknown[] }).transactions).toContainEqual(
    transaction.result,
  );

  // Reverts and other errors of the engine come through as they are.
  const message = { to: "0x4200000000000000000000000000000000000015", data: "0x12345678" };
  const call = await rpc("eth_call", message, "latest");
  expect(call.error).toMatchObject({ code: 3, data: "0x" });
  expect((await rpc("eth_getBalance", "0x1", "latest")).error?.code).toBe(-32602);
  expect((await rpc("eth_getBalance", account.address, "0xffffff")).error?.code).toBe(-32000);
  expect((await rpc("optimism_syncStatus")).result).toHaveProperty("unsafe_l2");
  const rest = await fetch(`${server.url}/api/v1/transactions/${hash}/lifecycle`);
  expect(rest.status).toBe(200);
  const proof = await fetch(`${server.url}/api/v1/proofs/account/${account.address}`);
  expect(proof.status).toBe(200);
  const traced = await rpc("debug_traceTransaction", hash, { tracer: "callTracer" });
  expect(traced.result).toMatchObject({ type: "CALL", value: "0x5" });
}, 90_000);

test("while the engine is away the server says so, and goes on when it is back", async () => {
  const { result: before } = await rpc("eth_blockNumber");
  await stopEngine();
  await until("a server that is not ready", async () => !(await isReady()));
  expect((await rpc("eth_gasPrice")).error?.message).toContain("does not answer");
  startEngine();
  await until("readiness", isReady);
  await until("new blocks", async () => {
    const { result } = await rpc("eth_blockNumber");
    return BigInt(String(result)) > BigInt(String(before));
  });
}, 150_000);
