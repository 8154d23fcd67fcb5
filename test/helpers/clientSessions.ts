import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Contract, ContractFactory, JsonRpcProvider, parseEther, Wallet } from "ethers";
import { createPublicClient, createWalletClient, defineChain, http } from "viem";
import { TestToken } from "../../src/contracts/generated/TestToken.js";
import { devAccount, devKey, sleep } from "./foveaServer.js";
import { RECIPIENT } from "./gatewayHarness.js";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const { abi, bytecode } = TestToken;
/** Account of the development mnemonic that acts in the sessions. */
export const SESSION_ACCOUNT = 1;

/** What an application does with viem: looks around, sends, deploys, writes, reads, watches. */
export async function viemSession(url: string, chainId: number): Promise<void> {
  const chain = defineChain({
    id: chainId,
    name: "test",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const account = devAccount(SESSION_ACCOUNT);
  const options = { chain, transport: http(url), pollingInterval: 50, cacheTime: 0 };
  const reader = createPublicClient(options);
  const wallet = createWalletClient({ ...options, account });
  await reader.getChainId();
  await reader.getBlockNumber();
  await reader.getBalance({ address: account.address });
  await reader.getTransactionCount({ address: account.address });
  await reader.getGasPrice();
  await reader.estimateFeesPerGas();
  await reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] });
  await reader.getBlobBaseFee();
  const sent = await wallet.sendTransaction({ to: RECIPIENT, value: 3n });
  const receipt = await reader.waitForTransactionReceipt({ hash: sent });
  await reader.getTransaction({ hash: sent });
  await reader.getTransactionConfirmations({ hash: sent });
  await reader.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
  await reader.getBlock({ blockNumber: receipt.blockNumber });
  await reader.getBlockTransactionCount({ blockNumber: receipt.blockNumber });
  const created = await wallet.deployContract({ abi, bytecode: bytecode as `0x${string}` });
  const { contractAddress: address } = await reader.waitForTransactionReceipt({ hash: created });
  if (!address) throw new Error("no contract");
  const token = { address, abi } as const;
  const mint = { ...token, functionName: "mint", args: [account.address, 100n] } as const;
  const filter = await reader.createContractEventFilter({ ...token, eventName: "Transfer" });
  const blocks = await reader.createBlockFilter();
  const pending = await reader.createPendingTransactionFilter();
  await reader.simulateContract({ ...mint, account });
  await reader.estimateContractGas({ ...mint, account });
  const minted = await wallet.writeContract(mint);
  const { blockNumber } = await reader.waitForTransactionReceipt({ hash: minted });
  for (const each of [filter, blocks, pending])
    await reader.getFilterChanges({ filter: each as typeof filter });
  await reader.getFilterLogs({ filter });
  for (const each of [filter, blocks, pending]) await reader.uninstallFilter({ filter: each });
  await reader.readContract({ ...token, functionName: "balanceOf", args: [account.address] });
  await reader.readContract({ ...token, functionName: "name" });
  await reader.getContractEvents({ ...token, eventName: "Transfer", fromBlock: blockNumber });
  await reader.getLogs({ address, fromBlock: blockNumber, toBlock: blockNumber });
  const tooMuch = { ...token, functionName: "transfer", args: [RECIPIENT, 101n] } as const;
  await reader.simulateContract({ ...tooMuch, account }).catch(() => {});
  await reader.estimateContractGas({ ...tooMuch, account }).catch(() => {});
  await reader.getCode({ address });
  await reader.getStorageAt({ address, slot: "0x0" });
  await reader.getProof({ address, storageKeys: [`0x${"0".repeat(64)}`] });
  await reader.createAccessList({ account, to: address, data: "0x18160ddd" });
  await new Promise<void>((done) => {
    const stop = reader.watchBlockNumber({
      emitOnBegin: true,
      onBlockNumber: () => {
        stop();
        done();
      },
    });
  });
}

/** What an application does with ethers. */
export async function ethersSession(url: string): Promise<void> {
  const provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
  const wallet = new Wallet(devKey(SESSION_ACCOUNT), provider);
  try {
    await provider.getNetwork();
    await provider.getBlockNumber();
    await provider.getBalance(wallet.address);
    await provider.getFeeData();
    await provider.send("eth_accounts", []);
    const sent = await wallet.sendTransaction({ to: RECIPIENT, value: parseEther("0.001") });
    const receipt = await sent.wait();
    if (!receipt) throw new Error("no receipt");
    await provider.getTransaction(sent.hash);
    await provider.getBlock(receipt.blockHash, true);
    await provider.getBlock("latest");
    const deployed = await new ContractFactory(abi as never, bytecode, wallet).deploy();
    await deployed.waitForDeployment();
    const token = new Contract(await deployed.getAddress(), abi as never, wallet);
    const mint = await token.getFunction("mint")(wallet.address, 100n);
    const minted = await mint.wait();
    await token.getFunction("balanceOf")(wallet.address);
    await token.queryFilter("Transfer", minted.blockNumber);
    await token
      .getFunction("transfer")
      .estimateGas(RECIPIENT, 101n)
      .catch(() => {});
    await token
      .getFunction("transfer")
      .staticCall(RECIPIENT, 101n)
      .catch(() => {});
    await provider.getCode(token);
    await provider.getStorage(token, 0);
    await provider.getTransactionCount(wallet.address, "latest");
    await new Promise(
      (done) =>
        void provider.once("block", done).then(() => wallet.sendTransaction({ to: RECIPIENT })),
    );
    await sleep(100);
  } finally {
    provider.destroy();
  }
}

/** A Hardhat project's script against this network. */
export async function hardhatSession(url: string): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), "fovea-hardhat-"));
  try {
    cpSync(join(ROOT, "test/e2e/fixtures/hardhat"), project, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
    const env = {
      ...process.env,
      NODE_OPTIONS: "",
      HARDHAT_DISABLE_TELEMETRY: "true",
      FOVEA_TEST_URL: url,
      FOVEA_TEST_KEY: devKey(SESSION_ACCOUNT),
    };
    await run("npx", ["hardhat", "run", "scripts/counter.ts", "--network", "fovea"], {
      cwd: project,
      env,
      timeout: 120_000,
    });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
