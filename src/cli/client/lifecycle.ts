import type { TransactionReceipt } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { getL2TransactionHashes, getWithdrawals } from "viem/op-stack";
import { type Address, type Hash, ZERO_ADDRESS } from "../../util/hex.js";
import { cliError } from "../errors.js";
import { fetchJson } from "../findServer.js";
import { findAgreeingProposal } from "./proposals.js";
import type { RollupClient } from "./rollupClient.js";
import { findWithdrawal, readWithdrawalState } from "./withdrawals.js";

/** One stage of a transaction's life. */
export interface LifecycleStep {
  name: "deposited" | "pool" | "unsafe" | "safe" | "finalized" | "proposed" | "confirmed";
  isReached: boolean;
  text: string;
  l1Hash?: Hash;
}

/** A transaction's life so far. */
export interface Lifecycle {
  l2Hash: Hash;
  /** The furthest stage. */
  status: LifecycleStep["name"];
  /** Null while it is in no block. */
  isSuccess: boolean | null;
  l2BlockNumber: number | null;
  /** The batch that carried it to L1, if the server keeps an index of batches. */
  batch: { index: number; l1TxHash: Hash } | null;
  steps: LifecycleStep[];
  withdrawals: { withdrawalHash: Hash; stage: string; blockedBy: string | null }[];
}

/** What became of an L2 transaction, or of the deposit that an L1 transaction made. Errors: CLI_REFUSED (unknown). */
export async function readLifecycle(
  client: RollupClient,
  hash: Hash,
  account: Pick<PrivateKeyAccount, "address"> | undefined,
): Promise<Lifecycle> {
  const origin = await findOrigin(client, hash);
  const receipt = await client.l2
    .getTransactionReceipt({ hash: origin.l2Hash })
    .catch(() => undefined);
  const stages = receipt && (await readStages(client, origin.l2Hash, receipt.blockNumber));
  const inBlock: LifecycleStep[] =
    receipt && stages
      ? toSteps(receipt, stages)
      : [{ name: "unsafe", isReached: false, text: "waits for an L2 block" }];
  const steps = [...origin.steps, ...inBlock];
  const reached = steps.filter(({ isReached }) => isReached);
  return {
    l2Hash: origin.l2Hash,
    status: reached.at(-1)?.name ?? "pool",
    isSuccess: receipt === undefined ? null : receipt.status === "success",
    l2BlockNumber: receipt === undefined ? null : Number(receipt.blockNumber),
    batch: stages?.batch ?? null,
    steps,
    withdrawals:
      receipt === undefined
        ? []
        : await readWithdrawals(client, receipt, (account?.address ?? ZERO_ADDRESS) as Address),
  };
}

/** The L2 hash, and how it came to be: from the pool, or from a deposit on L1. */
async function findOrigin(
  { l1, l2 }: RollupClient,
  hash: Hash,
): Promise<{ l2Hash: Hash; steps: LifecycleStep[] }> {
  const found = await l2.getTransaction({ hash }).catch(() => undefined);
  if (found !== undefined) {
    const isDeposit = (found.type as string) === "deposit";
    const text = isDeposit ? "made by a deposit on L1" : "taken into the pool of the server";
    return { l2Hash: hash, steps: [{ name: "pool", isReached: true, text }] };
  }
  const l1Receipt = await l1.getTransactionReceipt({ hash }).catch(() => undefined);
  const [l2Hash] = l1Receipt === undefined ? [] : getL2TransactionHashes(l1Receipt);
  if (l1Receipt !== undefined && l2Hash !== undefined) {
    const text = `deposited on L1 in block ${l1Receipt.blockNumber}; on L2 it is ${l2Hash}`;
    return { l2Hash, steps: [{ name: "deposited", isReached: true, text, l1Hash: hash }] };
  }
  throw cliError(
    "CLI_REFUSED",
    l1Receipt === undefined
      ? `Neither layer knows a transaction ${hash}; it was never sent here, or was dropped from the pool.`
      : `${hash} is an L1 transaction, but it made no deposit.`,
  );
}

/** Stages as the REST API names them, with ours. */
const TOLD_AS = {
  safe: "safe",
  finalized: "finalized",
  proposed: "proposed",
  confirmed: "finalizable",
} as const;

