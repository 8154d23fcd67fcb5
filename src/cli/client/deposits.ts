import type { TransactionReceipt } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { getL2TransactionHashes } from "viem/op-stack";
import { OptimismPortal } from "../../contracts/generated/OptimismPortal.js";
import type { Address, Hash, Hex } from "../../util/hex.js";
import { cliError } from "../errors.js";
import type { RollupClient } from "./rollupClient.js";
import { explainChainError, sendCall } from "./send.js";

/** What a deposit does on L2. */
export interface DepositRequest {
  to: Address;
  /** Minted on L2 for the sender and passed on to `to`. */
  value: bigint;
  data: Hex;
  /** L2 gas; estimated if absent. */
  gas: bigint | undefined;
}

/** A deposit that is on L1. */
export interface SentDeposit {
  l1Receipt: TransactionReceipt;
  l2Hash: Hash;
}

/** A call that is a little dearer on arrival should still succeed. */
const GAS_MARGIN_PERCENT = 130n;

/** Sends a deposit through the portal. Errors: CLI_REFUSED. */
export async function sendDeposit(
  client: RollupClient,
  account: PrivateKeyAccount,
  request: DepositRequest,
): Promise<SentDeposit> {
  const gas = request.gas ?? (await estimateGas(client, account, request));
  const l1Receipt = await sendCall(client.l1, account, {
    address: client.contracts.portal,
    abi: OptimismPortal.abi,
    functionName: "depositTransaction",
    args: [request.to, request.value, gas, false, request.data],
    value: request.value,
  });
  const [l2Hash] = getL2TransactionHashes(l1Receipt);
  if (l2Hash !== undefined) return { l1Receipt, l2Hash };
  throw cliError(
    "CLI_REFUSED",
    `The L1 transaction ${l1Receipt.transactionHash} deposited nothing.`,
  );
}

async function estimateGas(
  { l1, l2, contracts }: RollupClient,
  account: PrivateKeyAccount,
  { to, value, data }: DepositRequest,
): Promise<bigint> {
  const minimum = await l1.readContract({
    address: contracts.portal,
    abi: OptimismPortal.abi,
    functionName: "minimumGasLimit",
    args: [BigInt((data.length - 2) / 2)],
  });
  const estimate = await l2
    .estimateGas({
      account: account.address,
      to,
      value,
      data,
      // The deposit brings its own ETH.
      stateOverride: [{ address: account.address, balance: 2n ** 128n }],
    })
    .catch((error) => {
      throw explainChainError(error, "The call on L2");
    });
  const wanted = (estimate * GAS_MARGIN_PERCENT) / 100n;
  return wanted > minimum ? wanted : minimum;
}
