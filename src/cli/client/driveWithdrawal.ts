import { formatEther } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { systemClock } from "../../util/clock.js";
import type { Address, Hash } from "../../util/hex.js";
import { isDevChain } from "../devKeys.js";
import { cliError } from "../errors.js";
import type { RollupClient } from "./rollupClient.js";
import type { Story } from "./story.js";
import {
  type FoundWithdrawal,
  finalizeWithdrawal,
  findWithdrawal,
  proveWithdrawal,
  readWithdrawalState,
  type WithdrawalState,
} from "./withdrawals.js";

/** How far to bring a withdrawal, and what may be done for it. */
export interface DriveOptions {
  goal: "proven" | "finalized";
  /** False: `finalize` alone, which proves nothing. */
  mayProve: boolean;
  /** False: what is not possible now is an error. */
  wait: boolean;
  /** Undefined: as long as it takes. */
  timeoutMs: number | undefined;
}

/** What was done. Hashes are null where nothing was to be done. */
export interface DriveResult {
  status: "proven" | "finalized";
  l2Hash: Hash;
  withdrawalHash: Hash;
  proposalIndex: bigint | null;
  proveHash: Hash | null;
  finalizeHash: Hash | null;
  /** Whether the call to the target worked; null if it was finalized before. */
  isCallSuccessful: boolean | null;
}

const DEV_POLL_MS = 500;
const POLL_MS = 6_000;

/**
 * Brings a withdrawal to its goal, stage by stage. A proof against a proposal that was lost is made again.
 * Errors: CLI_NOT_YET (without `wait`, or after the time), CLI_REFUSED.
 */
export async function driveWithdrawal(
  client: RollupClient,
  account: PrivateKeyAccount,
  given: FoundWithdrawal,
  story: Story,
  options: DriveOptions,
): Promise<DriveResult> {
  const deadline = options.timeoutMs === undefined ? undefined : Date.now() + options.timeoutMs;
  const pollMs = isDevChain(client.contracts.l1ChainId) ? DEV_POLL_MS : POLL_MS;
  const own = account.address.toLowerCase() as Address;
  let found = given;
  const result: DriveResult = {
    status: "proven",
    l2Hash: given.receipt.transactionHash,
    withdrawalHash: given.hash,
    proposalIndex: null,
    proveHash: null,
    finalizeHash: null,
    isCallSuccessful: null,
  };
  const announce = createAnnouncer(story);
  for (;;) {
    const state = await readWithdrawalState(client, found, own);
    announce(state);
    const isBeyondProof = !["waiting-for-proposal", "provable"].includes(state.stage);
    if (state.stage === "finalized") {
      if (result.finalizeHash === null) story.step("finalized", "finalized already");
      return { ...result, status: "finalized" };
    }
    if (isBeyondProof && options.goal === "proven") {
      if (result.proveHash === null) story.step("proven", "proven already");
      return result;
    }
    if (state.stage === "provable") {
      if (!options.mayProve) throw notYet(state, found);
      const receipt = await proveWithdrawal(client, account, found, state.proposal);
      result.proveHash = receipt.transactionHash;
      result.proposalIndex = state.proposal.index;
      story.step("proven", `proven on L1   transaction ${receipt.transactionHash}`, {
        l1Hash: receipt.transactionHash,
        proposalIndex: state.proposal.index,
      });
      continue;
    }
    if (state.stage === "finalizable") {
      const done = await finalizeWithdrawal(client, account, found, state.submitter);
      result.finalizeHash = done.receipt.transactionHash;
      result.isCallSuccessful = done.isCallSuccessful;
      story.step("finalized", describeFinalized(found, done), {
        l1Hash: result.finalizeHash,
        isCallSuccessful: done.isCallSuccessful,
      });
      return { ...result, status: "finalized" };
    }
    if (!options.wait) throw notYet(state, found);
    if (deadline !== undefined && Date.now() > deadline) throw notYet(state, found);
    await systemClock.sleep(pollMs);
    // A reorg may have moved it to another block.
    found = await findWithdrawal(client, result.l2Hash, given.index).catch(() => found);
  }
}

/** Tells each stage once. */
function createAnnouncer(story: Story): (state: WithdrawalState) => void {
  const told = new Set<string>();
  const once = (key: string, tell: () => void) => {
    if (!told.has(key)) tell();
    told.add(key);
  };
  return (state) => {
    switch (state.stage) {
      case "waiting-for-proposal":
        if (!state.isSafe) return once("batch", () => story.wait("its block is batched to L1"));
        once("safe", () => story.step("safe", "safe: its block is on L1"));
        return once("proposal", () => story.wait("a proposal covers its block"));
      case "provable": {
        const { index, l2BlockNumber } = state.proposal;
        once("safe", () => story.step("safe", "safe: its block is on L1"));
        return once(`provable ${index}`, () =>
          story.step(
            "provable",
            `provable: proposal ${index} covers it up to L2 block ${l2BlockNumber}, and the server's node agrees`,
            { proposalIndex: index, l2BlockNumber },
          ),
        );
      }
      case "waiting-to-finalize": {
        const until =
          state.validFrom === null
            ? ""
            : `, over at ${new Date(Number(state.validFrom) * 1000).toISOString()}`;
        return once(state.blockedBy, () => story.wait(`${state.blockedBy}${until}`));
      }
      case "finalizable":
        return once("finalizable", () =>
          story.step("finalizable", "finalizable: its proposal is confirmed, its delays are over"),
        );
    }
  };
}

function describeFinalized(
  { withdrawal }: FoundWithdrawal,
  done: { receipt: { transactionHash: Hash }; isCallSuccessful: boolean },
): string {
  const what = done.isCallSuccessful
    ? `${formatEther(withdrawal.value)} ETH paid to ${withdrawal.target}`
    : `but the call to ${withdrawal.target} failed, and cannot be repeated`;
  return `finalized: ${what}   transaction ${done.receipt.transactionHash}`;
}

function notYet(state: WithdrawalState, { receipt }: FoundWithdrawal) {
  const hash = receipt.transactionHash;
  const reasons: Record<string, string> = {
    "waiting-for-proposal": `It cannot be proven yet: no proposal covers its block ${receipt.blockNumber} and has our node's agreement; add --wait, or try again later.`,
    provable: `It is not proven yet; run \`npx fovea prove ${hash}\` first.`,
    "waiting-to-finalize": `It cannot be finalized yet: ${state.stage === "waiting-to-finalize" ? state.blockedBy : ""} is not over; add --wait, or try again later.`,
  };
  return cliError("CLI_NOT_YET", reasons[state.stage] ?? "It is not ready yet.");
}