/** The part of the REST API's lifecycle that is used here. */
interface ToldLifecycle {
  hash: Hash;
  batch: { index: number; l1TxHash: Hash } | null;
  proposal: { index: number } | null;
  steps: { name: string; done: boolean; etaSec: number | null }[];
}

/** How far a transaction in a block is. */
interface Stages {
  batch: ToldLifecycle["batch"];
  proposalIndex: number | undefined;
  isReached: Record<keyof typeof TOLD_AS, boolean>;
  etaSec: Partial<Record<keyof typeof TOLD_AS, number>>;
}

/** What the server's index tells; without one, what the chains say, where nobody can tell batches and times. */
async function readStages(
  client: RollupClient,
  l2Hash: Hash,
  blockNumber: bigint,
): Promise<Stages> {
  const url = `${client.l2Url}/api/v1/transactions/${l2Hash}/lifecycle`;
  const told = (await fetchJson(url).catch(() => undefined)) as ToldLifecycle | undefined;
  // A problem has no hash.
  return told?.hash === undefined ? stagesOnChain(client, blockNumber) : toStages(told);
}

function toStages({ batch, proposal, steps }: ToldLifecycle): Stages {
  const isReached = { safe: false, finalized: false, proposed: false, confirmed: false };
  const etaSec: Stages["etaSec"] = {};
  for (const name of Object.keys(TOLD_AS) as (keyof typeof TOLD_AS)[]) {
    const step = steps.find((one) => one.name === TOLD_AS[name]);
    isReached[name] = step?.done ?? false;
    if (typeof step?.etaSec === "number") etaSec[name] = step.etaSec;
  }
  return { batch, proposalIndex: proposal?.index, isReached, etaSec };
}

async function stagesOnChain(client: RollupClient, blockNumber: bigint): Promise<Stages> {
  const [safe, finalized, proposal] = await Promise.all([
    client.l2.getBlock({ blockTag: "safe" }).catch(() => undefined),
    client.l2.getBlock({ blockTag: "finalized" }).catch(() => undefined),
    findAgreeingProposal(client, blockNumber),
  ]);
  const covers = (head: { number: bigint } | undefined) =>
    head !== undefined && head.number >= blockNumber;
  return {
    batch: null,
    proposalIndex: proposal && Number(proposal.index),
    isReached: {
      safe: covers(safe),
      finalized: covers(finalized),
      proposed: proposal !== undefined,
      confirmed: proposal?.status === "confirmed",
    },
    etaSec: {},
  };
}

function toSteps(receipt: TransactionReceipt, stages: Stages): LifecycleStep[] {
  const { batch, proposalIndex, isReached, etaSec } = stages;
  const outcome = receipt.status === "success" ? "succeeded" : "reverted";
  const step = (name: keyof typeof TOLD_AS, done: string, open: string): LifecycleStep => {
    const eta = etaSec[name] === undefined ? "" : `, about ${etaSec[name]} s`;
    return { name, isReached: isReached[name], text: isReached[name] ? done : `${open}${eta}` };
  };
  const carrier = batch ? `: batch ${batch.index}, L1 transaction ${batch.l1TxHash}` : "";
  const { blockNumber, blockHash } = receipt;
  return [
    {
      name: "unsafe",
      isReached: true,
      text: `${outcome} in L2 block ${blockNumber} (${blockHash})`,
    },
    step("safe", `its block is on L1 (safe)${carrier}`, "waits for its batch on L1 (safe)"),
    step("finalized", "the L1 block with its batch is final", "waits for L1 to finalize the batch"),
    step(
      "proposed",
      `proposal ${proposalIndex} covers its block, and the server's node agrees`,
      "waits for a proposal that covers its block",
    ),
    step(
      "confirmed",
      `proposal ${proposalIndex} is confirmed on L1`,
      "waits for the proposal's confirmation",
    ),
  ];
}

async function readWithdrawals(client: RollupClient, receipt: TransactionReceipt, own: Address) {
  const all = getWithdrawals(receipt);
  return Promise.all(
    all.map(async ({ withdrawalHash }, index) => {
      const found = await findWithdrawal(client, receipt.transactionHash, index);
      const state = await readWithdrawalState(client, found, own);
      const blockedBy = state.stage === "waiting-to-finalize" ? state.blockedBy : null;
      return { withdrawalHash: withdrawalHash as Hash, stage: state.stage, blockedBy };
    }),
  );
}
