import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { openEthereumEngine } from "../../../src/engine/openEthereumEngine.js";
import type { Engine } from "../../../src/engine/types.js";
import type { Gateway } from "../../../src/rpc/gateway.js";
import { createNodeServer } from "../../../src/rpc/nodeServer.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { systemClock } from "../../../src/util/clock.js";
import { readForksChain } from "../../helpers/forksChain.js";

const chain = readForksChain();
let engine: Engine;
let server: Gateway;
let url: string;

beforeAll(async () => {
  const opened = await openEthereumEngine({
    store: new MemoryStore(),
    clock: systemClock,
    genesis: chain.genesis,
  });
  engine = opened.engine;
  for (const { rlp } of chain.blocks) await opened.engine.importBlock(rlp);
  const headBlockHash = chain.blocks.at(-1)?.hash ?? chain.genesisHash;
  await engine.forkchoiceUpdated({
    headBlockHash,
    safeBlockHash: headBlockHash,
    finalizedBlockHash: headBlockHash,
  });
  server = createNodeServer({
    engine,
    config: { port: 0, host: "127.0.0.1", namespaces: ["eth", "web3"], version: "9.9.9" },
    logger: silentLogger(),
  });
  url = `http://127.0.0.1:${(await server.listen()).port}`;
});

afterAll(async () => {
  await server.close();
  await engine.close();
});

async function ask(method: string, params: unknown[] = []) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return (await response.json()) as { result?: unknown; error?: { code: number } };
}

test("answers the methods of its namespaces and no others", async () => {
  expect((await ask("eth_blockNumber")).result).toBe("0xd");
  expect((await ask("web3_clientVersion")).result).toMatch(/^Fovea\/v9\.9\.9/);
  expect((await ask("rpc_modules")).result).toEqual({ eth: "1.0", rpc: "1.0", web3: "1.0" });
  for (const name of ["net_version", "txpool_status", "optimism_syncStatus", "debug_getRawBlock"]) {
    expect((await ask(name)).error?.code).toBe(-32601);
  }
});

test("shows blocks, transactions and receipts of a mined fork", async () => {
  const block = (await ask("eth_getBlockByNumber", ["0x2", true])).result as {
    transactions: { hash: string; blockTimestamp: string }[];
  };
  expect(block).toMatchObject({ hash: chain.blocks[1]?.hash, difficulty: "0x20000" });
  expect(block).not.toHaveProperty("baseFeePerGas");
  expect(block.transactions[0]).toMatchObject({ blockTimestamp: "0x14", type: "0x0" });
  const receipt = await ask("eth_getTransactionReceipt", [block.transactions[0]?.hash]);
  expect(receipt.result).toMatchObject({ root: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
  expect(receipt.result).not.toHaveProperty("status");
});

test("has nothing but JSON-RPC", async () => {
  expect((await fetch(`${url}/api/v1/blocks`)).status).toBe(404);
  const get = await fetch(url);
  expect(get.status).toBe(405);
  expect(get.headers.get("allow")).toBe("POST, OPTIONS");
});

test("answers over WebSocket on the same port", async () => {
  const socket = new WebSocket(url.replace("http", "ws"));
  await new Promise((done, fail) => socket.once("open", done).once("error", fail));
  const answer = new Promise((done) => socket.once("message", (data) => done(String(data))));
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: 7, method: "eth_chainId", params: [] }));
  expect(JSON.parse(String(await answer))).toEqual({ jsonrpc: "2.0", id: 7, result: "0x1092" });
  socket.close();
});
