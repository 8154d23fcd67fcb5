import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createGateway, type Gateway } from "../../../src/rpc/gateway.js";
import { RequestTrail } from "../../../src/services/requestTrail.js";
import { createLogger } from "../../../src/telemetry/logger.js";
import { toHex, ZERO_ADDRESS } from "../../../src/util/hex.js";
import { signTx } from "../../helpers/engineChain.js";
import { IndexWorld } from "../../helpers/indexWorld.js";

type Line = Record<string, unknown>;
const lines: Line[] = [];
const logger = createLogger({
  level: "debug",
  json: true,
  destination: { write: (line: string) => void lines.push(JSON.parse(line) as Line) },
});
const traced = (id: string) => lines.filter(({ traceId }) => traceId === id);

let scene: IndexWorld;
let gateway: Gateway;
let trail: RequestTrail;
let port: number;

beforeAll(async () => {
  scene = await IndexWorld.create();
  const { main, clock } = scene.world;
  trail = new RequestTrail({ transactions: 2 }, { engine: main.engine, index: scene.view, logger });
  trail.start();
  gateway = createGateway({
    engine: main.engine,
    node: main.node,
    contracts: () => ({ portal: ZERO_ADDRESS }),
    readiness: () => [],
    rest: { chain: main.node, index: scene.view },
    config: { port: 0, host: "127.0.0.1" },
    logger,
    clock,
  });
  port = (await gateway.listen()).port;
});
afterAll(async () => {
  await trail.stop();
  await gateway.close();
});

async function rpc(id: string | undefined, method: string, params: unknown[] = []) {
  return fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(id === undefined ? {} : { "request-id": id }),
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
}

async function sendTransaction(id: string, nonce: number): Promise<string> {
  const raw = await signTx({ nonce, to: ZERO_ADDRESS, value: 1n });
  const answer = await rpc(id, "eth_sendRawTransaction", [toHex(raw)]);
  return ((await answer.json()) as { result: string }).result;
}

test("a transaction's request id is on every line from the request to the L1 transaction that carries it", async () => {
  const { world } = scene;
  const id = "wallet-7";
  const txHash = await sendTransaction(id, 0);
  expect(traced(id).map(({ msg }) => msg)).toEqual(["transaction taken into the pool", "JSON-RPC"]);
  await world.tick();
  await trail.settled();
  expect(traced(id).at(-1)).toMatchObject({ msg: "transaction in an L2 block", txHash });
  await world.batch();
  await scene.settle();
  await trail.settled();
  const [last] = traced(id).slice(-1);
  const entry = world.l1.head.entries.at(-1);
  expect(last).toMatchObject({ msg: "transaction on L1", txHash, entry: `${entry?.header.index}` });
  expect(last?.l1TxHash).toBe(entry?.l1.txHash);
  const before = traced(id).length;
  await world.tick();
  await trail.settled();
  expect(traced(id)).toHaveLength(before);
});

test("only so many transactions are followed; the oldest is forgotten", async () => {
  for (let i = 1; i <= 3; i += 1) await sendTransaction(`many-${i}`, i);
  await scene.world.tick();
  await trail.settled();
  const isIn = (id: string) => traced(id).some(({ msg }) => msg === "transaction in an L2 block");
  expect(["many-1", "many-2", "many-3"].map(isIn)).toEqual([false, true, true]);
});

test("requests by JSON-RPC and REST are logged under the id that their answers name", async () => {
  const named = await rpc("my-id", "eth_chainId");
  expect(named.headers.get("request-id")).toBe("my-id");
  expect(traced("my-id")).toMatchObject([{ msg: "JSON-RPC", method: "eth_chainId", code: "ok" }]);
  const unnamed = (await rpc(undefined, "eth_nothingAtAll")).headers.get("request-id") ?? "";
  expect(unnamed).toMatch(/^req_[0-9a-f-]{36}$/);
  const hostile = (await rpc("a b<script>", "eth_chainId")).headers.get("request-id");
  expect(hostile).toMatch(/^req_/);
  const rest = await fetch(`http://127.0.0.1:${port}/api/v1/blocks/99999/provenance?a=b`, {
    headers: { "x-request-id": "rest-1" },
  });
  expect(rest.headers.get("request-id")).toBe("rest-1");
  await rest.text();
  expect(traced("rest-1")).toMatchObject([
    { msg: "REST", method: "GET", path: "/api/v1/blocks/99999/provenance", status: rest.status },
  ]);
});
