import type { PrivateKeyAccount } from "viem/accounts";
import { L2ToL1MessagePasser } from "../../contracts/generated/L2ToL1MessagePasser.js";
import type { Address, Hex } from "../../util/hex.js";
import type { RollupClient } from "./rollupClient.js";
import { sendCall } from "./send.js";
import { type FoundWithdrawal, findWithdrawal } from "./withdrawals.js";

/** What a withdrawal does on L1. */
export interface WithdrawalRequest {
  to: Address;
  value: bigint;
  data: Hex;
  /** Gas that the call on L1 gets at least. */
  gas: bigint;
}

const MESSAGE_PASSER = "0x4200000000000000000000000000000000000016";

/** Begins a withdrawal on L2. Errors: CLI_REFUSED. */
export async function initiateWithdrawal(
  client: RollupClient,
  account: PrivateKeyAccount,
  { to, value, data, gas }: WithdrawalRequest,
): Promise<FoundWithdrawal> {
  const receipt = await sendCall(client.l2, account, {
    address: MESSAGE_PASSER,
    abi: L2ToL1MessagePasser.abi,
    functionName: "initiateWithdrawal",
    args: [to, gas, data],
    value,
  });
  return findWithdrawal(client, receipt.transactionHash);
}
