import { afterAll, afterEach, beforeEach, expect } from "@jest/globals";
import { encodeFunctionData, parseEventLogs } from "viem";
import { BlockOracleHarness } from "../../../src/contracts/generated/BlockOracleHarness.js";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { WithdrawalTarget } from "../../../src/contracts/generated/WithdrawalTarget.js";
import { outputRoot } from "../../../src/protocol/outputRoot.js";
import { encodeProposalExtraData, GENESIS_PARENT_INDEX } from "../../../src/protocol/proposal.js";
import { withdrawalHash } from "../../../src/protocol/withdrawal.js";
import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  ZERO_HASH,
} from "../../../src/util/hex.js";
import { type ContractCall, startAnvil } from "../../helpers/anvil.js";
import { fakeBoundary } from "../../helpers/fakeBoundary.js";
import { deployL1, L1_PARAMETERS } from "../../helpers/l1Deployment.js";
import { buildSentMessages } from "../../helpers/trieProof.js";

export const { periodSeconds, challengePeriodSeconds, proofMaturityDelaySeconds } = L1_PARAMETERS;
export const FINALITY = L1_PARAMETERS.disputeGameFinalityDelaySeconds;
export const ETH = 10n ** 18n;
export const L2_SENDER = "0x00000000000000000000000000000000000000cc";
export const NO_SENDER = "0x000000000000000000000000000000000000dEaD";
export const STATE_ROOT = `0x${"aa".repeat(32)}` as Hash;
export const BLOCK_HASH = `0x${"bb".repeat(32)}` as Hash;

export interface Withdrawal {
  nonce: bigint;
  sender: Address;
  target: Address;
  value: bigint;
  gasLimit: bigint;
  data: Hex;
}

/** An L1 of its own, with one closed period, stakers and a funded portal; every test starts from the same state. */
export const anvil = await startAnvil();
export const l1 = await deployL1(anvil, BlockOracleHarness);
export const target = await anvil.deploy(WithdrawalTarget);
export const [proposer, user, other] = anvil.accounts.slice(2, 5) as [Address, Address, Address];

export async function appendEntry(): Promise<void> {
  const last = await anvil.client.getBlockNumber();
  const { hash } = await anvil.client.getBlock({ blockNumber: last });
  const args = [0n, ZERO_HASH, last, last, hash, 0n, "0x01"];
  await anvil.send({ ...l1.sequencerFeed, functionName: "append", args, from: l1.batcher });
}

export async function passSeconds(seconds: bigint): Promise<void> {
  const { timestamp } = await anvil.client.getBlock();
  await anvil.client.setNextBlockTimestamp({ timestamp: timestamp + seconds });
  await anvil.client.mine({ blocks: 1 });
}

export const hashOf = (w: Withdrawal) => withdrawalHash({ ...w, data: fromHex(w.data) });
export const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.portal, functionName, args });
export const errorOf = async (call: ContractCall) => (await anvil.revertOf(call)).name;
export const onOracle = (functionName: string, ...args: unknown[]) => ({
  ...l1.oracle,
  functionName,
  args,
});
/** A number that target keeps about its last call. */
export const noted = <R>(functionName: string) => anvil.read<R>({ ...target, functionName });

let nonce = 0n;
export function withdrawal(functionName = "note", changes: Partial<Withdrawal> = {}): Withdrawal {
  nonce++;
  const args = functionName === "reenter" ? ["0x"] : [];
  return {
    nonce: (1n << 240n) + nonce,
    sender: L2_SENDER,
    target: target.address,
    value: 0n,
    gasLimit: 100_000n,
    data: encodeFunctionData({ abi: target.abi, functionName, args }),
    ...changes,
  };
}

export interface Outputs {
  messagePasserStorageRoot: Hash;
  proofOf(hash: Hash): Promise<Hex[]>;
}

/** Proposes the output root of a block in which these withdrawals were made, and passes to the next second. */
export async function propose(withdrawals: Withdrawal[], from = proposer): Promise<Outputs> {
  const trie = await buildSentMessages(withdrawals.map(hashOf));
  await proposeRoot(trie.root, from);
  await passSeconds(1n);
  return { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
}

export async function proposeRoot(messagePasserStorageRoot: Hash, from = proposer): Promise<void> {
  const root = outputRoot({
    stateRoot: STATE_ROOT,
    messagePasserStorageRoot,
    blockHash: BLOCK_HASH,
  });
  const machine = fakeBoundary(root, 5n, 1n);
  const extraData = encodeProposalExtraData({
    l2BlockNumber: 5n,
    parentIndex: GENESIS_PARENT_INDEX,
    feedEnd: 1n,
    feedTipHash: await anvil.read<Hash>({ ...l1.sequencerFeed, functionName: "lastHash" }),
    machineRoot: machine.root,
  });
  await anvil.send({
    ...onOracle("createWithProof", 7001, root, toHex(extraData), machine.proof),
    from,
  });
}

export const outputRootProof = (messagePasserStorageRoot: Hash) => ({
  version: ZERO_HASH,
  stateRoot: STATE_ROOT,
  messagePasserStorageRoot,
  latestBlockhash: BLOCK_HASH,
});

export async function proving(w: Withdrawal, outputs: Outputs, index = 0n, from = user) {
  const words = outputRootProof(outputs.messagePasserStorageRoot);
  const args = [w, index, words, await outputs.proofOf(hashOf(w))];
  return { ...l1.portal, functionName: "proveWithdrawalTransaction", args, from };
}
export const finalizing = (w: Withdrawal, from = user) => ({
  ...l1.portal,
  functionName: "finalizeWithdrawalTransaction",
  args: [w],
  from,
});
export const checking = (w: Withdrawal, submitter = user) => ({
  ...l1.portal,
  functionName: "checkWithdrawal",
  args: [hashOf(w), submitter],
});

/** Proposes, proves and passes all delays. */
export async function prepare(...withdrawals: Withdrawal[]): Promise<Outputs> {
  const outputs = await propose(withdrawals);
  for (const w of withdrawals) await anvil.send(await proving(w, outputs));
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(onOracle("resolveProposal", 0n));
  await passSeconds(FINALITY + 1n);
  return outputs;
}

/** Finalizes and tells whether the call succeeded. */
export async function finalize(w: Withdrawal, gas = 1_000_000n): Promise<boolean> {
  const receipt = await anvil.send({ ...finalizing(w), gas });
  const events = parseEventLogs({ abi: OptimismPortal.abi, logs: receipt.logs });
  const event = events.find((e) => e.eventName === "WithdrawalFinalized");
  if (event?.eventName !== "WithdrawalFinalized") throw new Error("not finalized");
  expect(event.args.withdrawalHash).toBe(hashOf(w));
  return event.args.success;
}

await anvil.send({ ...l1.portal, functionName: "donateETH", value: 10n * ETH });
for (const from of [proposer, other]) {
  const value = L1_PARAMETERS.stakeWei;
  await anvil.send({ ...l1.oracle, functionName: "stake", value, from });
}
await appendEntry();
await passSeconds(periodSeconds * 2n);

let snapshot: Hex;
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());
