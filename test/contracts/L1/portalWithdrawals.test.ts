import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  encodeErrorResult,
  encodeFunctionData,
  parseEventLogs,
  stringToHex,
  toHex as toHexValue,
} from "viem";
import { BlockOracleHarness } from "../../../src/contracts/generated/BlockOracleHarness.js";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { WithdrawalTarget } from "../../../src/contracts/generated/WithdrawalTarget.js";
import { outputRoot } from "../../../src/protocol/outputRoot.js";
import { encodeProposalExtraData, GENESIS_PARENT_INDEX } from "../../../src/protocol/proposal.js";
import { sentMessageSlot, withdrawalHash } from "../../../src/protocol/withdrawal.js";
import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  ZERO_HASH,
} from "../../../src/util/hex.js";
import {
  type Contract,
  type ContractCall,
  startAnvil,
  type TestAnvil,
} from "../../helpers/anvil.js";
import { deployL1, L1_PARAMETERS, type L1Deployment } from "../../helpers/l1Deployment.js";
import { buildSentMessages, buildTrie } from "../../helpers/trieProof.js";

const { periodSeconds, challengePeriodSeconds, proofMaturityDelaySeconds } = L1_PARAMETERS;
const FINALITY = L1_PARAMETERS.disputeGameFinalityDelaySeconds;
const ETH = 10n ** 18n;
const L2_SENDER = "0x00000000000000000000000000000000000000cc";
const NO_SENDER = "0x000000000000000000000000000000000000dEaD";
const STATE_ROOT = `0x${"aa".repeat(32)}` as Hash;
const BLOCK_HASH = `0x${"bb".repeat(32)}` as Hash;

interface Withdrawal {
  nonce: bigint;
  sender: Address;
  target: Address;
  value: bigint;
  gasLimit: bigint;
  data: Hex;
}

let anvil: TestAnvil;
let l1: L1Deployment;
let target: Contract;
let proposer: Address;
let user: Address;
let other: Address;
let snapshot: Hex;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil, BlockOracleHarness);
  target = await anvil.deploy(WithdrawalTarget);
  [proposer, user, other] = anvil.accounts.slice(2, 5) as [Address, Address, Address];
  await anvil.send({ ...l1.portal, functionName: "donateETH", value: 10n * ETH });
  const stake = { ...l1.oracle, functionName: "stake", value: L1_PARAMETERS.stakeWei };
  for (const from of [proposer, other]) await anvil.send({ ...stake, from });
  await appendEntry();
  await passSeconds(periodSeconds * 2n);
});
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());

async function appendEntry(): Promise<void> {
  const last = await anvil.client.getBlockNumber();
  const { hash } = await anvil.client.getBlock({ blockNumber: last });
  const args = [0n, ZERO_HASH, last, last, hash, 0n, "0x01"];
  await anvil.send({ ...l1.sequencerFeed, functionName: "append", args, from: l1.batcher });
}

async function passSeconds(seconds: bigint): Promise<void> {
  const { timestamp } = await anvil.client.getBlock();
  await anvil.client.setNextBlockTimestamp({ timestamp: timestamp + seconds });
  await anvil.client.mine({ blocks: 1 });
}

const hashOf = (w: Withdrawal) => withdrawalHash({ ...w, data: fromHex(w.data) });
const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.portal, functionName, args });
const errorOf = async (call: ContractCall) => (await anvil.revertOf(call)).name;
const onOracle = (functionName: string, ...args: unknown[]) => ({
  ...l1.oracle,
  functionName,
  args,
});
/** A number that target keeps about its last call. */
const noted = <R>(functionName: string) => anvil.read<R>({ ...target, functionName });

