import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  type Abi,
  BaseError,
  createTestClient,
  decodeErrorResult,
  defineChain,
  encodeFunctionData,
  http,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from "viem";
import type { Address, Hex } from "../../src/util/hex.js";
import { freePort } from "./freePort.js";

const BINARY = resolve("node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
const START_TIMEOUT_MS = 20_000;
const MAX_NUDGES = 5;

/** Settings of a test L1; all optional. */
export interface AnvilOptions {
  chainId?: number;
  /** Seconds between blocks; without it every transaction makes a block at once. */
  blockTimeSeconds?: number;
  /** L1 time of block 0. */
  timestamp?: number;
  /** Gas limit of blocks and calls; 60,000,000 if absent. */
  gasLimit?: bigint;
  /** More command line arguments. */
  args?: string[];
}

/** A contract that can be called. */
export interface Contract {
  address: Address;
  abi: Abi;
}

/** A call or transaction to a contract. `from` is one of the unlocked accounts (the first if absent). */
export interface ContractCall extends Contract {
  functionName: string;
  args?: readonly unknown[];
  from?: Address;
  value?: bigint;
  gas?: bigint;
  /** For `revertOf`: with "latest" the call sees number and time of the newest block, not of the next one. */
  at?: "latest" | "pending";
}

/** What a generated contract file holds. */
export interface GeneratedContract {
  name: string;
  abi: Abi;
  bytecode: string;
}

function connect(url: string, chainId: number) {
  const chain = defineChain({
    id: chainId,
    name: "test L1",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  return createTestClient({
    mode: "anvil",
    chain,
    transport: http(url, { retryCount: 0 }),
    cacheTime: 0,
    pollingInterval: 50,
  })
    .extend(publicActions)
    .extend(walletActions);
}

/** viem client with test, public and wallet actions. */
export type AnvilClient = ReturnType<typeof connect>;

/** A real anvil, ended by `close`. */
export interface TestAnvil {
  url: string;
  client: AnvilClient;
  /** The ten unlocked accounts, lower case. */
  accounts: readonly Address[];
  /** Creates a contract without constructor arguments. */
  deploy(contract: GeneratedContract, from?: Address): Promise<Contract>;
  /** Sends a transaction and returns its receipt; throws if it reverts. */
  send(call: ContractCall): Promise<TransactionReceipt>;
  /** Answer of a view function. */
  read<Result = unknown>(call: ContractCall): Promise<Result>;
  /** The error with which a call would revert in the next block; "none" if it would not. */
  revertOf(call: ContractCall): Promise<{ name: string; args: readonly unknown[] }>;
  close(): Promise<void>;
}

/** Starts anvil on a free port. It keeps nothing on disk outside of a temporary folder. */
export async function startAnvil(options: AnvilOptions = {}): Promise<TestAnvil> {
  const port = await freePort();
  const chainId = options.chainId ?? 900;
  const folder = mkdtempSync(join(tmpdir(), "fovea-anvil-"));
  const child = spawn(BINARY, commandLine(port, chainId, folder, options), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const client = connect(url, chainId);
  await waitUntilUp(client, child);
  const accounts = (await client.getAddresses()).map((a) => a.toLowerCase() as Address);

  const send = async (call: ContractCall) => {
    const request = {
      account: call.from ?? accounts[0]!,
      to: call.address,
      data: encodeFunctionData(call),
      value: call.value ?? 0n,
    };
    // The block may come a second after the estimate, and with it another way through the contract.
    const gas = call.gas ?? ((await client.estimateGas(request)) * 5n) / 4n;
    const hash = await client.sendTransaction({ ...request, gas });
    const receipt = await receiptOf(client, hash);
    if (receipt.status !== "success") {
      throw new Error(`${call.functionName} reverted with ${receipt.gasUsed} of ${gas} gas`);
    }
    return receipt;
  };

  return {
    url,
    client,
    accounts,
    send,
    deploy: async (contract, from) => {
      const hash = await client.deployContract({
        abi: contract.abi,
        bytecode: contract.bytecode as Hex,
        account: from ?? accounts[0]!,
      });
      const receipt = await receiptOf(client, hash);
      if (!receipt.contractAddress) throw new Error(`${contract.name} was not created`);
      return { address: receipt.contractAddress.toLowerCase() as Address, abi: contract.abi };
    },
    read: <Result>(call: ContractCall) =>
      client.readContract({ ...call, args: call.args ?? [] }) as Promise<Result>,
    revertOf: (call) => revertOf(client, { from: accounts[0]!, ...call }),
    close: async () => {
      const exited = new Promise((done) => child.once("exit", done));
      // False if it has ended by itself.
      if (child.exitCode === null && child.kill("SIGKILL")) await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** After a return to a snapshot anvil sometimes leaves a transaction lying in its pool; a block takes it up. */
async function receiptOf(client: AnvilClient, hash: Hex): Promise<TransactionReceipt> {
  for (let nudges = 0; ; nudges++) {
    try {
      return await client.waitForTransactionReceipt({ hash, pollingInterval: 20, timeout: 5_000 });
    } catch (error) {
      if (nudges === MAX_NUDGES) throw error;
      await client.mine({ blocks: 1 });
    }
  }
}

function commandLine(port: number, chainId: number, folder: string, options: AnvilOptions) {
  const args = ["--silent", "--port", `${port}`, "--chain-id", `${chainId}`];
  args.push(
    "--cache-path",
    folder,
    "--gas-limit",
    `${options.gasLimit ?? 60_000_000n}`,
    "--no-request-size-limit",
  );
  if (options.blockTimeSeconds !== undefined) args.push("-b", `${options.blockTimeSeconds}`);
  if (options.timestamp !== undefined) args.push("--timestamp", `${options.timestamp}`);
  return [...args, ...(options.args ?? [])];
}

async function waitUntilUp(client: AnvilClient, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const isUp = await client.getChainId().then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  child.kill("SIGKILL");
  throw new Error("anvil did not start");
}

async function revertOf(client: AnvilClient, call: ContractCall) {
  const params = {
    from: call.from,
    to: call.address,
    data: encodeFunctionData(call),
    value: `0x${(call.value ?? 0n).toString(16)}`,
    ...(call.gas === undefined ? {} : { gas: `0x${call.gas.toString(16)}` }),
  };
  try {
    await client.request({ method: "eth_call", params: [params, call.at ?? "pending"] } as never);
    return { name: "none", args: [] };
  } catch (error) {
    const data = revertData(error);
    if (data === undefined) throw error;
    if (data === "0x") return { name: "empty", args: [] };
    const { errorName, args } = decodeErrorResult({ abi: call.abi, data });
    return { name: errorName, args: (args ?? []) as readonly unknown[] };
  }
}

function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const found = error.walk((e) => typeof (e as { data?: unknown }).data === "string");
  return (found as { data?: Hex } | null)?.data;
}
