import { spawn } from "node:child_process";
import { createServer } from "node:net";
import {
  type Abi,
  BaseError,
  type Chain,
  ContractFunctionRevertedError,
  createTestClient,
  defineChain,
  http,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import type { GenesisContract } from "../../../src/contracts/genesisContract.js";
import { predeployStates } from "../../../src/contracts/predeploys.js";
import { findAnvilBinary } from "../../../src/l1/dev/anvilProcess.js";
import type { Address, Hex } from "../../../src/util/hex.js";

/** Keyed accounts with 10,000 ETH each. */
export const ALICE = accountAt(0);
export const BOB = accountAt(1);

export type PredeployChain = Awaited<ReturnType<typeof startPredeployChain>>;

interface CallInput {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args?: readonly unknown[];
  value?: bigint;
  from?: Address;
  gas?: bigint;
}

/** Starts anvil on a free port; `stop` ends it. `contracts` are put at their addresses. */
export async function startPredeployChain(hardfork: "prague" | "osaka" = "osaka") {
  const port = await freePort();
  const args = ["--port", String(port), "--hardfork", hardfork, "--silent", "--gas-limit"];
  const anvil = spawn(findAnvilBinary(), [...args, "30000000000", "--base-fee", "1000000000"], {
    stdio: "ignore",
  });
  const chain: Chain = defineChain({
    id: 31337,
    name: "anvil",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [`http://127.0.0.1:${port}`] } },
  });
  const client = createTestClient({
    chain,
    mode: "anvil",
    transport: http(undefined, { retryCount: 0, timeout: 60_000 }),
    pollingInterval: 5,
  })
    .extend(publicActions)
    .extend(walletActions);
  await untilAnswering(() => client.getChainId());

  async function put(contract: Pick<GenesisContract, "address" | "code" | "storage">) {
    await client.setCode({ address: contract.address, bytecode: contract.code });
    for (const [index, value] of Object.entries(contract.storage)) {
      await client.setStorageAt({ address: contract.address, index: index as Hex, value });
    }
  }

  return {
    client,
    put,
    async putPredeploys(
      l1CrossDomainMessenger: Address,
      l1StandardBridge: Address,
      owner: Address,
    ) {
      const states = predeployStates({
        addresses: { l1CrossDomainMessenger, l1StandardBridge },
        owner,
      });
      for (const state of states) await put(state);
    },
    async deploy(
      contract: { abi: readonly unknown[]; bytecode: Hex },
      args: readonly unknown[] = [],
    ) {
      const { abi, bytecode } = contract;
      const hash = await client.deployContract({ abi: abi as Abi, bytecode, args, account: ALICE });
      const receipt = await client.waitForTransactionReceipt({ hash });
      return receipt.contractAddress as Address;
    },
    /** Any account, with a key or not, sends a transaction. Gas is 10 million unless given; a revert is in the receipt's status. */
    async send(input: {
      from?: Address;
      to: Address;
      data?: Hex;
      value?: bigint;
      gas?: bigint;
    }): Promise<TransactionReceipt> {
      const from = input.from ?? ALICE.address;
      await client.impersonateAccount({ address: from });
      await client.setBalance({ address: from, value: 10n ** 22n });
      const hash = (await client.request({
        method: "eth_sendTransaction",
        params: [
          {
            from,
            to: input.to,
            data: input.data ?? "0x",
            value: hex(input.value ?? 0n),
            gas: hex(input.gas ?? 10_000_000n),
          },
        ],
      } as never)) as Hex;
      return client.waitForTransactionReceipt({ hash, timeout: 5_000 });
    },
    async read<T>(input: CallInput): Promise<T> {
      const { abi, from, ...rest } = input;
      return (await client.readContract({
        ...rest,
        abi: abi as Abi,
        account: from ?? ALICE.address,
      })) as T;
    },
    /** Sends a contract call as a keyed account of anvil. Throws if it reverts. */
    async write(input: CallInput): Promise<TransactionReceipt> {
      const { abi, from, ...rest } = input;
      const account = from ?? ALICE.address;
      const hash = await client.writeContract({
        ...rest,
        abi: abi as Abi,
        account,
        chain,
        gas: input.gas ?? 10_000_000n,
      } as never);
      const receipt = await client.waitForTransactionReceipt({ hash });
      if (receipt.status !== "success") {
        throw new Error(`${input.functionName}: ${await this.revertOf(input)}`);
      }
      return receipt;
    },
    /** Name of the error the call reverts with; "none" if it succeeds. */
    async revertOf(input: CallInput): Promise<string> {
      const { abi, from, ...rest } = input;
      try {
        await client.simulateContract({
          ...rest,
          abi: abi as Abi,
          account: from ?? ALICE.address,
        } as never);
        return "none";
      } catch (error) {
        const revert =
          error instanceof BaseError
            ? error.walk((e) => e instanceof ContractFunctionRevertedError)
            : null;
        if (!(revert instanceof ContractFunctionRevertedError)) throw error;
        return revert.data?.errorName ?? revert.signature ?? revert.reason ?? "empty";
      }
    },
    async stop() {
      anvil.kill("SIGTERM");
      await new Promise((resolve) => anvil.once("exit", resolve));
    },
  };
}

function accountAt(addressIndex: number) {
  return mnemonicToAccount("test test test test test test test test test test test junk", {
    addressIndex,
  });
}

function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilAnswering(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ask();
      return;
    } catch (error) {
      if (attempt > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