let nonce = 0n;
function withdrawal(functionName = "note", changes: Partial<Withdrawal> = {}): Withdrawal {
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

interface Outputs {
  messagePasserStorageRoot: Hash;
  proofOf(hash: Hash): Promise<Hex[]>;
}

/** Proposes the output root of a block in which these withdrawals were made, and passes to the next second. */
async function propose(withdrawals: Withdrawal[], from = proposer): Promise<Outputs> {
  const trie = await buildSentMessages(withdrawals.map(hashOf));
  await proposeRoot(trie.root, from);
  await passSeconds(1n);
  return { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
}

async function proposeRoot(messagePasserStorageRoot: Hash, from = proposer): Promise<void> {
  const root = outputRoot({
    stateRoot: STATE_ROOT,
    messagePasserStorageRoot,
    blockHash: BLOCK_HASH,
  });
  const extraData = encodeProposalExtraData({
    l2BlockNumber: 5n,
    parentIndex: GENESIS_PARENT_INDEX,
    feedEnd: 1n,
    feedTipHash: await anvil.read<Hash>({ ...l1.sequencerFeed, functionName: "lastHash" }),
    machineRoot: ZERO_HASH,
  });
  await anvil.send({ ...onOracle("create", 7001, root, toHex(extraData)), from });
}

const outputRootProof = (messagePasserStorageRoot: Hash) => ({
  version: ZERO_HASH,
  stateRoot: STATE_ROOT,
  messagePasserStorageRoot,
  latestBlockhash: BLOCK_HASH,
});

async function proving(w: Withdrawal, outputs: Outputs, index = 0n, from = user) {
  const words = outputRootProof(outputs.messagePasserStorageRoot);
  const args = [w, index, words, await outputs.proofOf(hashOf(w))];
  return { ...l1.portal, functionName: "proveWithdrawalTransaction", args, from };
}
const finalizing = (w: Withdrawal, from = user) => ({
  ...l1.portal,
  functionName: "finalizeWithdrawalTransaction",
  args: [w],
  from,
});
const checking = (w: Withdrawal, submitter = user) => ({
  ...l1.portal,
  functionName: "checkWithdrawal",
  args: [hashOf(w), submitter],
});

/** Proposes, proves and passes all delays. */
async function prepare(...withdrawals: Withdrawal[]): Promise<Outputs> {
  const outputs = await propose(withdrawals);
  for (const w of withdrawals) await anvil.send(await proving(w, outputs));
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(onOracle("resolveProposal", 0n));
  await passSeconds(FINALITY + 1n);
  return outputs;
}

/** Finalizes and tells whether the call succeeded. */
async function finalize(w: Withdrawal, gas = 1_000_000n): Promise<boolean> {
  const receipt = await anvil.send({ ...finalizing(w), gas });
  const events = parseEventLogs({ abi: OptimismPortal.abi, logs: receipt.logs });
  const event = events.find((e) => e.eventName === "WithdrawalFinalized");
  if (event?.eventName !== "WithdrawalFinalized") throw new Error("not finalized");
  expect(event.args.withdrawalHash).toBe(hashOf(w));
  return event.args.success;
}

describe("proveWithdrawalTransaction", () => {
  test("stores the proof by submitter and emits OP's events", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const receipt = await anvil.send(await proving(w, outputs));
    const hash = hashOf(w);
    const events = parseEventLogs({ abi: OptimismPortal.abi, logs: receipt.logs });
    expect(events.map((e) => e.eventName)).toEqual([
      "WithdrawalProven",
      "WithdrawalProvenExtension1",
    ]);
    const { timestamp } = await anvil.client.getBlock();
    const [game, provenAt] = await read<[string, bigint]>("provenWithdrawals", hash, user);
    const [, , proxy] = await anvil.read<[number, bigint, string]>(onOracle("gameAtIndex", 0n));
    expect([game, provenAt]).toEqual([proxy, timestamp]);
    expect(await read("numProofSubmitters", hash)).toBe(1n);
    expect((await read<string>("proofSubmitters", hash, 0n)).toLowerCase()).toBe(user);
    const nobody = await read<[string, bigint]>("provenWithdrawals", hash, other);
    expect(nobody[1]).toBe(0n);
  });

  test("keeps proofs of several accounts apart, and replaces one's own", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    await anvil.send(await proving(w, outputs));
    const first = await read<[string, bigint]>("provenWithdrawals", hashOf(w), user);
    await passSeconds(5n);
    await anvil.send(await proving(w, outputs, 0n, other));
    expect(await read("provenWithdrawals", hashOf(w), user)).toEqual(first);
    await passSeconds(5n);
    await anvil.send(await proving(w, outputs));
    const again = await read<[string, bigint]>("provenWithdrawals", hashOf(w), user);
    expect(again[1]).toBeGreaterThan(first[1]);
    expect(await read("numProofSubmitters", hashOf(w))).toBe(2n);
  });

  test("refuses the second in which the proposal was created", async () => {
    const w = withdrawal();
    const trie = await buildSentMessages([hashOf(w)]);
    await proposeRoot(trie.root);
    const outputs = { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
    const call = { ...(await proving(w, outputs)), at: "latest" } as const;
    expect(await errorOf(call)).toBe("OptimismPortal_InvalidProofTimestamp");
    await passSeconds(1n);
    expect(await errorOf(call)).toBe("none");
  });

  test("refuses lost proposals, those of another machine version, and those that are not there", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const call = await proving(w, outputs);
    const abi = [...l1.portal.abi, ...l1.oracle.abi];
    const missing = { ...(await proving(w, outputs, 1n)), abi };
    expect(await errorOf(missing)).toBe("BlockOracleUnknownProposal");
    await anvil.send(onOracle("setDisrespectful", true));
    expect(await errorOf(call)).toBe("OptimismPortal_InvalidDisputeGame");
    await anvil.send(onOracle("setDisrespectful", false));
    await anvil.send(onOracle("lose", 0n));
    expect(await errorOf(call)).toBe("OptimismPortal_ImproperDisputeGame");
  });

  test("refuses each system contract as target", async () => {
    const targets = [l1.portal, l1.depositFeed, l1.sequencerFeed, l1.systemConfig, l1.oracle];
    const all = targets.map(({ address }) => withdrawal("note", { target: address }));
    const outputs = await propose(all);
    for (const w of all) {
      expect(await errorOf(await proving(w, outputs))).toBe("OptimismPortal_BadTarget");
    }
  });

  test("refuses words that are not behind the root claim", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const call = await proving(w, outputs);
    const [, index, words, proof] = call.args as [unknown, bigint, Record<string, Hash>, Hex[]];
    for (const name of Object.keys(words)) {
      const changed = { ...words, [name]: toHexValue(stringToHex("x"), { size: 32 }) };
      const args = [w, index, changed, proof];
      expect(await errorOf({ ...call, args })).toBe("OptimismPortal_InvalidOutputRootProof");
    }
    const zeros = Object.fromEntries(Object.keys(words).map((name) => [name, ZERO_HASH]));
    const args = [w, index, zeros, proof];
    expect(await errorOf({ ...call, args })).toBe("OptimismPortal_InvalidOutputRootProof");
  });

  test("refuses a withdrawal that differs in any field from what the trie holds", async () => {
    const w = withdrawal();
    const outputs = await propose([w, withdrawal()]);
    const proof = await outputs.proofOf(hashOf(w));
    const words = outputRootProof(outputs.messagePasserStorageRoot);
    const changes: Partial<Withdrawal>[] = [
      { nonce: w.nonce + 100n },
      { sender: other },
      { target: other },
      { value: 1n },
      { gasLimit: 1n },
      { data: `${w.data}00` },
    ];
    const call = await proving(w, outputs);
    for (const change of changes) {
      const args = [{ ...w, ...change }, 0n, words, proof];
      expect(await errorOf({ ...call, args })).toMatch(/^MerkleTrie/);
    }
    expect(await errorOf({ ...call, args: [w, 0n, words, []] })).toBe("MerkleTrieEmptyProof");
  });

  test("refuses any flag but exactly 1", async () => {
    const w = withdrawal();
    const slot = fromHex(sentMessageSlot(hashOf(w)));
    for (const flag of ["0x02", "0x0001", "0x0101", "0x00"] as const) {
      const id = await anvil.client.snapshot();
      const trie = await buildTrie([[slot, fromHex(flag)]], true);
      await proposeRoot(trie.root);
      await passSeconds(1n);
      const outputs = { messagePasserStorageRoot: trie.root, proofOf: () => trie.proof(slot) };
      expect(await errorOf(await proving(w, outputs))).toBe("OptimismPortal_InvalidMerkleProof");
      await anvil.client.revert({ id });
    }
  });

  test("proves every withdrawal of a large trie", async () => {
    const all = Array.from({ length: 40 }, () => withdrawal());
    const outputs = await propose(all);
    for (const w of all) expect(await errorOf(await proving(w, outputs))).toBe("none");
  });
});

