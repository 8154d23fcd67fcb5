import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Contract, ContractFactory, JsonRpcProvider, Wallet, WebSocketProvider } from "ethers";
import { TestToken } from "../../src/contracts/generated/TestToken.js";
import { devKey, type FoveaServer, startFovea, until } from "../helpers/foveaServer.js";

let server: FoveaServer;
let provider: JsonRpcProvider;
let wallet: Wallet;

beforeAll(async () => {
  server = await startFovea();
  provider = new JsonRpcProvider(server.url, undefined, { pollingInterval: 250 });
  wallet = new Wallet(devKey(2), provider);
}, 120_000);

afterAll(async () => {
  provider?.destroy();
  await server?.stop();
  server?.clean();
});

test("ethers v6 sends, deploys, calls, reads logs and gets revert reasons", async () => {
  const to = "0x00000000000000000000000000000000000e7e25";
  const sent = await wallet.sendTransaction({ to, value: 7n });
  expect((await sent.wait())?.status).toBe(1);
  expect(await provider.getBalance(to)).toBe(7n);

  const factory = new ContractFactory(TestToken.abi, TestToken.bytecode, wallet);
  const deployed = await factory.deploy();
  await deployed.waitForDeployment();
  const token = new Contract(await deployed.getAddress(), TestToken.abi, wallet);
  const mint = await token.getFunction("mint")(wallet.address, 5n);
  await mint.wait();
  expect(await token.getFunction("balanceOf")(wallet.address)).toBe(5n);
  const logs = await token.queryFilter("Transfer", 0, "latest");
  expect(logs).toHaveLength(1);

  const tooMuch = token.getFunction("transfer").staticCall(to, 6n);
  await expect(tooMuch).rejects.toMatchObject({
    code: "CALL_EXCEPTION",
    revert: { name: "TestTokenBalanceTooLow", args: [5n, 6n] },
  });
  const fee = await provider.getFeeData();
  expect(fee.maxFeePerGas).toBeGreaterThan(0n);
});

test("ethers v6 hears of blocks and logs over WebSocket", async () => {
  const socket = new WebSocketProvider(server.url.replace("http", "ws"));
  const heard: number[] = [];
  await socket.on("block", (block: number) => heard.push(block));
  await until("two blocks", async () => heard.length >= 2, 20_000);
  expect(heard[1]).toBe((heard[0] as number) + 1);
  await socket.destroy();
});
