import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData, erc20Abi, parseAbi, parseEther } from "viem";
import { getL2TransactionHashes, getWithdrawals } from "viem/op-stack";
import { TestToken } from "../../src/contracts/generated/TestToken.js";
import { devAccount, type FoveaServer, startFovea, viemClients } from "../helpers/foveaServer.js";

// Everything an application does with viem and its op-stack actions, against the running server and nothing else.

const GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F";
const L2_BRIDGE = "0x4200000000000000000000000000000000000010";
const TOKEN_FACTORY = "0x4200000000000000000000000000000000000012";
const bridgeAbi = parseAbi([
  "function bridgeERC20To(address localToken, address remoteToken, address to, uint256 amount, uint32 minGasLimit, bytes extraData)",
]);
const factoryAbi = parseAbi([
  "function createOptimismMintableERC20(address remoteToken, string name, string symbol) returns (address)",
  "event OptimismMintableERC20Created(address indexed localToken, address indexed remoteToken, address deployer)",
]);

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

/** What a transaction cost its sender on L2, all parts. */
async function feeOnL2(hash: `0x${string}`): Promise<bigint> {
  const receipt = await clients.l2Public.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  const fees = receipt as typeof receipt & { l1Fee: bigint };
  return receipt.gasUsed * receipt.effectiveGasPrice + (fees.l1Fee ?? 0n);
}