describe("checkWithdrawal", () => {
  test("tells the reason at each stage, to the very second", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_Unproven");
    await passSeconds(challengePeriodSeconds);
    await anvil.send(await proving(w, outputs));
    const provenAt = (await anvil.client.getBlock()).timestamp;
    await anvil.send(onOracle("resolveProposal", 0n));
    expect(await errorOf(checking(w, other))).toBe("OptimismPortal_Unproven");
    const mineAt = async (timestamp: bigint) => {
      await anvil.client.setNextBlockTimestamp({ timestamp });
      await anvil.client.mine({ blocks: 1 });
      return await errorOf({ ...checking(w), at: "latest" });
    };
    expect(await mineAt(provenAt + proofMaturityDelaySeconds)).toBe(
      "OptimismPortal_ProofNotOldEnough",
    );
    expect(await mineAt(provenAt + proofMaturityDelaySeconds + 1n)).toBe("none");
    expect(await finalize(w)).toBe(true);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_AlreadyFinalized");
  });

  test("waits for the proposal's finality, to the very second", async () => {
    const w = withdrawal();
    await anvil.send(await proving(w, await propose([w])));
    await passSeconds(challengePeriodSeconds + 1n);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_InvalidRootClaim");
    await anvil.send(onOracle("resolveProposal", 0n));
    const resolvedAt = (await anvil.client.getBlock()).timestamp;
    await anvil.client.setNextBlockTimestamp({ timestamp: resolvedAt + FINALITY });
    await anvil.client.mine({ blocks: 1 });
    const now = { ...checking(w), at: "latest" } as const;
    expect(await errorOf(now)).toBe("OptimismPortal_InvalidRootClaim");
    await passSeconds(1n);
    expect(await errorOf(now)).toBe("none");
  });

  test("refuses a withdrawal whose proposal was lost, until it is proven against another", async () => {
    const w = withdrawal();
    const [wrong, right] = [await propose([w]), await propose([w, withdrawal()], other)];
    await anvil.send(await proving(w, wrong, 0n));
    await anvil.send(await proving(w, right, 1n, other));
    const untouched = await read("provenWithdrawals", hashOf(w), other);
    await anvil.send(onOracle("lose", 0n));
    await passSeconds(challengePeriodSeconds + 1n);
    await anvil.send(onOracle("resolveProposal", 1n));
    await passSeconds(proofMaturityDelaySeconds + 1n);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_InvalidRootClaim");
    expect(await errorOf(checking(w, other))).toBe("none");
    await anvil.send(await proving(w, right, 1n));
    expect(await read("provenWithdrawals", hashOf(w), other)).toEqual(untouched);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_ProofNotOldEnough");
    await passSeconds(proofMaturityDelaySeconds + 1n);
    expect(await errorOf(checking(w))).toBe("none");
  });
});

