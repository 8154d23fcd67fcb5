import { encodeFunctionData, keccak256, parseAbi, parseEther, toHex } from "viem";
import { SequencerFeed } from "../../src/contracts/generated/SequencerFeed.js";
import { SystemConfig } from "../../src/contracts/generated/SystemConfig.js";
import { TestToken } from "../../src/contracts/generated/TestToken.js";
import { devAccount, type FoveaServer, rpc, sleep, until, viemClients } from "./foveaServer.js";

const portalAbi = parseAbi([
  "function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes data) payable",
]);

export interface SafeHead {
  number: bigint;
  hash: string;
}

/** The safe head as the node tells it to wallets. */
export async function safeHead(server: FoveaServer): Promise<SafeHead> {
  const block = (await rpc(server.url, "eth_getBlockByNumber", ["safe", false])) as {
    number: string;
    hash: string;
  };
  return { number: BigInt(block.number), hash: block.hash };
}

/** Hash of a canonical block, undefined beyond the head. */
export async function blockHash(server: FoveaServer, number: bigint): Promise<string | undefined> {
  const block = (await rpc(server.url, "eth_getBlockByNumber", [toHex(number), false])) as {
    hash: string;
  } | null;
  return block?.hash;
}

/** Waits until both nodes have a safe head beyond `beyond` with the same hash at the lower of the two; returns it. */
export function sameSafeHead(a: FoveaServer, b: FoveaServer, beyond: bigint): Promise<SafeHead> {
  return until(
    `one safe head on both nodes beyond ${beyond}`,
    async () => {
      const [headA, headB] = [await safeHead(a), await safeHead(b)];
      const lower = headA.number < headB.number ? headA : headB;
      if (lower.number <= beyond) return undefined;
      const [hashA, hashB] = [await blockHash(a, lower.number), await blockHash(b, lower.number)];
      return hashA === lower.hash && hashB === lower.hash ? lower : undefined;
    },
    90_000,
  );
}

/** Sends a deposit through the portal; returns the L1 transaction hash. */
export async function deposit(
  server: FoveaServer,
  from: number,
  request: {
    to?: `0x${string}`;
    mint?: bigint;
    value?: bigint;
    data?: `0x${string}`;
    gas?: bigint;
    isCreation?: boolean;
  },
): Promise<`0x${string}`> {
  const { l1Wallet, contracts } = await viemClients(server, devAccount(from));
  return l1Wallet.writeContract({
    address: contracts.portal as `0x${string}`,
    abi: portalAbi,
    functionName: "depositTransaction",
    args: [
      request.to ?? "0x0000000000000000000000000000000000000000",
      request.value ?? request.mint ?? 0n,
      request.gas ?? 1_000_000n,
      request.isCreation ?? false,
      request.data ?? "0x",
    ],
    value: request.mint ?? 0n,
    gas: 3_000_000n,
  });
}

/** A bit of everything that derivation must carry: transfers, deposits that work, revert and create, and a config change. */
export async function makeActivity(server: FoveaServer, seed: number): Promise<void> {
  const { l2Wallet, l2Public, l1Wallet, l1Public, contracts } = await viemClients(
    server,
    devAccount(4),
  );
  const to = `0x${keccak256(toHex(seed)).slice(26)}` as `0x${string}`;
  const hashes = [
    await l2Wallet.sendTransaction({ to, value: 1n }),
    await l2Wallet.deployContract({ abi: TestToken.abi, bytecode: TestToken.bytecode }),
  ];
  const l1Hashes = [
    await deposit(server, 5, { to, mint: parseEther("1") }),
    // Reverts on L2: the bridge refuses the caller.
    await deposit(server, 5, {
      to: "0x4200000000000000000000000000000000000010",
      data: "0xdeadbeef",
      mint: 5n,
    }),
    await deposit(server, 5, { isCreation: true, data: TestToken.bytecode, gas: 2_000_000n }),
  ];
  const owner = await viemClients(server, devAccount(0));
  l1Hashes.push(
    await owner.l1Wallet.writeContract({
      address: contracts.systemConfig as `0x${string}`,
      abi: SystemConfig.abi,
      functionName: "setGasLimit",
      args: [BigInt(30_000_000 + (seed % 1000))],
      gas: 500_000n,
    }),
  );
  for (const hash of l1Hashes) {
    const receipt = await l1Public.waitForTransactionReceipt({ hash, timeout: 30_000 });
    if (receipt.status !== "success") throw new Error(`L1 transaction ${hash} reverted`);
  }
  for (const hash of hashes) await l2Public.waitForTransactionReceipt({ hash, timeout: 30_000 });
  void l1Wallet;
}

/** Appends bytes that are no batch with the batcher's own key; races with the batcher, so it tries again. */
export async function appendGarbage(server: FoveaServer, data: `0x${string}`): Promise<void> {
  const { l1Wallet, l1Public, contracts } = await viemClients(server, devAccount(9));
  const address = contracts.sequencerFeed as `0x${string}`;
  const read = (functionName: string) =>
    l1Public.readContract({ address, abi: SequencerFeed.abi, functionName } as never);
  for (let attempt = 0; attempt < 20; attempt++) {
    const [length, lastHash, lastOrigin, lastOriginHash, lastDepTo] = await Promise.all(
      ["length", "lastHash", "lastOrigin", "lastOriginHash", "lastDepTo"].map(read),
    );
    const args = [
      length,
      lastHash,
      (lastOrigin as bigint) + 1n,
      lastOrigin,
      lastOriginHash,
      lastDepTo,
      data,
    ];
    try {
      const hash = await l1Wallet.sendTransaction({
        to: address,
        data: encodeFunctionData({ abi: SequencerFeed.abi, functionName: "append", args } as never),
        gas: 5_000_000n,
      });
      const receipt = await l1Public.waitForTransactionReceipt({ hash, timeout: 20_000 });
      if (receipt.status === "success") return;
    } catch {
      // The batcher was first: its nonce or the feed has moved.
    }
    await sleep(500);
  }
  throw new Error("garbage could not be appended");
}
