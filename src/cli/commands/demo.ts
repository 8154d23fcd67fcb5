import { formatEther, parseEther } from "viem";
import { sendDeposit } from "../client/deposits.js";
import { driveWithdrawal } from "../client/driveWithdrawal.js";
import { initiateWithdrawal } from "../client/initiateWithdrawal.js";
import { connectRollup } from "../client/rollupClient.js";
import { explainChainError } from "../client/send.js";
import { chooseAccount, nameOf, type SignerFlags } from "../client/signer.js";
import { createStory } from "../client/story.js";
import { isDevChain } from "../devKeys.js";
import { cliError } from "../errors.js";
import type { GivenFlags } from "../readSettings.js";

const DEPOSIT_WEI = parseEther("1");
const WITHDRAWAL_WEI = parseEther("0.5");
/** An account without a key: what it has on L1 at the end came from the withdrawal. */
const RECIPIENT = "0x00000000000000000000000000000000000f07ea";
const NO_CALL = { data: "0x", gas: 100_000n } as const;

/** `fovea demo withdrawal`: money goes from L1 to L2 and comes back, against the running development server. */
export async function demoWithdrawal(
  flags: GivenFlags & SignerFlags & { json?: boolean },
): Promise<void> {
  const client = await connectRollup(flags);
  const { l1ChainId } = client.contracts;
  if (!isDevChain(l1ChainId)) {
    throw cliError(
      "CLI_USAGE",
      `The demo spends money, and L1 chain ${l1ChainId} is no development chain; use \`fovea deposit\` and \`fovea withdraw\` there.`,
    );
  }
  const account = chooseAccount(flags, process.env, l1ChainId);
  const story = createStory(flags.json === true);
  const balance = () => client.l1.getBalance({ address: RECIPIENT });
  const before = await balance();
  story.say(
    `${nameOf(account)} takes ${formatEther(DEPOSIT_WEI)} ETH to L2 and sends half of it back to L1.`,
  );

  story.say("\n1. The deposit is a call of the portal on L1. The sequencer must include it.");
  const { l1Receipt, l2Hash } = await sendDeposit(client, account, {
    to: account.address.toLowerCase() as `0x${string}`,
    value: DEPOSIT_WEI,
    data: "0x",
    gas: undefined,
  });
  story.step("deposited", `on L1 in block ${l1Receipt.blockNumber}`, {
    l1Hash: l1Receipt.transactionHash,
    l2Hash,
  });
  const arrived = await client.l2
    .waitForTransactionReceipt({ hash: l2Hash, timeout: 60_000 })
    .catch((error) => {
      throw explainChainError(error, "The deposit's receipt on L2");
    });
  story.step("arrived", `on L2 in block ${arrived.blockNumber}   transaction ${l2Hash}`, {
    l2BlockNumber: Number(arrived.blockNumber),
  });

  story.say(
    "\n2. The withdrawal is a message on L2. L1 believes it when a proposal's output root proves it.",
  );
  const found = await initiateWithdrawal(client, account, {
    to: RECIPIENT,
    value: WITHDRAWAL_WEI,
    ...NO_CALL,
  });
  story.step("initiated", `on L2 in block ${found.receipt.blockNumber}`, {
    l2Hash: found.receipt.transactionHash,
    withdrawalHash: found.hash,
  });
  story.say(
    "\n3. The batcher posts the block, the proposer its root; we prove, wait, and finalize.",
  );
  const result = await driveWithdrawal(client, account, found, story, {
    goal: "finalized",
    mayProve: true,
    wait: true,
    timeoutMs: undefined,
  });
  const gained = (await balance()) - before;
  story.say(
    `\n${RECIPIENT} has ${formatEther(gained)} ETH more on L1 than ${story.elapsedSec()} s ago. No step trusted the server: each was checked against L1.`,
  );
  if (flags.json) story.step("result", "", { ...result, to: RECIPIENT, gainedWei: gained });
}
