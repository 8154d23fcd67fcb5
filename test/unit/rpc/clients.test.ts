import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Contract, JsonRpcProvider, Wallet, WebSocketProvider } from "ethers";
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from "viem";
import { chainConfig } from "viem/op-stack";
import {
  accounts,
  GatewayHarness,
  LOG_TOPIC,
  LOGGER_INIT,
  RECIPIENT,
} from "../../helpers/gatewayHarness.js";

/** Of the second development account. */
const SECOND_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

let harness: GatewayHarness;
let mining: NodeJS.Timeout;
let busy = Promise.resolve();

beforeAll(async () => {
  harness = await GatewayHarness.open();
  // What the sequencer does: a block from the pool now and then.
  mining = setInterval(() => {
    busy = busy.then(async () => {
      const { chain } = harness.seeded;
      if (chain.engine.pool.status().pending > 0) await chain.mine([], { noTxPool: false });
    });
  }, 50);
});
afterAll(async () => {
  clearInterval(mining);
  await busy;
  await harness.close();
});

function viemChain() {
  return defineChain({
    ...chainConfig,
    id: 901,
    name: "Fovea",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [harness.url], webSocket: [harness.url.replace("http", "ws")] } },
  });
}

describe("viem", () => {
  const clients = () => {
    const chain = viemChain();
    const options = { chain, transport: http(harness.url, { batch: true }), pollingInterval: 50 };
    return {
      reader: createPublicClient(options),
      wallet: createWalletClient({ ...options, account: accounts[0] }),
    };
  };

  test("transfers, deploys, calls, reads logs and receipts with the L1 fee", async () => {
    const { reader, wallet } = clients();
    const transfer = await wallet.sendTransaction({ to: RECIPIENT, value: 3n });
    const receipt = await reader.waitForTransactionReceipt({ hash: transfer });
    expect(receipt.status).toBe("success");
    expect(receipt.l1Fee).toBeGreaterThan(0n);
    const creation = await wallet.deployContract({ abi: [], bytecode: LOGGER_INIT });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash: creation });
    if (!contractAddress) throw new Error("no contract");
    const call = await wallet.sendTransaction({ to: contractAddress });
    const called = await reader.waitForTransactionReceipt({ hash: call });
    expect(called.logs).toHaveLength(1);
    const logs = await reader.getLogs({ address: contractAddress, fromBlock: 0n });
    expect(logs.map(({ topics }) => topics)).toEqual([[LOG_TOPIC]]);
    expect((await reader.call({ to: contractAddress })).data).toBe(`0x${"2a".padStart(64, "0")}`);
    await expect(reader.call({ to: contractAddress, data: "0x01" })).rejects.toThrow(/reverted/);
  });

  test("reads a block with its deposit, fee history and proofs in one batch", async () => {
    const { reader } = clients();
    const [block, history, proof, code] = await Promise.all([
      reader.getBlock({ blockNumber: 1n, includeTransactions: true }),
      reader.getFeeHistory({ blockCount: 2, rewardPercentiles: [25, 75] }),
      reader.getProof({ address: harness.seeded.contract, storageKeys: [`0x${"0".repeat(64)}`] }),
      reader.getCode({ address: harness.seeded.contract }),
    ]);
    const deposit = block.transactions[1];
    expect(deposit).toMatchObject({ type: "deposit", mint: 7n, sourceHash: expect.any(String) });
    expect(history.baseFeePerGas).toHaveLength(3);
    expect(proof.storageProof[0]?.value).toBe(42n);
    expect(code).toMatch(/^0x36/);
  });

  test("watches blocks over WebSocket", async () => {
    const reader = createPublicClient({
      chain: viemChain(),
      transport: webSocket(harness.url.replace("http", "ws"), { reconnect: false }),
    });
    const seen = new Promise<bigint>((resolve) => {
      reader.watchBlockNumber({ onBlockNumber: (number) => resolve(number) });
    });
    await reader.getChainId();
    const { wallet } = clients();
    await wallet.sendTransaction({ to: RECIPIENT, value: 1n });
    expect(await seen).toBeGreaterThan(3n);
    const socket = await reader.transport.getRpcClient();
    socket.close();
  });
});

describe("ethers", () => {
  test("transfers, deploys, calls and decodes reverts", async () => {
    const provider = new JsonRpcProvider(harness.url, undefined, {
      pollingInterval: 50,
      // Its cache outlives our blocks.
      cacheTimeout: -1,
    });
    const wallet = new Wallet(SECOND_KEY, provider);
    const sent = await wallet.sendTransaction({ to: RECIPIENT, value: 1n });
    expect((await sent.wait())?.status).toBe(1);
    const created = await (await wallet.sendTransaction({ data: LOGGER_INIT })).wait();
    const contract = new Contract(
      created?.contractAddress ?? "",
      ["function refuse() view"],
      provider,
    );
    await expect(contract.getFunction("refuse")()).rejects.toMatchObject({
      code: "CALL_EXCEPTION",
    });
    expect(await provider.call({ to: created?.contractAddress ?? "" })).toBe(
      `0x${"2a".padStart(64, "0")}`,
    );
    const [balance, network, fees] = await Promise.all([
      provider.getBalance(RECIPIENT),
      provider.getNetwork(),
      provider.getFeeData(),
    ]);
    expect(balance).toBeGreaterThan(8n);
    expect(network.chainId).toBe(901n);
    expect(fees.maxFeePerGas).toBeGreaterThan(0n);
    await expect(
      wallet.sendTransaction({ to: RECIPIENT, nonce: 0, value: 1n }),
    ).rejects.toMatchObject({
      code: "NONCE_EXPIRED",
    });
    provider.destroy();
  });

  test("hears of blocks over WebSocket", async () => {
    const provider = new WebSocketProvider(harness.url.replace("http", "ws"));
    const seen = new Promise<number>((resolve) => provider.once("block", resolve));
    await provider.getBlockNumber();
    await harness.seeded.chain.engine.pool.add(await nextTransfer());
    expect(await seen).toBeGreaterThan(0);
    await provider.destroy();
  });
});

async function nextTransfer(): Promise<Uint8Array> {
  const { engine } = harness.seeded.chain;
  const address = accounts[2].address.toLowerCase() as `0x${string}`;
  const nonce = Number(await engine.getNonce(address, "latest"));
  const signed = await accounts[2].signTransaction({
    type: "eip1559",
    chainId: 901,
    nonce,
    to: RECIPIENT,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  });
  return Uint8Array.from(Buffer.from(signed.slice(2), "hex"));
}
