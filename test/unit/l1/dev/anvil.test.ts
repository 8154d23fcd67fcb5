import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { type Anvil, startAnvil } from "../../../../src/l1/dev/anvil.js";
import { findAnvilBinary, GUARD } from "../../../../src/l1/dev/anvilProcess.js";
import type { JsonRpc } from "../../../../src/l1/jsonRpc.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { freePort } from "../../../helpers/freePort.js";

const running: Anvil[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((anvil) => anvil.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-anvil-"));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string, port: number, fresh = false): Promise<Anvil> {
  const config = {
    dataDir,
    port,
    chainId: 900,
    blockTimeSeconds: 1,
    fresh,
    logger: silentLogger(),
  };
  const anvil = await startAnvil(config);
  running.push(anvil);
  return anvil;
}

async function latest(rpc: JsonRpc): Promise<{ number: number; hash: string; time: number }> {
  const block = (await rpc.call("eth_getBlockByNumber", ["latest", false])) as Record<
    string,
    string
  >;
  return {
    number: Number(block.number),
    hash: block.hash ?? "",
    time: Number(block.timestamp),
  };
}

test("anvil: continues its chain after stop, with time from the wall clock", async () => {
  const folder = newFolder();
  const port = await freePort();
  const first = await start(folder, port);
  for (let i = 0; i < 5; i++) await first.rpc.call("evm_mine", []);
  const before = await latest(first.rpc);
  await first.stop();

  const second = await start(folder, port);
  expect(second.isContinued).toBe(true);
  expect(await latest(second.rpc)).toEqual(before);
  await second.startIntervalMining();
  let head = await latest(second.rpc);
  while (head.number < before.number + 2) head = await latest(second.rpc);
  expect(Math.abs(head.time - Date.now() / 1000)).toBeLessThanOrEqual(2);
});

test("anvil: a new chain is begun when asked for", async () => {
  const folder = newFolder();
  const port = await freePort();
  const first = await start(folder, port);
  await first.rpc.call("evm_mine", []);
  await first.stop();
  const second = await start(folder, port, true);
  expect(second.isContinued).toBe(false);
  expect((await latest(second.rpc)).number).toBe(0);
});

test("anvil: a state file cut short by a kill is replaced by the saved one", async () => {
  const folder = newFolder();
  const port = await freePort();
  const first = await start(folder, port);
  await first.rpc.call("evm_mine", []);
  const saved = await latest(first.rpc);
  await first.saveState();
  await first.stop();
  truncateSync(join(folder, "l1/state.json"), 1000);
  const second = await start(folder, port);
  expect(await latest(second.rpc)).toEqual(saved);
  await second.stop();

  truncateSync(join(folder, "l1/state.json"), 1000);
  writeFileSync(join(folder, "l1/state.saved.json"), "{");
  await expect(start(folder, port)).rejects.toMatchObject({ code: "L1_STATE_CORRUPT" });
});

test("anvil: a port in use is named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(start(newFolder(), port)).rejects.toMatchObject({
    code: "L1_PORT_TAKEN",
    data: { port },
  });
  server.close();
});

test("anvil: one left behind by a killed server saves its chain and makes room", async () => {
  const folder = newFolder();
  const port = await freePort();
  const first = await start(folder, port);
  for (let i = 0; i < 3; i++) await first.rpc.call("evm_mine", []);
  const before = await latest(first.rpc);
  const second = await start(folder, port);
  expect(second.pid).not.toBe(first.pid);
  expect(await latest(second.rpc)).toEqual(before);
});

test("anvil: one that belongs to a running server is left alone", async () => {
  const folder = newFolder();
  const state = join(folder, "l1/state.json");
  mkdirSync(join(folder, "l1"));
  const script = `const child = require("node:child_process").spawn(process.execPath,
    ["-e", "setInterval(() => {}, 1000)", ${JSON.stringify(state)}], { stdio: "ignore" });
    process.stdout.write(child.pid + "\\n"); setInterval(() => {}, 1000);`;
  const server = spawn(process.execPath, ["-e", script]);
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  writeFileSync(join(folder, "l1/anvil.pid"), `${pid} ${server.pid}\n`);
  await expect(start(folder, await freePort())).rejects.toMatchObject({
    code: "L1_DATA_DIR_IN_USE",
    data: { serverPid: server.pid },
  });
  server.kill("SIGKILL");
  await once(server, "exit");
  await start(folder, await freePort());
  expect(
    existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0,
  ).toBe(false);
});

test("anvil: ends and saves its chain when the server is killed", async () => {
  const folder = newFolder();
  const port = await freePort();
  const state = join(folder, "state.json");
  const args = [
    "-c",
    GUARD,
    "sh",
    findAnvilBinary(),
    "--port",
    String(port),
    "--state",
    state,
    "--quiet",
  ];
  const server = spawn(process.execPath, [
    "-e",
    `const child = require("node:child_process").spawn("/bin/sh", ${JSON.stringify(args)},
      { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
     process.stdout.write(child.pid + "\\n"); setInterval(() => {}, 1000);`,
  ]);
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const isAlive = () =>
    existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;
  const isReady = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST" }).catch(
      () => undefined,
    );
    return answer !== undefined;
  };
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAlive()).toBe(true);
  server.kill("SIGKILL");
  while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(JSON.parse(readFileSync(state, "utf8"))).toHaveProperty("best_block_number");
});
