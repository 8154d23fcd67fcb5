import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { type FoveaServer, rpc, startFovea, until } from "../helpers/foveaServer.js";
import { blockHash, safeHead } from "../helpers/l2Activity.js";

// What a person sees, and can do, when the ground under the server gives way.

let server: FoveaServer;

afterEach(async () => {
  await server.stop();
  server.clean();
});

const restart = async () => {
  server = await startFovea({ dataDir: server.dataDir, ports: server.ports });
};

/** Runs one command of the server's data directory to its end. */
function fovea(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [resolve("bin/fovea.mjs"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return new Promise((done) => {
    child.once("close", (code) => done({ code, text }));
  });
}

const reasons = async () =>
  JSON.stringify(await (await fetch(`${server.url}/readyz`)).json().catch(() => null));

test("the embedded L1 is killed: the server says so in one sentence and ends, the next start goes on", async () => {
  server = await startFovea();
  const safe = await until("a safe block", async () => {
    const head = await safeHead(server);
    return head.number > 1n && head;
  });
  const pid = Number(readFileSync(join(server.dataDir, "l1", "anvil.pid"), "utf8").split(" ")[0]);
  const exited = new Promise<number | null>((done) => server.process.once("exit", done));
  process.kill(pid, "SIGKILL");
  expect(await exited).toBe(69);
  const said = server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("fovea: "));
  expect(said).toEqual([
    expect.stringMatching(/embedded L1 .* ended \(SIGKILL\).*npx fovea start/),
  ]);
  await restart();
  expect(await blockHash(server, safe.number)).toBe(safe.hash);
  await until("new safe blocks", async () => (await safeHead(server)).number > safe.number);
}, 120_000);

test("L1 replaces finalized blocks: the node stops following, says what to do, and rebuild cures it", async () => {
  server = await startFovea({ args: ["--l1-block-time", "1"] });
  await until("a finalized block", async () => {
    const head = (await rpc(server.url, "eth_getBlockByNumber", ["finalized", false])) as {
      number: string;
    };
    return Number(head.number) > 2;
  });
  // All that came after the deployment.
  const height = Number(await rpc(server.l1Url, "eth_blockNumber"));
  await rpc(server.l1Url, "anvil_reorg", [height - 9, []]);
  const said = await until("the incident", async () => {
    const text = await reasons();
    return text.includes("NODE_FINALITY_VIOLATION") && text;
  });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect(said).toContain("finalized");
  expect(said).toContain("npx fovea rebuild");
  expect(server.output()).toContain("NODE_FINALITY_VIOLATION");
  const status = await fovea("status", "--datadir", server.dataDir);
  expect(status.code).toBe(75);
  expect(status.text).toContain("npx fovea rebuild");
  expect(await rpc(server.url, "eth_chainId")).toBe("0x385");

  await server.stop();
  const args = ["--datadir", server.dataDir, "--l1-port", String(server.ports.l1)];
  const rebuilt = await fovea("rebuild", "--yes", ...args);
  expect({ code: rebuilt.code, text: rebuilt.text }).toEqual({
    code: 70,
    text: expect.stringMatching(/on L1 (any more|now).*npx fovea start/),
  });
  await restart();
  const safe = await safeHead(server);
  await until("new safe blocks", async () => (await safeHead(server)).number > safe.number + 2n);
  // The log of incidents has outlived the restart and the rebuild.
  const past = await (await fetch(`${server.url}/api/v1/incidents?status=past`)).json();
  const { data } = past as { data: { text: string; interrupted: boolean }[] };
  const incident = data.find(({ text }) => text.includes("NODE_FINALITY_VIOLATION"));
  expect(incident).toMatchObject({ interrupted: true });
}, 240_000);