describe("viem op-stack", () => {
  test("a transfer is received and costs exactly what its receipt says", async () => {
    const { l2Public, l2Wallet } = clients;
    const to = "0x00000000000000000000000000000000000a11ce";
    const before = await l2Public.getBalance({ address: account.address });
    const hash = await l2Wallet.sendTransaction({ to, value: parseEther("1") });
    const fee = await feeOnL2(hash);
    expect(await l2Public.getBalance({ address: to })).toBe(parseEther("1"));
    const after = await l2Public.getBalance({ address: account.address });
    expect(before - after).toBe(parseEther("1") + fee);
  });

  test("estimated fees are those really charged", async () => {
    const { l2Public, l2Wallet } = clients;
    const request = await l2Wallet.prepareTransactionRequest({
      to: "0x00000000000000000000000000000000000b0b00",
      value: 12345n,
      data: "0x1234567890",
    });
    const l1Fee = await l2Public.estimateL1Fee({
      account: account.address,
      to: request.to as `0x${string}`,
      value: 12345n,
      data: "0x1234567890",
    });
    const totalFee = await l2Public.estimateTotalFee({
      account: account.address,
      to: request.to as `0x${string}`,
      value: 12345n,
      data: "0x1234567890",
    });
    const raw = await l2Wallet.signTransaction(request);
    const hash = await l2Public.sendRawTransaction({ serializedTransaction: raw });
    const receipt = await l2Public.waitForTransactionReceipt({ hash });
    const charged = (receipt as typeof receipt & { l1Fee: bigint }).l1Fee;
    expect(charged).toBeGreaterThan(0n);
    // Asked at the block that includes the transaction, the oracle answers what was charged, to the wei.
    const exact = await l2Public.readContract({
      address: GAS_PRICE_ORACLE,
      abi: parseAbi(["function getL1Fee(bytes) view returns (uint256)"]),
      functionName: "getL1Fee",
      args: [raw],
      blockNumber: receipt.blockNumber,
    });
    expect(charged).toBe(exact);
    // Estimates were made earlier: the L1 base fee of the block that includes it may differ from that of the estimate's block by one step or two.
    const near = (a: bigint, b: bigint) => (a > b ? a - b : b - a) * 100n <= 60n * b;
    expect(near(l1Fee, charged)).toBe(true);
    const total = receipt.gasUsed * receipt.effectiveGasPrice + charged;
    expect(near(totalFee, total)).toBe(true);
  });

  test("an ETH deposit arrives under the hash that viem computes", async () => {
    const { l1Public, l1Wallet, l2Public, l2Chain } = clients;
    const to = "0x0000000000000000000000000000000000de9051";
    const request = await l2Public.buildDepositTransaction({ mint: parseEther("3"), to });
    const l1Before = await l1Public.getBalance({ address: account.address });
    const l1Hash = await l1Wallet.depositTransaction({
      ...request,
      account,
      targetChain: l2Chain,
    } as never);
    const l1Receipt = await l1Public.waitForTransactionReceipt({ hash: l1Hash });
    expect(l1Receipt.status).toBe("success");
    const [l2Hash] = getL2TransactionHashes(l1Receipt);
    const l2Receipt = await l2Public.waitForTransactionReceipt({
      hash: l2Hash as `0x${string}`,
      timeout: 60_000,
    });
    expect(l2Receipt.status).toBe("success");
    expect(await l2Public.getBalance({ address: to })).toBe(parseEther("3"));
    const l1After = await l1Public.getBalance({ address: account.address });
    expect(l1Before - l1After).toBe(
      parseEther("3") + l1Receipt.gasUsed * l1Receipt.effectiveGasPrice,
    );
    const tx = await l2Public.getTransaction({ hash: l2Hash as `0x${string}` });
    expect(tx.type).toBe("deposit");
  });

  test("a contract is deployed, called and read", async () => {
    const { l2Public, l2Wallet } = clients;
    const hash = await l2Wallet.deployContract({
      abi: TestToken.abi,
      bytecode: TestToken.bytecode,
    });
    const receipt = await l2Public.waitForTransactionReceipt({ hash });
    const token = receipt.contractAddress as `0x${string}`;
    const mint = await l2Wallet.writeContract({
      address: token,
      abi: TestToken.abi,
      functionName: "mint",
      args: [account.address, 1000n],
    });
    await feeOnL2(mint);
    const balance = await l2Public.readContract({
      address: token,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [account.address],
    });
    expect(balance).toBe(1000n);
  });

  test("an ERC-20 goes to L2 and back, and ETH is withdrawn: balances are exact on both layers", async () => {
    const { l1Public, l1Wallet, l2Public, l2Wallet, l1Chain, l2Chain, contracts } = clients;
    const bridge = contracts.l1StandardBridge as `0x${string}`;
    // A token on L1, its pair on L2.
    const deployHash = await l1Wallet.deployContract({
      abi: TestToken.abi,
      bytecode: TestToken.bytecode,
    });
    const l1Token = (await l1Public.waitForTransactionReceipt({ hash: deployHash }))
      .contractAddress as `0x${string}`;
    const create = await l2Wallet.writeContract({
      address: TOKEN_FACTORY,
      abi: factoryAbi,
      functionName: "createOptimismMintableERC20",
      args: [l1Token, "Token", "TOK"],
    });
    await feeOnL2(create);
    const [created] = await l2Public.getContractEvents({
      address: TOKEN_FACTORY,
      abi: factoryAbi,
      eventName: "OptimismMintableERC20Created",
      args: { remoteToken: l1Token },
      fromBlock: 0n,
    });
    const l2Token = created?.args.localToken as `0x${string}`;
    for (const write of [
      {
        address: l1Token,
        abi: TestToken.abi,
        functionName: "mint",
        args: [account.address, 1000n],
      },
      { address: l1Token, abi: TestToken.abi, functionName: "approve", args: [bridge, 1000n] },
      {
        address: bridge,
        abi: bridgeAbi,
        functionName: "bridgeERC20To",
        args: [l1Token, l2Token, account.address, 1000n, 200_000, "0x"],
      },
    ]) {
      const hash = await l1Wallet.writeContract(write as never);
      const receipt = await l1Public.waitForTransactionReceipt({ hash });
      expect(receipt.status).toBe("success");
      if (write.address !== bridge) continue;
      const [l2Hash] = getL2TransactionHashes(receipt);
      const l2Receipt = await l2Public.waitForTransactionReceipt({
        hash: l2Hash as `0x${string}`,
        timeout: 60_000,
      });
      expect(l2Receipt.status).toBe("success");
    }
    const l2Balance = () =>
      l2Public.readContract({
        address: l2Token,
        abi: erc20Abi,
        functionName: "balanceOf",
        args: [account.address],
      });
    const l1Balance = () =>
      l1Public.readContract({
        address: l1Token,
        abi: erc20Abi,
        functionName: "balanceOf",
        args: [account.address],
      });
    expect(await l2Balance()).toBe(1000n);
    expect(await l1Balance()).toBe(0n);

    // Back: 400 tokens through the bridge, and 2 ETH as a plain withdrawal.
    const bridgeBack = await l2Wallet.writeContract({
      address: L2_BRIDGE,
      abi: bridgeAbi,
      functionName: "bridgeERC20To",
      args: [l2Token, l1Token, account.address, 400n, 200_000, "0x"],
    });
    await feeOnL2(bridgeBack);
    expect(await l2Balance()).toBe(600n);

    const recipient = "0x00000000000000000000000000000000f10a1175";
    const withdrawalRequest = await l1Public.buildInitiateWithdrawal({
      to: recipient,
      value: parseEther("2"),
    });
    const ethBefore = await l2Public.getBalance({ address: account.address });
    const withdrawHash = await l2Wallet.initiateWithdrawal(withdrawalRequest as never);
    const withdrawFee = await feeOnL2(withdrawHash);
    const ethAfter = await l2Public.getBalance({ address: account.address });
    expect(ethBefore - ethAfter).toBe(parseEther("2") + withdrawFee);

    // Both travel together: proven one after the other, then finalized as soon as viem says so.
    const travelling = [];
    for (const hash of [withdrawHash, bridgeBack]) {
      const receipt = await l2Public.getTransactionReceipt({ hash });
      const status = () => l1Public.getWithdrawalStatus({ receipt, targetChain: l2Chain as never });
      expect(["waiting-to-prove", "ready-to-prove"]).toContain(await status());
      const { output, withdrawal } = await l1Public.waitToProve({
        receipt,
        targetChain: l2Chain as never,
      });
      const proveRequest = await l2Public.buildProveWithdrawal({ output, withdrawal } as never);
      const proveHash = await l1Wallet.proveWithdrawal({
        ...(proveRequest as object),
        account,
        chain: l1Chain,
        targetChain: l2Chain,
      } as never);
      const proved = await l1Public.waitForTransactionReceipt({ hash: proveHash });
      expect(proved.status).toBe("success");
      expect(await status()).toBe("waiting-to-finalize");
      travelling.push({ receipt, status, withdrawal });
    }
    for (const { receipt, status, withdrawal } of travelling) {
      const withdrawalHash = getWithdrawals(receipt)[0]?.withdrawalHash as `0x${string}`;
      await l1Public.waitToFinalize({ withdrawalHash, targetChain: l2Chain as never });
      expect(await status()).toBe("ready-to-finalize");
      const finalizeHash = await l1Wallet.finalizeWithdrawal({
        account,
        chain: l1Chain,
        targetChain: l2Chain,
        withdrawal,
      } as never);
      const finalized = await l1Public.waitForTransactionReceipt({ hash: finalizeHash });
      expect(finalized.status).toBe("success");
      expect(await status()).toBe("finalized");
    }
    expect(await l1Public.getBalance({ address: recipient })).toBe(parseEther("2"));
    expect(await l1Balance()).toBe(400n);
    expect(await l2Balance()).toBe(600n);
  }, 300_000);

  test("call data that reverts comes back with its reason", async () => {
    const { l2Public } = clients;
    const data = encodeFunctionData({
      abi: bridgeAbi,
      functionName: "bridgeERC20To",
      args: [
        "0x0000000000000000000000000000000000000001",
        "0x0000000000000000000000000000000000000002",
        account.address,
        1n,
        200_000,
        "0x",
      ],
    });
    await expect(
      l2Public.call({ account: account.address, to: L2_BRIDGE, data }),
    ).rejects.toThrow();
  });
});
