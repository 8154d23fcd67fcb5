import {
  type Abi,
  BaseError,
  type ContractFunctionArgs,
  ContractFunctionRevertedError,
  formatEther,
  HttpRequestError,
  InsufficientFundsError,
  type PublicClient,
  TimeoutError,
  type TransactionReceipt,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { L1_ERRORS_ABI } from "../../contracts/l1ErrorsAbi.js";
import { redactUrl } from "../../l1/jsonRpc.js";
import { FoveaError } from "../../util/errors.js";
import type { Address, Hex } from "../../util/hex.js";
import { cliError } from "../errors.js";
import { walletOn } from "./signer.js";

/** A call that a user signs. */
export interface UserCall {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  value?: bigint;
}

/** A slow L1 may need several of its blocks. */
const RECEIPT_TIMEOUT_MS = 300_000;
/** What an estimate made now may lack when the transaction is included, in percent. */
const GAS_MARGIN_PERCENT = 150n;

/**
 * Simulates, signs, sends, and waits for inclusion.
 * Errors: CLI_REFUSED (reverts, or funds do not suffice), CLI_SERVER_UNREACHABLE.
 */
export async function sendCall(
  layer: PublicClient,
  account: PrivateKeyAccount,
  call: UserCall,
): Promise<TransactionReceipt> {
  // All errors of our contracts, because one contract passes on those of another.
  const abi = [...call.abi.filter((item) => item.type !== "error"), ...L1_ERRORS_ABI] as Abi;
  const request = {
    address: call.address,
    abi,
    functionName: call.functionName,
    args: call.args as ContractFunctionArgs<Abi, "payable", string>,
    account,
    ...(call.value === undefined ? {} : { value: call.value }),
  };
  await assertFunds(layer, account, call.value ?? 0n);
  try {
    const estimate = await layer.estimateContractGas(request);
    const hash = await walletOn(layer, account).writeContract({
      ...request,
      chain: layer.chain ?? null,
      gas: (estimate * GAS_MARGIN_PERCENT) / 100n,
    });
    return await waitForSuccess(layer, hash);
  } catch (error) {
    throw explainChainError(error, call.functionName);
  }
}

/** The receipt of a transaction. Errors: CLI_REFUSED if it reverted. */
export async function waitForSuccess(layer: PublicClient, hash: Hex): Promise<TransactionReceipt> {
  const receipt = await layer.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
  if (receipt.status === "success") return receipt;
  throw cliError("CLI_REFUSED", `The transaction ${hash} was included, but reverted.`);
}

async function assertFunds(
  layer: PublicClient,
  account: PrivateKeyAccount,
  value: bigint,
): Promise<void> {
  const balance = await layer.getBalance({ address: account.address }).catch((error) => {
    throw explainChainError(error, "eth_getBalance");
  });
  if (balance > value) return;
  throw cliError(
    "CLI_REFUSED",
    `${account.address} has ${formatEther(balance)} ETH on chain ${layer.chain?.id}, too little for ${formatEther(value)} ETH and the fee; send it some first, or sign with another account.`,
  );
}

/** One sentence for what viem throws; ours and unforeseen ones stay as they are. */
export function explainChainError(error: unknown, what: string): unknown {
  if (error instanceof FoveaError || !(error instanceof BaseError)) return error;
  const find = <T>(type: abstract new (...args: never[]) => T) =>
    error.walk((inner) => inner instanceof type) as T | null;
  const reverted = find(ContractFunctionRevertedError);
  if (reverted !== null) {
    const args = (reverted.data?.args ?? []).map(String).join(", ");
    const reason = reverted.data?.errorName ?? reverted.reason ?? reverted.signature ?? "no reason";
    return cliError("CLI_REFUSED", `${what} would revert: ${reason}${args && `(${args})`}.`, error);
  }
  if (find(InsufficientFundsError) !== null) {
    return cliError(
      "CLI_REFUSED",
      "The account has too little ETH for value and fee; send it some first.",
      error,
    );
  }
  const http = find(HttpRequestError) ?? find(TimeoutError);
  if (http !== null) {
    const { url } = http as { url?: string };
    const shown = url === undefined ? "The server" : redactUrl(url);
    return cliError("CLI_SERVER_UNREACHABLE", `${shown} does not answer any more.`, error);
  }
  return cliError("CLI_REFUSED", `${what} failed: ${error.shortMessage}`, error);
}
