import { type Abi, BaseError, ContractFunctionRevertedError, type TransactionReceipt } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import type { GenesisContract } from "../../../src/contracts/genesisContract.js";
import { predeployStates } from "../../../src/contracts/predeploys.js";
import type { Address, Hash, Hex } from "../../../src/util/hex.js";
import { startAnvil } from "../../helpers/anvil.js";

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

/** Transactions of these tests are mined at once. */
const POLLING_INTERVAL_MS = 5;
/** For calls that run many vectors. */
const BLOCK_GAS_LIMIT = 30_000_000_000n;

/** Starts anvil with room for large calls; `stop` ends it. */
export async function startPredeployChain(hardfork: "prague" | "osaka" = "osaka") {
  const anvil = await startAnvil({ args: ["--hardfork", hardfork] });
  const { client } = anvil;
  await client.setBlockGasLimit({ gasLimit: BLOCK_GAS_LIMIT });
  const receiptOf = (hash: Hash) =>
    client.waitForTransactionReceipt({ hash, pollingInterval: POLLING_INTERVAL_MS });

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
      const receipt = await receiptOf(hash);
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
      return receiptOf(hash);
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
        gas: input.gas ?? 10_000_000n,
      } as never);
      const receipt = await receiptOf(hash);
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
    stop: () => anvil.close(),
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
