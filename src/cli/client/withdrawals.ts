import { encodePacked, keccak256, type TransactionReceipt } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { buildProveWithdrawal, getWithdrawals } from "viem/op-stack";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import { OptimismPortal } from "../../contracts/generated/OptimismPortal.js";
import { type Address, type Hash, type Hex, ZERO_ADDRESS } from "../../util/hex.js";
import { cliError } from "../errors.js";
import { type CheckedProposal, findAgreeingProposal } from "./proposals.js";
import type { RollupClient } from "./rollupClient.js";
import { sendCall } from "./send.js";

type Withdrawal = ReturnType<typeof getWithdrawals>[number];

/** A withdrawal and the L2 transaction that began it. */
export interface FoundWithdrawal {
  withdrawal: Withdrawal;
  hash: Hash;
  receipt: TransactionReceipt;
  /** Which of the withdrawals of its transaction. */
  index: number;
}

/** Where a withdrawal stands, read from the contracts and not from revert reasons. */
export type WithdrawalState =
  | { stage: "waiting-for-proposal"; isSafe: boolean }
  | { stage: "provable"; proposal: CheckedProposal }
  | {
      stage: "waiting-to-finalize";
      submitter: Address;
      blockedBy: string;
      validFrom: bigint | null;
    }
  | { stage: "finalizable"; submitter: Address }
  | { stage: "finalized" };

/** The withdrawal of an L2 transaction. Errors: CLI_REFUSED (unknown or reverted, none in it), CLI_USAGE (no such index). */
export async function findWithdrawal(
  { l2 }: RollupClient,
  l2Hash: Hash,
  index = 0,
): Promise<FoundWithdrawal> {
  const receipt = await l2.getTransactionReceipt({ hash: l2Hash }).catch((cause) => {
    throw cliError(
      "CLI_REFUSED",
      `No L2 transaction ${l2Hash} is known here; give the hash that \`npx fovea withdraw\` printed.`,
      cause,
    );
  });
  const all = getWithdrawals(receipt);
  const withdrawal = all[index];
  if (withdrawal !== undefined) {
    return { withdrawal, hash: withdrawal.withdrawalHash.toLowerCase() as Hash, receipt, index };
  }
  throw all.length === 0
    ? cliError("CLI_REFUSED", `The L2 transaction ${l2Hash} began no withdrawal.`)
    : cliError(
        "CLI_USAGE",
        `The L2 transaction ${l2Hash} began ${all.length} withdrawals; --index goes from 0 to ${all.length - 1}.`,
      );
}

/** Where a withdrawal stands. With several proofs, the one that is furthest counts; our own before others. */
export async function readWithdrawalState(
  client: RollupClient,
  { hash, receipt }: FoundWithdrawal,
  own: Address,
): Promise<WithdrawalState> {
  const portal = { address: client.contracts.portal, abi: OptimismPortal.abi } as const;
  const isFinalized = await client.l1.readContract({
    ...portal,
    functionName: "finalizedWithdrawals",
    args: [hash],
  });
  if (isFinalized) return { stage: "finalized" };
  const submitters = await readSubmitters(client, hash, own);
  let waiting: WithdrawalState | undefined;
  for (const submitter of submitters) {
    const state = await readProofState(client, hash, submitter);
    if (state?.stage === "finalizable") return state;
    waiting ??= state;
  }
  if (waiting !== undefined) return waiting;
  const proposal = await findAgreeingProposal(client, receipt.blockNumber);
  if (proposal !== undefined) return { stage: "provable", proposal };
  const safe = await client.l2.getBlock({ blockTag: "safe" }).catch(() => undefined);
  const isSafe = safe !== undefined && safe.number >= receipt.blockNumber;
  return { stage: "waiting-for-proposal", isSafe };
}

