import { formatEther } from "viem";
import { type DriveResult, driveWithdrawal } from "../client/driveWithdrawal.js";
import { initiateWithdrawal } from "../client/initiateWithdrawal.js";
import { parseAddress, parseAmount, parseData, parseHash, parseInteger } from "../client/parse.js";
import { connectRollup } from "../client/rollupClient.js";
import { chooseAccount, nameOf, type SignerFlags } from "../client/signer.js";
import { createStory, type Story } from "../client/story.js";
import { findWithdrawal } from "../client/withdrawals.js";
import { print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** What the command line says. */
export interface WithdrawFlags extends SignerFlags {
  to?: string;
  value: string;
  data?: string;
  gas?: string;
  wait?: boolean;
  timeout?: string;
  json?: boolean;
}

/** A plain transfer and a small wallet contract need less. */
const DEFAULT_CALL_GAS = 100_000;

/** `fovea withdraw`: ETH, and a call, from L2 to L1; with `--wait` all the way until it is finalized there. */
export async function withdraw(flags: GivenFlags & WithdrawFlags): Promise<void> {
  const value = parseAmount("--value", flags.value);
  const to = flags.to === undefined ? undefined : parseAddress("--to", flags.to);
  const data = parseData("--data", flags.data);
  const gas = BigInt(parseInteger("--gas", flags.gas ?? String(DEFAULT_CALL_GAS)));
  const timeoutMs = readTimeout(flags.timeout);
  const client = await connectRollup(flags);
  const account = chooseAccount(flags, process.env, client.contracts.l1ChainId);
  const recipient = to ?? (account.address.toLowerCase() as `0x${string}`);
  const story = chooseStory(flags);
  story.say(`withdraw ${formatEther(value)} ETH   ${nameOf(account)} on L2 → ${recipient} on L1`);

  const found = await initiateWithdrawal(client, account, { to: recipient, value, data, gas });
  const l2Hash = found.receipt.transactionHash;
  const l2BlockNumber = Number(found.receipt.blockNumber);
  story.step("initiated", `initiated in L2 block ${l2BlockNumber}   transaction ${l2Hash}`, {
    l2Hash,
    l2BlockNumber,
    withdrawalHash: found.hash,
  });
  const answer = { from: account.address, to: recipient, valueWei: value, l2BlockNumber };
  if (!flags.wait) {
    const begun = { ...answer, status: "initiated", l2Hash, withdrawalHash: found.hash };
    if (flags.json) return printJson(begun);
    return story.say(
      `Go on with \`npx fovea prove ${l2Hash} --wait\` and \`npx fovea finalize ${l2Hash} --wait\`.`,
    );
  }
  story.say(
    `          If this is interrupted: npx fovea prove ${l2Hash} --wait, then finalize in place of prove.`,
  );
  const result = await driveWithdrawal(client, account, found, story, {
    goal: "finalized",
    mayProve: true,
    wait: true,
    timeoutMs,
  });
  finish(story, flags, { ...answer, ...result });
}

/** What `prove` and `finalize` take. */
export interface ContinueFlags extends SignerFlags {
  index?: string;
  wait?: boolean;
  timeout?: string;
  json?: boolean;
}

/** `fovea prove` and `fovea finalize`: the second and the third transaction of a withdrawal, both on L1. */
export async function continueWithdrawal(
  hashText: string,
  goal: "proven" | "finalized",
  flags: GivenFlags & ContinueFlags,
): Promise<void> {
  const l2Hash = parseHash(hashText);
  const index = parseInteger("--index", flags.index ?? "0");
  const timeoutMs = readTimeout(flags.timeout);
  const client = await connectRollup(flags);
  const account = chooseAccount(flags, process.env, client.contracts.l1ChainId);
  const found = await findWithdrawal(client, l2Hash, index);
  const story = chooseStory(flags);
  const { value, target } = found.withdrawal;
  story.say(`withdrawal of ${formatEther(value)} ETH to ${target}   signed by ${nameOf(account)}`);
  const result = await driveWithdrawal(client, account, found, story, {
    goal,
    mayProve: goal === "proven",
    wait: flags.wait === true,
    timeoutMs,
  });
  finish(story, flags, { to: target, valueWei: value, ...result });
}

/** With `--json` and without `--wait` there is one document and no lines. */
function chooseStory(flags: { json?: boolean; wait?: boolean }): Story {
  const story = createStory(flags.json === true);
  return flags.json === true && flags.wait !== true
    ? { ...story, step: () => {}, wait: () => {} }
    : story;
}

function finish(
  story: Story,
  flags: { json?: boolean; wait?: boolean },
  result: DriveResult & Record<string, unknown>,
): void {
  // The withdrawal is final, but not what its owner wanted.
  if (result.isCallSuccessful === false) process.exitCode = 65;
  if (flags.json !== true) print(`${result.status} after ${story.elapsedSec()} s`);
  else if (flags.wait === true) story.step("result", "", result);
  else printJson(result);
}

/** Units: seconds on the command line. */
function readTimeout(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInteger("--timeout", text, 1) * 1000;
}
