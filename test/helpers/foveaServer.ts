import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createPublicClient, createWalletClient, defineChain, http } from "viem";
import { mnemonicToAccount, type PrivateKeyAccount } from "viem/accounts";
import {
  chainConfig,
  publicActionsL1,
  publicActionsL2,
  walletActionsL1,
  walletActionsL2,
} from "viem/op-stack";
import { freePort } from "./freePort.js";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const MNEMONIC = "test test test test test test test test test test test junk";

/** Account `index` of the usual development mnemonic. */
export function devAccount(index: number): PrivateKeyAccount {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index }) as unknown as PrivateKeyAccount;
}

/** The same account's private key as hex. */
export function devKey(index: number): `0x${string}` {
  const key = mnemonicToAccount(MNEMONIC, { addressIndex: index }).getHdKey().privateKey;
  return `0x${Buffer.from(key ?? new Uint8Array()).toString("hex")}`;
}

export interface FoveaServerOptions {
  dataDir?: string;
  /** Ports are kept when a server is started again on the same data. */
  ports?: { rpc: number; admin: number; engine: number; l1: number };
  /** Use this L1 instead of an embedded one. */
  l1Url?: string;
  roles?: string;
  args?: string[];
  env?: Record<string, string>;
  /** Do not wait for readiness. */
  detached?: boolean;
}

/** A running `fovea start` process and what a test needs of it. */
export interface FoveaServer {
  url: string;
  l1Url: string;
  adminUrl: string;
  dataDir: string;
  ports: { rpc: number; admin: number; engine: number; l1: number };
  process: ChildProcess;
  /** Everything it printed. */
  output(): string;
  /** Asks it to stop and waits for its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Removes the data directory. */
  clean(): void;
  contracts(): Promise<Record<string, unknown>>;
}

/** Starts the real server as a process and waits until `/readyz` says 200. */
export async function startFovea(options: FoveaServerOptions = {}): Promise<FoveaServer> {
  const ports = options.ports ?? {
    rpc: await freePort(),
    admin: await freePort(),
    engine: await freePort(),
    l1: await freePort(),
  };
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "fovea-e2e-"));
  const l1Args = options.l1Url ? ["--l1-rpc-url", options.l1Url] : ["--l1-port", String(ports.l1)];
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "bin/fovea.mjs"),
      "start",
      ...["--datadir", dataDir, "--port", String(ports.rpc), "--admin-port", String(ports.admin)],
      ...["--engine-port", String(ports.engine), ...l1Args],
      ...(options.roles ? ["--roles", options.roles] : []),
      ...(options.args ?? []),
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "", ...options.env },
    },
  );
  let printed = "";
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    printed += chunk;
  });
  const exited = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const url = `http://127.0.0.1:${ports.rpc}`;
  const server: FoveaServer = {
    url,
    l1Url: options.l1Url ?? `http://127.0.0.1:${ports.l1}`,
    adminUrl: `http://127.0.0.1:${ports.admin}`,
    dataDir,
    ports,
    process: child,
    output: () => printed,
    stop: () => {
      if (child.exitCode === null) child.kill("SIGINT");
      return exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    clean: () => rmSync(dataDir, { recursive: true, force: true }),
    contracts: async () =>
      (await (await fetch(`${url}/api/v1/contracts`)).json()) as Record<string, unknown>,
  };
  if (!options.detached) await waitUntilReady(server);
  return server;
}

/** Waits for `/readyz`; fails with the server's output if it exits or needs longer than a minute. */
export async function waitUntilReady(server: FoveaServer, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = "no answer";
  while (Date.now() < deadline) {
    if (server.process.exitCode !== null) break;
    try {
      const response = await fetch(`${server.url}/readyz`);
      if (response.status === 200) return;
      last = await response.text();
    } catch (error) {
      last = String(error);
    }
    await sleep(100);
  }
  throw new Error(`the server is not ready (${last}); it printed:\n${server.output()}`);
}

/** Resolves after some milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Polls until `check` returns something truthy. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | null | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const found = await check();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error(`waited ${timeoutMs} ms for: ${what}${last ? ` (${String(last)})` : ""}`);
}

/** viem chains and clients for a server, as an application would define them from `/api/v1/contracts`. */
export async function viemClients(server: FoveaServer, account: PrivateKeyAccount) {
  const found = (await server.contracts()) as Record<string, `0x${string}`> & {
    l1ChainId: number;
    l2ChainId: number;
  };
  const l1Chain = defineChain({
    id: Number(found.l1ChainId),
    name: "Fovea L1",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [server.l1Url] } },
    contracts: { multicall3: { address: found.multicall3 as `0x${string}` } },
  });
  const l2Chain = defineChain({
    ...chainConfig,
    id: Number(found.l2ChainId),
    name: "Fovea",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [server.url] } },
    sourceId: l1Chain.id,
    contracts: {
      ...chainConfig.contracts,
      multicall3: { address: "0xcA11bde05977b3631167028862bE2a173976CA11" },
      portal: { [l1Chain.id]: { address: found.portal as `0x${string}` } },
      disputeGameFactory: { [l1Chain.id]: { address: found.disputeGameFactory as `0x${string}` } },
      l1StandardBridge: { [l1Chain.id]: { address: found.l1StandardBridge as `0x${string}` } },
    },
  });
  const l1 = { chain: l1Chain, transport: http(server.l1Url), pollingInterval: 250 };
  const l2 = { chain: l2Chain, transport: http(server.url), pollingInterval: 250 };
  return {
    contracts: found,
    l1Chain,
    l2Chain,
    l1Public: createPublicClient(l1).extend(publicActionsL1()),
    l2Public: createPublicClient(l2).extend(publicActionsL2()),
    l1Wallet: createWalletClient({ ...l1, account }).extend(walletActionsL1()),
    l2Wallet: createWalletClient({ ...l2, account }).extend(walletActionsL2()),
  };
}

/** One raw JSON-RPC call. */
export async function rpc(url: string, method: string, params: unknown[] = []): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}
