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
  const told = await fetchToldLifecycle(client, origin.l2Hash);
  const steps = [...origin.steps, ...(await readSteps(client, receipt, told))];
  const reached = steps.filter(({ isReached }) => isReached);
  return {
    l2Hash: origin.l2Hash,
    status: reached.at(-1)?.name ?? "pool",
    isSuccess: receipt === undefined ? null : receipt.status === "success",
    l2BlockNumber: receipt === undefined ? null : Number(receipt.blockNumber),
    batch: told.batch ?? null,
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

/** What only the server's index knows. */
interface ToldLifecycle {
  batch?: { index: number; l1TxHash: Hash } | null;
  steps?: { name: string; etaSec: number | null }[];
}

/** The server's own view; empty where its index does not run or does not know. */
async function fetchToldLifecycle({ l2Url }: RollupClient, l2Hash: Hash): Promise<ToldLifecycle> {
  const told = (await fetchJson(`${l2Url}/api/v1/transactions/${l2Hash}/lifecycle`).catch(
    () => undefined,
  )) as (ToldLifecycle & { hash?: Hash }) | undefined;
  // A problem has no hash.
  return told?.hash === undefined ? {} : told;
}

async function readSteps(
  client: RollupClient,
  receipt: TransactionReceipt | undefined,
  told: ToldLifecycle,
): Promise<LifecycleStep[]> {
  if (receipt === undefined) {
    return [{ name: "unsafe", isReached: false, text: "waits for an L2 block" }];
  }
  const { blockNumber, blockHash } = receipt;
  const [safe, finalized, proposal] = await Promise.all([
    client.l2.getBlock({ blockTag: "safe" }).catch(() => undefined),
    client.l2.getBlock({ blockTag: "finalized" }).catch(() => undefined),
    findAgreeingProposal(client, blockNumber),
  ]);
  const outcome = receipt.status === "success" ? "succeeded" : "reverted";
  const covers = (head: { number: bigint } | undefined) =>
    head !== undefined && head.number >= blockNumber;
  const step = (name: LifecycleStep["name"], isReached: boolean, done: string, open: string) => {
    const etaSec = told.steps?.find((one) => one.name === name)?.etaSec;
    const eta = typeof etaSec === "number" ? `, about ${etaSec} s` : "";
    return { name, isReached, text: isReached ? done : `${open}${eta}` };
  };
  const { batch } = told;
  const carrier = batch ? `: batch ${batch.index}, L1 transaction ${batch.l1TxHash}` : "";
  return [
    step("unsafe", true, `${outcome} in L2 block ${blockNumber} (${blockHash})`, ""),
    step(
      "safe",
      covers(safe),
      `its block is on L1 (safe)${carrier}`,
      "waits for its batch on L1 (safe)",
    ),
    step(
      "finalized",
      covers(finalized),
      "the L1 block with its batch is final",
      "waits for L1 to finalize the batch",
    ),
    step(
      "proposed",
      proposal !== undefined,
      `proposal ${proposal?.index} covers its block, and the server's node agrees`,
      "waits for a proposal that covers its block",
    ),
    step(
      "confirmed",
      proposal?.status === "confirmed",
      `proposal ${proposal?.index} is confirmed on L1`,
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
