import { formatEther } from "viem";
import { sendDeposit } from "../client/deposits.js";
import { parseAddress, parseAmount, parseData, parseInteger } from "../client/parse.js";
import { connectRollup } from "../client/rollupClient.js";
import { explainChainError } from "../client/send.js";
import { chooseAccount, nameOf, type SignerFlags } from "../client/signer.js";
import { createStory } from "../client/story.js";
import { cliError } from "../errors.js";
import { printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** What the command line says. */
export interface DepositFlags extends SignerFlags {
  to?: string;
  value: string;
  data?: string;
  gas?: string;
  wait?: boolean;
  json?: boolean;
}

/** A deposit reaches L2 with the next L1 origin, and after FORCE_DELAY at the latest. */
const L2_TIMEOUT_MS = 120_000;

/** `fovea deposit`: ETH, and a call, from L1 to L2; ends when it is on L2. */
export async function deposit(flags: GivenFlags & DepositFlags): Promise<void> {
  const value = parseAmount("--value", flags.value);
  const to = flags.to === undefined ? undefined : parseAddress("--to", flags.to);
  const data = parseData("--data", flags.data);
  const gas =
    flags.gas === undefined ? undefined : BigInt(parseInteger("--gas", flags.gas, 21_000));
  const client = await connectRollup(flags);
  const account = chooseAccount(flags, process.env, client.contracts.l1ChainId);
  const recipient = to ?? (account.address.toLowerCase() as `0x${string}`);

  const story = createStory(false);
  const tell: typeof story.step = (...args) => flags.json || story.step(...args);
  if (!flags.json) {
    story.say(`deposit ${formatEther(value)} ETH   ${nameOf(account)} on L1 → ${recipient} on L2`);
  }
  const { l1Receipt, l2Hash } = await sendDeposit(client, account, {
    to: recipient,
    value,
    data,
    gas,
  });
  const l1Hash = l1Receipt.transactionHash;
  tell("deposited", `on L1 in block ${l1Receipt.blockNumber}   transaction ${l1Hash}`);
  const answer = {
    from: account.address,
    to: recipient,
    valueWei: value,
    l1Hash,
    l1BlockNumber: Number(l1Receipt.blockNumber),
    l2Hash,
  };
  if (flags.wait === false) {
    if (flags.json) return printJson({ ...answer, status: "on-l1", l2BlockNumber: null });
    return story.say(`It arrives on L2 as ${l2Hash}; see \`npx fovea tx ${l2Hash}\`.`);
  }
  const receipt = await client.l2
    .waitForTransactionReceipt({ hash: l2Hash, timeout: L2_TIMEOUT_MS })
    .catch((error) => {
      if ((error as Error).name !== "WaitForTransactionReceiptTimeoutError") {
        throw explainChainError(error, "eth_getTransactionReceipt");
      }
      throw cliError(
        "CLI_NOT_YET",
        `The deposit is on L1, but not on L2 as ${l2Hash} after ${L2_TIMEOUT_MS / 1000} s; look again with \`npx fovea tx ${l2Hash}\`, or force it in with \`npx fovea force\`.`,
        error,
      );
    });
  const isSuccess = receipt.status === "success";
  tell(
    "arrived",
    `on L2 in block ${receipt.blockNumber}   transaction ${l2Hash}${isSuccess ? "" : "   (its call reverted; the ETH is with the sender on L2)"}`,
  );
  if (!isSuccess) process.exitCode = 65;
  if (flags.json) {
    const status = isSuccess ? "on-l2" : "reverted-on-l2";
    printJson({ ...answer, status, l2BlockNumber: Number(receipt.blockNumber) });
  }
}
