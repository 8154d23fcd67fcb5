import { afterAll, afterEach, beforeEach } from "@jest/globals";
import { keccak256, parseEventLogs, stringToHex } from "viem";
import { BlockOracleHarness } from "../../../src/contracts/generated/BlockOracleHarness.js";
import { encodeProposalExtraData, GENESIS_PARENT_INDEX } from "../../../src/protocol/proposal.js";
import { type Address, type Hex, toHex } from "../../../src/util/hex.js";
import { type ContractCall, startAnvil } from "../../helpers/anvil.js";
import { fakeBoundary } from "../../helpers/fakeBoundary.js";
import { deployL1, L1_PARAMETERS } from "../../helpers/l1Deployment.js";

export const { periodSeconds, challengePeriodSeconds, disputeGameFinalityDelaySeconds } =
  L1_PARAMETERS;
export const STAKE = L1_PARAMETERS.stakeWei;
export const TYPE = 7001;
export const GENESIS = GENESIS_PARENT_INDEX;
export const PERIODS = 5;
export const [IN_PROGRESS, CHALLENGER_WINS, DEFENDER_WINS] = [0, 1, 2];

/** An L1 of its own, with five closed periods of two entries each; every test starts from the same state. */
export const anvil = await startAnvil();
export const l1 = await deployL1(anvil, BlockOracleHarness);
/** Stakers; the stranger has no stake. */
export const [alice, bob, carol, stranger] = anvil.accounts.slice(2, 6) as [
  Address,
  Address,
  Address,
  Address,
];
/** Ends and tip hashes of the feed's periods. */
export const ends: { end: bigint; tip: Hex }[] = [];

export function oracle(functionName: string, args: unknown[] = [], from = alice, value = 0n) {
  return { ...l1.oracle, functionName, args, from, value };
}
export const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.oracle, functionName, args });
export const ask = <R>(proposal: Address, functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.proposal(proposal), functionName, args });
export const errorOf = async (call: ContractCall) => (await anvil.revertOf(call)).name;
export const now = async () => (await anvil.client.getBlock()).timestamp;
export const root = (name: string) => keccak256(stringToHex(name));

/** Mines one block so many seconds later. */
export async function passSeconds(seconds: bigint): Promise<void> {
  await anvil.client.setNextBlockTimestamp({ timestamp: (await now()) + seconds });
  await anvil.client.mine({ blocks: 1 });
}

/** Two entries in a period of their own. */
export async function appendInNextPeriod(): Promise<void> {
  const genesisTime = await anvil.read<bigint>({
    ...l1.sequencerFeed,
    functionName: "genesisTime",
  });
  const period = ((await now()) - genesisTime) / periodSeconds + 2n;
  await passSeconds(genesisTime + period * periodSeconds - (await now()));
  for (let i = 0; i < 2; i++) {
    const last = await anvil.client.getBlockNumber();
    const feed = (functionName: string) => anvil.read<never>({ ...l1.sequencerFeed, functionName });
    const { hash } = await anvil.client.getBlock({ blockNumber: last });
    const args = [await feed("length"), await feed("lastHash"), last, last, hash, 0n, "0x01"];
    const call = { ...l1.sequencerFeed, functionName: "append", args, from: l1.batcher };
    await anvil.client.setNextBlockTimestamp({ timestamp: (await now()) + 1n });
    await anvil.send(call);
  }
  const [end, tip] = await Promise.all([
    anvil.read<bigint>({ ...l1.sequencerFeed, functionName: "length" }),
    anvil.read<Hex>({ ...l1.sequencerFeed, functionName: "lastHash" }),
  ]);
  ends.push({ end, tip });
}

export interface ClaimChanges {
  block?: bigint;
  parent?: bigint;
  /** Number of the non-empty period it ends in. */
  period?: number;
  feedEnd?: bigint;
  feedTipHash?: Hex;
  machineRoot?: Hex;
}

/** Extra data of a claim of `root(name)` with the machine root of a boundary that says so, and the proof that opens it. */
export function claimOf(name: string, c: ClaimChanges = {}): { extra: Hex; proof: Hex } {
  const { end, tip } = ends[c.period ?? 0]!;
  const block = c.block ?? 10n;
  const feedEnd = c.feedEnd ?? end;
  const machine = fakeBoundary(root(name), block, feedEnd);
  const fields = {
    l2BlockNumber: block,
    parentIndex: c.parent ?? GENESIS,
    feedEnd,
    feedTipHash: c.feedTipHash ?? tip,
    machineRoot: c.machineRoot ?? machine.root,
  };
  return { extra: toHex(encodeProposalExtraData(fields)), proof: machine.proof };
}

export const extraData = (c: ClaimChanges, name = "a"): Hex => claimOf(name, c).extra;

export function creating(name: string, c: ClaimChanges = {}, from = alice) {
  const { extra, proof } = claimOf(name, c);
  return oracle("createWithProof", [TYPE, root(name), extra, proof], from);
}

/** Creates a proposal and returns its index and address. */
export async function create(name: string, c: ClaimChanges = {}, from = alice) {
  const receipt = await anvil.send(creating(name, c, from));
  const [log] = parseEventLogs({
    abi: BlockOracleHarness.abi,
    logs: receipt.logs,
    eventName: "DisputeGameCreated",
  });
  const address = log!.args.disputeProxy.toLowerCase() as Address;
  return { index: (await read<bigint>("proposalCount")) - 1n, address };
}

export const resolving = (address: Address) => ({
  ...l1.proposal(address),
  functionName: "resolve",
});
export const status = (address: Address) => ask<number>(address, "status");

/** Passes the challenge period and resolves. */
export async function confirm(address: Address): Promise<void> {
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(resolving(address));
}

for (let i = 0; i < PERIODS; i++) await appendInNextPeriod();
await passSeconds(periodSeconds);
for (const from of [alice, bob, carol]) await anvil.send(oracle("stake", [], from, STAKE));

let snapshot: Hex;
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());
