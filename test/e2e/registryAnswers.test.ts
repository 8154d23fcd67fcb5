import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseEther } from "viem";
import { BlockOracleHarness } from "../../src/contracts/generated/BlockOracleHarness.js";
import {
  devAccount,
  type FoveaServer,
  rpc,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";

// Each question that the portal asks the registry is answered "false" once, and viem's status follows. The real system
// offers no power to do that, so the oracle's code is replaced on the development L1 by one with two switches.

let server: FoveaServer;
let clients: Awaited<ReturnType<typeof viemClients>>;
const account = devAccount(1);

beforeAll(async () => {
  server = await startFovea();
  clients = await viemClients(server, account);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
});

test("registry answers decide viem's withdrawal status", async () => {
  const { l1Public, l1Wallet, l2Public, l2Wallet, l1Chain, l2Chain, contracts } = clients;
  const oracle = contracts.blockOracle as `0x${string}`;
  const hash = await l2Wallet.initiateWithdrawal({
    request: { to: account.address, value: parseEther("0.01"), gas: 100_000n },
  } as never);
  const receipt = await l2Public.waitForTransactionReceipt({ hash });
  const status = () => l1Public.getWithdrawalStatus({ receipt, targetChain: l2Chain as never });
  const read = (functionName: string, args: unknown[]) =>
    l1Public.readContract({
      address: oracle,
      abi: BlockOracleHarness.abi,
      functionName,
      args,
    } as never);
  const write = async (functionName: string, args: unknown[]) => {
    const sent = await l1Wallet.writeContract({
      address: oracle,
      abi: BlockOracleHarness.abi,
      functionName,
      args,
      gas: 1_000_000n,
    } as never);
    const done = await l1Public.waitForTransactionReceipt({ hash: sent });
    expect(done.status).toBe("success");
  };
  const prove = async () => {
    const { game, output, withdrawal } = await l1Public.waitToProve({
      receipt,
      targetChain: l2Chain as never,
    });
    const request = await l2Public.buildProveWithdrawal({ output, withdrawal } as never);
    const sent = await l1Wallet.proveWithdrawal({
      ...(request as object),
      account,
      chain: l1Chain,
      targetChain: l2Chain,
    } as never);
    expect((await l1Public.waitForTransactionReceipt({ hash: sent })).status).toBe("success");
    return { index: game.index, proxy: `0x${game.metadata.slice(-40)}` as `0x${string}` };
  };
  await rpc(server.l1Url, "anvil_setCode", [oracle, BlockOracleHarness.deployedBytecode]);

  const proven = await prove();
  // isGameFinalized: false while the proposal is not resolved, also after the proof has matured.
  expect(await read("isGameFinalized", [proven.proxy])).toBe(false);
  expect(await status()).toBe("waiting-to-finalize");

  // isGameRespected: false.
  await write("setDisrespectful", [true]);
  expect(await read("isGameRespected", [proven.proxy])).toBe(false);
  expect(await read("isGameClaimValid", [proven.proxy])).toBe(false);
  expect(await status()).toBe("ready-to-prove");
  await write("setDisrespectful", [false]);
  expect(await status()).toBe("waiting-to-finalize");

  // isGameProper: false for a proposal that was lost; its holder proves again, against another one.
  await write("lose", [proven.index]);
  expect(await read("isGameProper", [proven.proxy])).toBe(false);
  expect(await read("isGameRegistered", [account.address])).toBe(false);
  await until("the loss decides the status", async () => (await status()) === "ready-to-prove");
}, 240_000);
