import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { encodeFunctionData, parseAbi, parseEther } from "viem";
import { getL2TransactionHashes } from "viem/op-stack";
import { BlockOracle } from "../../src/contracts/generated/BlockOracle.js";
import { SequencerFeed } from "../../src/contracts/generated/SequencerFeed.js";
import { startAnvil, type TestAnvil } from "../helpers/anvil.js";
import { runCli } from "../helpers/foveaCli.js";
import {
  devAccount,
  type FoveaServer,
  rpc,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";
import { deposit } from "../helpers/l2Activity.js";

// Sequencer, batcher and proposer are gone for good; an L1 and a verifier without keys are left. Users still get in and out.

const FORCE_DELAY_SECONDS = 60;
const MESSAGE_PASSER = "0x4200000000000000000000000000000000000016";
const passerAbi = parseAbi([
  "function initiateWithdrawal(address target, uint256 gasLimit, bytes data) payable",
]);

let l1: TestAnvil;
let main: FoveaServer;
let verifier: FoveaServer;

beforeAll(async () => {
  l1 = await startAnvil({ blockTimeSeconds: 1, args: ["--slots-in-an-epoch", "4"] });
  main = await startFovea({ l1Url: l1.url });
  verifier = await startFovea({ l1Url: l1.url, roles: "verifier" });
}, 180_000);

afterAll(async () => {
  await verifier?.stop();
  await main?.stop();
  await l1?.close();
  verifier?.clean();
  main?.clean();
});

type Clients = Awaited<ReturnType<typeof viemClients>>;

/** Writes to a contract on L1 as a user and expects success. */
async function write(clients: Clients, call: Record<string, unknown>) {
  const hash = await clients.l1Wallet.writeContract(call as never);
  const receipt = await clients.l1Public.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  return receipt;
}

/** As a staker, sends what the server prepares until nothing is due. Returns the index of the newest proposal. */
async function proposeAll(clients: Clients, oracle: `0x${string}`): Promise<bigint> {
  for (;;) {
    const response = await fetch(`${verifier.url}/api/v1/proposals/prepare`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: clients.l1Wallet.account?.address }),
    });
    if (!response.ok) break;
    const { to, data, value } = (await response.json()) as Record<string, `0x${string}`>;
    const hash = await clients.l1Wallet.sendTransaction({
      to,
      data,
      value: BigInt(value ?? 0),
    } as never);
    const receipt = await clients.l1Public.waitForTransactionReceipt({ hash });
    expect(receipt.status).toBe("success");
  }
  const count = await clients.l1Public.readContract({
    address: oracle,
    abi: BlockOracle.abi,
    functionName: "proposalCount",
  } as never);
  return (count as bigint) - 1n;
}