describe("finalizeWithdrawalTransaction", () => {
  test("calls the target with sender, value and gas, once", async () => {
    const w = withdrawal("note", { value: ETH });
    await prepare(w);
    expect(await finalize(w)).toBe(true);
    expect((await noted<string>("sender")).toLowerCase()).toBe(L2_SENDER);
    expect(await noted("valueReceived")).toBe(ETH);
    expect(await noted<bigint>("gasReceived")).toBeGreaterThanOrEqual(w.gasLimit);
    expect(await read("finalizedWithdrawals", hashOf(w))).toBe(true);
    expect(await read("l2Sender")).toBe(NO_SENDER);
    expect(await errorOf(finalizing(w))).toBe("OptimismPortal_AlreadyFinalized");
    // Not even with a new proof by somebody else.
    const external = "finalizeWithdrawalTransactionExternalProof";
    const again = { ...finalizing(w, other), functionName: external, args: [w, user] };
    expect(await errorOf(again)).toBe("OptimismPortal_AlreadyFinalized");
    expect(await noted("calls")).toBe(1n);
  });

  test("may be done by others with the submitter's proof only", async () => {
    const w = withdrawal();
    await prepare(w);
    expect(await errorOf(finalizing(w, other))).toBe("OptimismPortal_Unproven");
    const functionName = "finalizeWithdrawalTransactionExternalProof";
    const external = { ...finalizing(w, other), functionName };
    expect(await errorOf({ ...external, args: [w, other] })).toBe("OptimismPortal_Unproven");
    await anvil.send({ ...external, args: [w, user], gas: 1_000_000n });
    expect(await noted("calls")).toBe(1n);
  });

  test("refuses a withdrawal that differs in a field from the proven one", async () => {
    const w = withdrawal();
    await prepare(w);
    expect(await errorOf(finalizing({ ...w, value: ETH }))).toBe("OptimismPortal_Unproven");
    expect(await errorOf(finalizing({ ...w, gasLimit: 0n }))).toBe("OptimismPortal_Unproven");
  });

  test("stays finalized when the target fails, or the portal cannot pay", async () => {
    const failing = withdrawal("refuse");
    const tooMuch = withdrawal("note", { value: 1000n * ETH });
    await prepare(failing, tooMuch);
    for (const w of [failing, tooMuch]) {
      expect(await finalize(w)).toBe(false);
      expect(await errorOf(finalizing(w))).toBe("OptimismPortal_AlreadyFinalized");
    }
    expect(await read("l2Sender")).toBe(NO_SENDER);
    expect(await noted("calls")).toBe(0n);
  });

  test("is not harmed by a long answer", async () => {
    const w = withdrawal("bomb", { gasLimit: 3_000_000n });
    await prepare(w);
    expect(await finalize(w, 4_000_000n)).toBe(true);
  });

  test("gives the target its gas or reverts as a whole, for every gas limit", async () => {
    const w = withdrawal("note", { gasLimit: 200_000n, value: 1n });
    await prepare(w);
    const seen = new Set<string>();
    for (let gas = 60_000n; gas <= 480_000n; gas += 7_001n) {
      const id = await anvil.client.snapshot();
      const isDone = await anvil.send({ ...finalizing(w), gas }).then(
        () => true,
        () => false,
      );
      expect(await read("finalizedWithdrawals", hashOf(w))).toBe(isDone);
      expect(await noted("calls")).toBe(isDone ? 1n : 0n);
      if (isDone) expect(await noted<bigint>("gasReceived")).toBeGreaterThanOrEqual(w.gasLimit);
      seen.add(`${isDone}`);
      await anvil.client.revert({ id });
    }
    expect([...seen].sort()).toEqual(["false", "true"]);
    const short = { ...finalizing(w), gas: 250_000n };
    expect(await errorOf(short)).toBe("OptimismPortal_NotEnoughGas");
  });

  test("refuses gas limits that no transaction can give", async () => {
    const w = withdrawal("note", { gasLimit: 2n ** 256n - 1n });
    await prepare(w);
    expect(await errorOf(finalizing(w))).toBe("OptimismPortal_NotEnoughGas");
  });

  test("cannot be entered again, and the inner withdrawal stays open", async () => {
    const inner = withdrawal();
    const outer = withdrawal("note", { gasLimit: 500_000n });
    const functionName = "finalizeWithdrawalTransactionExternalProof";
    const data = encodeFunctionData({ ...l1.portal, functionName, args: [inner, user] });
    outer.data = encodeFunctionData({ ...target, functionName: "reenter", args: [data] });
    await prepare(inner, outer);
    expect(await finalize(outer)).toBe(true);
    const errorName = "OptimismPortal_NoReentrancy";
    expect(await noted("reentryError")).toBe(
      encodeErrorResult({ abi: OptimismPortal.abi, errorName }),
    );
    expect(await read("finalizedWithdrawals", hashOf(inner))).toBe(false);
    expect(await finalize(inner)).toBe(true);
  });
});

test("errors have the selectors that wallets know", () => {
  const selectors = {
    OptimismPortal_Unproven: "0xcca6afda",
    OptimismPortal_InvalidProofTimestamp: "0xb4caa4e5",
    OptimismPortal_ProofNotOldEnough: "0xd9bc01be",
    OptimismPortal_InvalidRootClaim: "0x332a57f8",
    OptimismPortal_AlreadyFinalized: "0x730a1074",
  } as const;
  for (const [name, selector] of Object.entries(selectors)) {
    const errorName = name as keyof typeof selectors;
    expect(encodeErrorResult({ abi: OptimismPortal.abi, errorName })).toBe(selector);
  }
});