/** Proves a withdrawal against a proposal; the proof is checked here before it costs gas. Errors: CLI_REFUSED. */
export async function proveWithdrawal(
  client: RollupClient,
  account: PrivateKeyAccount,
  { withdrawal }: FoundWithdrawal,
  proposal: CheckedProposal,
): Promise<TransactionReceipt> {
  const request = await buildProveWithdrawal(client.l2, {
    withdrawal,
    output: { l2BlockNumber: proposal.l2BlockNumber, outputIndex: proposal.index },
  } as never);
  const { outputRootProof, withdrawalProof } = request as unknown as {
    outputRootProof: Record<"version" | "stateRoot" | "messagePasserStorageRoot", Hex> & {
      latestBlockhash: Hex;
    };
    withdrawalProof: Hex[];
  };
  const { version, stateRoot, messagePasserStorageRoot, latestBlockhash } = outputRootProof;
  const words = [version, stateRoot, messagePasserStorageRoot, latestBlockhash] as const;
  const root = keccak256(encodePacked(["bytes32", "bytes32", "bytes32", "bytes32"], words));
  if (root !== proposal.rootClaim) {
    throw cliError(
      "CLI_REFUSED",
      `The server's block ${proposal.l2BlockNumber} does not hash to the root of proposal ${proposal.index}; try again when it has followed L1.`,
    );
  }
  return sendCall(client.l1, account, {
    address: client.contracts.portal,
    abi: OptimismPortal.abi,
    functionName: "proveWithdrawalTransaction",
    args: [plain(withdrawal), proposal.index, outputRootProof, withdrawalProof],
  });
}

/** Finalizes a withdrawal that `submitter` has proven. Errors: CLI_REFUSED. */
export async function finalizeWithdrawal(
  client: RollupClient,
  account: PrivateKeyAccount,
  { withdrawal }: FoundWithdrawal,
  submitter: Address,
): Promise<{ receipt: TransactionReceipt; isCallSuccessful: boolean }> {
  const receipt = await sendCall(client.l1, account, {
    address: client.contracts.portal,
    abi: OptimismPortal.abi,
    functionName: "finalizeWithdrawalTransactionExternalProof",
    args: [plain(withdrawal), submitter],
  });
  // WithdrawalFinalized(bytes32 indexed, bool): the call may fail, and the withdrawal is final all the same.
  const event = receipt.logs.find(
    ({ address, topics, data }) =>
      address.toLowerCase() === client.contracts.portal.toLowerCase() &&
      topics[1] === withdrawal.withdrawalHash &&
      data.length === 66,
  );
  return { receipt, isCallSuccessful: event !== undefined && BigInt(event.data) === 1n };
}

function plain({ nonce, sender, target, value, gasLimit, data }: Withdrawal) {
  return { nonce, sender, target, value, gasLimit, data };
}

async function readSubmitters(
  { l1, contracts }: RollupClient,
  hash: Hash,
  own: Address,
): Promise<Address[]> {
  const portal = { address: contracts.portal, abi: OptimismPortal.abi } as const;
  const count = await l1.readContract({
    ...portal,
    functionName: "numProofSubmitters",
    args: [hash],
  });
  // Anybody may prove anything again and again: only the first of them are looked at, and our own.
  const indexes = Array.from({ length: Math.min(Number(count), 20) }, (_, i) => BigInt(i));
  const listed = await Promise.all(
    indexes.map((index) =>
      l1.readContract({ ...portal, functionName: "proofSubmitters", args: [hash, index] }),
    ),
  );
  return [...new Set([own, ...listed].map((address) => address.toLowerCase() as Address))];
}

/** Undefined if this account has proven nothing, or against a proposal that was lost. */
async function readProofState(
  { l1, contracts }: RollupClient,
  hash: Hash,
  submitter: Address,
): Promise<WithdrawalState | undefined> {
  const portal = { address: contracts.portal, abi: OptimismPortal.abi } as const;
  const oracle = { address: contracts.blockOracle, abi: BlockOracle.abi } as const;
  const [proposal, provenAt] = await l1.readContract({
    ...portal,
    functionName: "provenWithdrawals",
    args: [hash, submitter],
  });
  if (proposal === ZERO_ADDRESS || provenAt === 0n) return undefined;
  const args = [proposal] as const;
  const [isProper, isResolved, isFinal, maturity, { timestamp: now }] = await Promise.all([
    l1.readContract({ ...oracle, functionName: "isGameProper", args }),
    l1.readContract({ ...oracle, functionName: "isGameResolved", args }),
    l1.readContract({ ...oracle, functionName: "isGameFinalized", args }),
    l1.readContract({ ...portal, functionName: "proofMaturityDelaySeconds" }),
    l1.getBlock(),
  ]);
  if (!isProper) return undefined;
  const waiting = { stage: "waiting-to-finalize", submitter } as const;
  const matureFrom = provenAt + maturity + 1n;
  if (!isResolved) {
    return { ...waiting, blockedBy: "the proposal's challenge period", validFrom: null };
  }
  if (!isFinal) {
    return {
      ...waiting,
      blockedBy: "the delay after the proposal's confirmation",
      validFrom: null,
    };
  }
  if (now < matureFrom) {
    return { ...waiting, blockedBy: "the proof's maturity delay", validFrom: matureFrom };
  }
  return { stage: "finalizable", submitter };
}