test("a forced deposit, a proposal by a fresh staker and a withdrawal work when everybody else has left", async () => {
  const user = await viemClients(verifier, devAccount(6));
  const oracle = user.contracts.blockOracle as `0x${string}`;
  const feed = user.contracts.sequencerFeed as `0x${string}`;
  await until("the chain lives", async () => {
    const head = (await rpc(verifier.url, "eth_getBlockByNumber", ["safe", false])) as {
      number: string;
    };
    return BigInt(head.number) > 3n;
  });
  await main.kill();

  // Money in and straight out again: the deposit calls the message passer.
  const recipient = "0x0000000000000000000000000000000000a3a711";
  const depositHash = await deposit(verifier, 6, {
    to: MESSAGE_PASSER,
    mint: parseEther("1"),
    data: encodeFunctionData({
      abi: passerAbi,
      functionName: "initiateWithdrawal",
      args: [recipient, 100_000n, "0x"],
    }),
  });
  const depositReceipt = await user.l1Public.waitForTransactionReceipt({ hash: depositHash });
  const { timestamp } = await user.l1Public.getBlock({ blockNumber: depositReceipt.blockNumber });
  const [l2Hash] = getL2TransactionHashes(depositReceipt) as [`0x${string}`];

  // Anybody may force it in once the delay is over, and not before.
  const early = await runCli(verifier, ["force", "--account", "6"]);
  expect(early.code).toBe(75);
  expect(early.stderr).toMatch(
    /^fovea: 1 deposit\(s\) .* may be forced in \d+ s from now; add --wait/,
  );
  const entries = () =>
    user.l1Public.readContract({ address: feed, abi: SequencerFeed.abi, functionName: "length" });
  const before = (await entries()) as bigint;
  const forced = await runCli(verifier, ["force", "--wait", "--account", "6", "--json"]);
  expect([forced.code, forced.stderr]).toEqual([0, ""]);
  const { status, records, l1Hash } = JSON.parse(forced.stdout);
  expect([status, records]).toEqual(["forced", 1]);
  const forcing = await user.l1Public.getTransactionReceipt({ hash: l1Hash });
  expect([forcing.status, forcing.to]).toEqual(["success", feed.toLowerCase()]);
  const block = await user.l1Public.getBlock({ blockNumber: forcing.blockNumber });
  expect(block.timestamp - timestamp).toBeGreaterThanOrEqual(BigInt(FORCE_DELAY_SECONDS));
  expect(await entries()).toBe(before + 1n);
  const l2Receipt = await until(
    "the deposit is on L2",
    async () => {
      const found = (await rpc(verifier.url, "eth_getTransactionReceipt", [l2Hash])) as {
        blockNumber: string;
      } | null;
      const safe = (await rpc(verifier.url, "eth_getBlockByNumber", ["safe", false])) as {
        number: string;
      };
      return found && BigInt(safe.number) >= BigInt(found.blockNumber) ? found : undefined;
    },
    30_000,
  );
  const nothing = await runCli(verifier, ["force", "--json"]);
  expect(JSON.parse(nothing.stdout)).toMatchObject({ status: "nothing-waits" });
  const includedBy = (await user.l1Public.getBlock()).timestamp;
  expect(includedBy - timestamp).toBeLessThanOrEqual(BigInt(FORCE_DELAY_SECONDS + 20));

  // A fresh staker stakes and proposes what the server prepares, with the main proposer's key long gone.
  const wanted = BigInt(l2Receipt.blockNumber);
  const newest = await until(
    "a proposal covers the withdrawal",
    async () => {
      const index = await proposeAll(user, oracle);
      if (index < 0n) return undefined;
      const node = (await user.l1Public.readContract({
        address: oracle,
        abi: BlockOracle.abi,
        functionName: "proposalAt",
        args: [index],
      } as never)) as { l2BlockNumber: bigint };
      return node.l2BlockNumber >= wanted ? { index } : undefined;
    },
    60_000,
  );

  const receipt = await user.l2Public.getTransactionReceipt({ hash: l2Hash });
  const { output, withdrawal } = await user.l1Public.waitToProve({
    receipt,
    targetChain: user.l2Chain as never,
  });
  const request = await user.l2Public.buildProveWithdrawal({ output, withdrawal } as never);
  const proveHash = await user.l1Wallet.proveWithdrawal({
    ...(request as object),
    account: devAccount(6),
    targetChain: user.l2Chain,
  } as never);
  expect((await user.l1Public.waitForTransactionReceipt({ hash: proveHash })).status).toBe(
    "success",
  );

  // Anybody may resolve; parents first.
  for (let index = 0n; index <= newest.index; index++) {
    await until(
      `proposal ${index} is resolved`,
      async () => {
        const node = (await user.l1Public.readContract({
          address: oracle,
          abi: BlockOracle.abi,
          functionName: "proposalAt",
          args: [index],
        } as never)) as { status: number };
        if (node.status === 2) return true;
        await write(user, {
          address: oracle,
          abi: BlockOracle.abi,
          functionName: "resolveProposal",
          args: [index],
        });
        return false;
      },
      90_000,
    );
  }
  await until(
    "ready to finalize",
    async () =>
      (await user.l1Public.getWithdrawalStatus({ receipt, targetChain: user.l2Chain as never })) ===
      "ready-to-finalize",
    60_000,
  );
  const finalizeHash = await user.l1Wallet.finalizeWithdrawal({
    account: devAccount(6),
    targetChain: user.l2Chain,
    withdrawal,
  } as never);
  expect((await user.l1Public.waitForTransactionReceipt({ hash: finalizeHash })).status).toBe(
    "success",
  );
  expect(await user.l1Public.getBalance({ address: recipient })).toBe(parseEther("1"));
}, 420_000);
