import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  concatHex,
  encodeAbiParameters,
  encodeFunctionData,
  getCreate2Address,
  keccak256,
  parseEventLogs,
  stringToHex,
  toHex as toHexValue,
  zeroAddress,
} from "viem";
import { BlockOracleHarness } from "../../../src/contracts/generated/BlockOracleHarness.js";
import { CallerMock } from "../../../src/contracts/generated/CallerMock.js";
import { Proposal } from "../../../src/contracts/generated/Proposal.js";
import { encodeProposalExtraData, GENESIS_PARENT_INDEX } from "../../../src/protocol/proposal.js";
import { type Address, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { type ContractCall, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { deployL1, L1_PARAMETERS, type L1Deployment } from "../../helpers/l1Deployment.js";

const { periodSeconds, challengePeriodSeconds, disputeGameFinalityDelaySeconds } = L1_PARAMETERS;
const STAKE = L1_PARAMETERS.stakeWei;
const TYPE = 7001;
const GENESIS = GENESIS_PARENT_INDEX;
const PERIODS = 5;
const [IN_PROGRESS, CHALLENGER_WINS, DEFENDER_WINS] = [0, 1, 2];

let anvil: TestAnvil;
let l1: L1Deployment;
let snapshot: Hex;
/** Stakers; the stranger has no stake. */
let alice: Address;
let bob: Address;
let carol: Address;
let stranger: Address;
/** Ends and tip hashes of the feed's periods. */
const ends: { end: bigint; tip: Hex }[] = [];

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil, BlockOracleHarness);
  [alice, bob, carol, stranger] = anvil.accounts.slice(2, 6) as [
    Address,
    Address,
    Address,
    Address,
  ];
  for (let i = 0; i < PERIODS; i++) await appendInNextPeriod();
  await passSeconds(periodSeconds);
  for (const from of [alice, bob, carol]) await anvil.send(oracle("stake", [], from, STAKE));
});
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());

function oracle(functionName: string, args: unknown[] = [], from = alice, value = 0n) {
  return { ...l1.oracle, functionName, args, from, value };
}
const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.oracle, functionName, args });
const ask = <R>(proposal: Address, functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.proposal(proposal), functionName, args });
const errorOf = async (call: ContractCall) => (await anvil.revertOf(call)).name;
const now = async () => (await anvil.client.getBlock()).timestamp;
const root = (name: string) => keccak256(stringToHex(name));

/** Mines one block so many seconds later. */
async function passSeconds(seconds: bigint): Promise<void> {
  await anvil.client.setNextBlockTimestamp({ timestamp: (await now()) + seconds });
  await anvil.client.mine({ blocks: 1 });
}

/** Two entries in a period of their own. */
async function appendInNextPeriod(): Promise<void> {
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

interface ClaimChanges {
  block?: bigint;
  parent?: bigint;
  /** Number of the non-empty period it ends in. */
  period?: number;
  feedEnd?: bigint;
  feedTipHash?: Hex;
  machineRoot?: Hex;
}

function extraData(c: ClaimChanges): Hex {
  const { end, tip } = ends[c.period ?? 0]!;
  return toHex(
    encodeProposalExtraData({
      l2BlockNumber: c.block ?? 10n,
      parentIndex: c.parent ?? GENESIS,
      feedEnd: c.feedEnd ?? end,
      feedTipHash: c.feedTipHash ?? tip,
      machineRoot: c.machineRoot ?? ZERO_HASH,
    }),
  );
}

const creating = (name: string, c: ClaimChanges = {}, from = alice) =>
  oracle("create", [TYPE, root(name), extraData(c)], from);

/** Creates a proposal and returns its index and address. */
async function create(name: string, c: ClaimChanges = {}, from = alice) {
  const receipt = await anvil.send(creating(name, c, from));
  const [log] = parseEventLogs({
    abi: BlockOracleHarness.abi,
    logs: receipt.logs,
    eventName: "DisputeGameCreated",
  });
  const address = log!.args.disputeProxy.toLowerCase() as Address;
  return { index: (await read<bigint>("proposalCount")) - 1n, address };
}

const resolving = (address: Address) => ({ ...l1.proposal(address), functionName: "resolve" });
const status = (address: Address) => ask<number>(address, "status");

/** Passes the challenge period and resolves. */
async function confirm(address: Address): Promise<void> {
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(resolving(address));
}

describe("create", () => {
  test("makes a clone that answers OP's dispute game getters", async () => {
    const head = await anvil.client.getBlockNumber();
    const { address, index } = await create("a", { block: 7n });
    const data = extraData({ block: 7n });
    const implementation = await read<Hex>("gameImpls", TYPE);
    const code = await anvil.client.getCode({ address });
    expect(code).toBe(
      concatHex([
        "0x363d3d373d3d3d363d73",
        implementation,
        "0x5af43d82803e903d91602b57fd5bf3",
      ]).toLowerCase(),
    );
    const expected: Record<string, unknown> = {
      gameType: TYPE,
      rootClaim: root("a"),
      l1Head: (await anvil.client.getBlock({ blockNumber: head })).hash,
      l2SequenceNumber: 7n,
      l2BlockNumber: 7n,
      extraData: data,
      gameData: [TYPE, root("a"), data],
      createdAt: await now(),
      resolvedAt: 0n,
      status: IN_PROGRESS,
      wasRespectedGameTypeWhenCreated: true,
      version: "1.0.0",
      expectedResolution: (await now()) + challengePeriodSeconds + 1n,
      index,
      parentIndex: GENESIS,
      feedEnd: ends[0]!.end,
      feedTipHash: ends[0]!.tip,
      machineRoot: ZERO_HASH,
    };
    for (const [getter, value] of Object.entries(expected)) {
      expect([getter, await ask(address, getter)]).toEqual([getter, value]);
    }
    for (const getter of ["anchorStateRegistry", "oracle"]) {
      expect((await ask<string>(address, getter)).toLowerCase()).toBe(l1.oracle.address);
    }
    expect((await ask<string>(address, "gameCreator")).toLowerCase()).toBe(alice);
    expect(await ask(address, "rootClaimByChainId", L1_PARAMETERS.l2ChainId)).toBe(root("a"));
  });

  test("makes clones that answer nothing else", async () => {
    const { address } = await create("a");
    const foreign = { ...l1.proposal(address), functionName: "rootClaimByChainId", args: [1n] };
    expect(await errorOf(foreign)).toBe("ProposalUnknownChain");
    const data = keccak256(stringToHex("maxClockDuration()")).slice(0, 10) as Hex;
    await expect(anvil.client.call({ to: address, data })).rejects.toThrow();
    const send = anvil.client.call({ to: address, value: 1n, account: alice });
    await expect(send).rejects.toThrow();
    const announce = { ...l1.proposal(address), functionName: "announce", args: [2] };
    expect(await errorOf(announce)).toBe("ProposalNotOracle");
    const params = [
      { index: 0n, creator: alice, rootClaim: root("b"), l1Head: ZERO_HASH, extraData: "0x" },
    ];
    const again = { ...l1.proposal(address), functionName: "initialize", args: params };
    expect(await errorOf(again)).toBe("ProposalAlreadyInitialized");
  });

  test("lists proposals as a factory", async () => {
    const a = await create("a");
    const b = await create("b", { parent: 0n, period: 1, block: 20n });
    const dataOfA = extraData({});
    const uuid = await read<Hex>("getGameUUID", TYPE, root("a"), dataOfA);
    const types = [{ type: "uint32" }, { type: "bytes32" }, { type: "bytes" }] as const;
    expect(uuid).toBe(keccak256(encodeAbiParameters(types, [TYPE, root("a"), dataOfA])));
    const [proxy, timestamp] = await read<[string, bigint]>("games", TYPE, root("a"), dataOfA);
    expect([proxy.toLowerCase(), timestamp]).toEqual([
      a.address,
      await ask(a.address, "createdAt"),
    ]);
    expect(await read("games", TYPE, root("zzz"), dataOfA)).toEqual([zeroAddress, 0n]);
    const [type, createdAt, at1] = await read<[number, bigint, string]>("gameAtIndex", 1n);
    expect([type, createdAt, at1.toLowerCase()]).toEqual([TYPE, await now(), b.address]);
    expect(await read("proposalCount")).toBe(2n);
    expect(await read("initBonds", TYPE)).toBe(0n);
    expect(await read("gameImpls", 0)).toBe(zeroAddress);
    expect(await read("respectedGameType")).toBe(TYPE);
    const implementation = await read<Hex>("gameImpls", TYPE);
    const bytecode = concatHex([
      "0x3d602d80600a3d3981f3363d3d373d3d3d363d73",
      implementation,
      "0x5af43d82803e903d91602b57fd5bf3",
    ]);
    const byContent = getCreate2Address({ from: l1.oracle.address, salt: uuid, bytecode });
    expect(byContent.toLowerCase()).toBe(a.address);
  });

  test("finds the latest proposals, newest first", async () => {
    expect(await read("findLatestGames", TYPE, 0n, 0n)).toEqual([]);
    expect(await read("findLatestGames", TYPE, 0n, 10n)).toEqual([]);
    const [a, b] = [await create("a"), await create("b", {}, bob)];
    await passSeconds(1n);
    const c = await create("c", {}, carol);
    // Nothing can be proven against a proposal in its own second, so it is not listed before the next.
    expect(await read("gameCount")).toBe(2n);
    expect(await read("findLatestGames", TYPE, 2n, 5n)).toEqual([]);
    await passSeconds(1n);
    expect(await read("gameCount")).toBe(3n);
    const find = async (start: bigint, n: bigint, type = TYPE) =>
      (await read<{ index: bigint }[]>("findLatestGames", type, start, n)).map((g) => g.index);
    expect(await find(2n, 2n)).toEqual([2n, 1n]);
    expect(await find(2n, 100n)).toEqual([2n, 1n, 0n]);
    expect(await find(0n, 5n)).toEqual([0n]);
    expect(await find(2n, 0n)).toEqual([]);
    expect(await find(3n, 5n)).toEqual([]);
    // A type that is ours modulo 2^8 or 2^16 is not ours.
    expect(await find(2n, 5n, TYPE + 2 ** 16)).toEqual([]);
    expect(await find(2n, 5n, TYPE & 0xff)).toEqual([]);
    const results = await read<Record<string, unknown>[]>("findLatestGames", TYPE, 1n, 1n);
    const createdAt = await ask<bigint>(b.address, "createdAt");
    const type = toHexValue(TYPE, { size: 4 });
    const metadata = concatHex([type, toHexValue(createdAt, { size: 8 }), b.address]);
    expect(results).toEqual([
      { index: 1n, metadata, timestamp: createdAt, rootClaim: root("b"), extraData: extraData({}) },
    ]);
    expect(new Set([a.address, b.address, c.address]).size).toBe(3);
  });

  const refused: [string, () => ContractCall, string][] = [
    ["another type", () => oracle("create", [1, root("a"), extraData({})]), "WrongGameType"],
    [
      "its type plus 2^8",
      () => oracle("create", [TYPE + 256, root("a"), extraData({})]),
      "WrongGameType",
    ],
    ["a bond", () => ({ ...creating("a"), value: 1n }), "BondNotZero"],
    [
      "short extra data",
      () => oracle("create", [TYPE, root("a"), extraData({}).slice(0, -2)]),
      "WrongExtraDataLength",
    ],
    [
      "long extra data",
      () => oracle("create", [TYPE, root("a"), `${extraData({})}00`]),
      "WrongExtraDataLength",
    ],
    ["a parent that is not there", () => creating("a", { parent: 0n }), "UnknownProposal"],
    ["the end of the second period", () => creating("a", { period: 1 }), "WrongFeedEnd"],
    ["an end within the period", () => creating("a", { feedEnd: 1n }), "WrongFeedEnd"],
    ["another tip", () => creating("a", { feedTipHash: root("x") }), "WrongFeedTipHash"],
    [
      "the tip of another entry",
      () => creating("a", { feedTipHash: ends[1]!.tip }),
      "WrongFeedTipHash",
    ],
    ["2^15 + 1 blocks", () => creating("a", { block: 2n ** 15n + 1n }), "BlockOutOfRange"],
    ["the greatest block", () => creating("a", { block: 2n ** 256n - 1n }), "BlockOutOfRange"],
    ["a machine root", () => creating("a", { machineRoot: root("m") }), "MachineRootNotZero"],
    [
      "a proof",
      () => oracle("createWithProof", [TYPE, root("a"), extraData({}), "0x00"]),
      "ProofNotEmpty",
    ],
    ["an account without stake", () => creating("a", {}, stranger), "NoLivingStake"],
  ];
  test.each(refused)("refuses %s", async (_, call, error) => {
    expect(await errorOf(call())).toBe(`BlockOracle${error}`);
  });

  test("refuses a feed end above 64 bits", async () => {
    const words = extraData({}).slice(2).match(/.{64}/g)!;
    words[2] = `${"0".repeat(47)}1${words[2]!.slice(48)}`;
    const call = oracle("create", [TYPE, root("a"), `0x${words.join("")}`]);
    expect(await errorOf(call)).toBe("BlockOracleWrongFeedEnd");
  });

  test("takes an empty proof as none", async () => {
    await anvil.send(oracle("createWithProof", [TYPE, root("a"), extraData({}), "0x"]));
    expect(await read("proposalCount")).toBe(1n);
  });

  test("refuses the same claim twice, but not another one", async () => {
    await create("a");
    expect(await errorOf(creating("a", {}, bob))).toBe("BlockOracleGameAlreadyExists");
    expect(await errorOf(creating("b", {}, bob))).toBe("none");
    expect(await errorOf(creating("a", { block: 11n }, bob))).toBe("none");
  });

  test("refuses a period that is not over, and one that is not there", async () => {
    let parent = GENESIS;
    for (let i = 0; i < PERIODS; i++) {
      parent = (await create(`${i}`, { parent, period: i, block: BigInt(i) })).index;
    }
    const next = { parent, feedEnd: 11n, feedTipHash: root("x") };
    expect(await errorOf(creating("next", next))).toBe("BlockOraclePeriodNotClosed");
    await appendInNextPeriod();
    const last = { parent, period: PERIODS, block: 20n };
    expect(await errorOf(creating("next", last))).toBe("BlockOraclePeriodNotClosed");
    await passSeconds(periodSeconds);
    expect(await errorOf(creating("next", last))).toBe("none");
    ends.pop();
  });

  test("refuses a block below the parent's, and takes the same block", async () => {
    await create("a", { block: 10n });
    const child = (block: bigint) => creating("b", { parent: 0n, period: 1, block });
    expect(await errorOf(child(9n))).toBe("BlockOracleBlockOutOfRange");
    expect(await errorOf(child(10n))).toBe("none");
    expect(await errorOf(child(10n + 2n ** 15n))).toBe("none");
    expect(await errorOf(child(11n + 2n ** 15n))).toBe("BlockOracleBlockOutOfRange");
  });

  test("lets a claim of exactly 2^15 blocks be continued in its period", async () => {
    await create("full", { block: 2n ** 15n });
    const same = { parent: 0n, period: 0, block: 2n ** 15n + 5n };
    expect(await errorOf(creating("next", { ...same, period: 1 }))).toBe("none");
    const rest = await create("rest", same);
    // What follows it: it claims less than 2^15 blocks, so the next period only.
    const next = { parent: rest.index, block: 2n ** 15n + 6n };
    expect(await errorOf(creating("c", { ...next, period: 0 }))).toBe("BlockOracleWrongFeedEnd");
    expect(await errorOf(creating("c", { ...next, period: 1 }))).toBe("none");
    expect(await errorOf(creating("c", { ...next, period: 2 }))).toBe("BlockOracleWrongFeedEnd");
  });

  test("does not let a claim of 2^15 - 1 blocks be continued in its period", async () => {
    await create("short", { block: 2n ** 15n - 1n });
    const same = creating("next", { parent: 0n, period: 0, block: 2n ** 15n });
    expect(await errorOf(same)).toBe("BlockOracleWrongFeedEnd");
  });

  test("refuses a child of a lost proposal", async () => {
    await create("a");
    await anvil.send(oracle("lose", [0n]));
    const child = creating("b", { parent: 0n, period: 1, block: 11n }, bob);
    expect(await errorOf(child)).toBe("BlockOracleParentLost");
  });
});

describe("stakes", () => {
  const standing = async (account: Address) => await read<unknown[]>("stakeOf", account);

  test("are put up once, with exactly the price", async () => {
    const stake = (value: bigint, from = stranger) => oracle("stake", [], from, value);
    expect(await errorOf(stake(STAKE - 1n))).toBe("BlockOracleWrongStake");
    expect(await errorOf(stake(STAKE + 1n))).toBe("BlockOracleWrongStake");
    expect(await errorOf(stake(STAKE, alice))).toBe("BlockOracleAlreadyStaked");
    await anvil.send(stake(STAKE));
    expect(await standing(stranger)).toEqual([STAKE, false, 0n]);
    expect(await read("stakeWei")).toBe(STAKE);
  });

  test("come back when the account stands nowhere, and can be put up again", async () => {
    const before = await anvil.client.getBalance({ address: l1.oracle.address });
    await anvil.send(oracle("unstake", [], alice));
    const left = await anvil.client.getBalance({ address: l1.oracle.address });
    expect(before - left).toBe(STAKE);
    expect(await errorOf(oracle("unstake", [], alice))).toBe("BlockOracleNoLivingStake");
    expect(await errorOf(oracle("stake", [], alice, STAKE))).toBe("none");
  });

  test("stay while the account stands on an unresolved proposal", async () => {
    const a = await create("a");
    await anvil.send(oracle("join", [0n], bob));
    expect(await standing(bob)).toEqual([STAKE, true, 0n]);
    for (const account of [alice, bob]) {
      expect(await errorOf(oracle("unstake", [], account))).toBe("BlockOracleStakeInUse");
    }
    await confirm(a.address);
    for (const account of [alice, bob]) await anvil.send(oracle("unstake", [], account));
    expect(await anvil.client.getBalance({ address: l1.oracle.address })).toBe(STAKE);
  });

  test("are dead once their proposal is lost", async () => {
    await create("a");
    await anvil.send(oracle("lose", [0n]));
    const dead = "BlockOracleNoLivingStake";
    expect(await errorOf(oracle("unstake", [], alice))).toBe(dead);
    expect(await errorOf(creating("b", {}, alice))).toBe(dead);
    expect(await errorOf(oracle("stake", [], alice, STAKE))).toBe("BlockOracleAlreadyStaked");
    await create("b", {}, bob);
    expect(await errorOf(oracle("join", [1n], alice))).toBe(dead);
  });

  test("move from an unresolved proposal to its children only", async () => {
    await create("a");
    await create("b", {}, bob);
    const must = "BlockOracleMustMoveToChild";
    expect(await errorOf(oracle("join", [1n], alice))).toBe(must);
    expect(await errorOf(oracle("join", [0n], alice))).toBe(must);
    expect(await errorOf(creating("c", {}, alice))).toBe(must);
    expect(await errorOf(creating("c", { parent: 1n, period: 1, block: 11n }, alice))).toBe(must);
    await create("a2", { parent: 0n, period: 1, block: 11n }, alice);
    expect(await standing(alice)).toEqual([STAKE, true, 2n]);
    // Its grandchild is no child.
    expect(await errorOf(oracle("join", [2n], bob))).toBe(must);
    expect(await errorOf(oracle("join", [2n], carol))).toBe("none");
  });

  test("move from a resolved proposal to any unresolved one", async () => {
    const a = await create("a");
    await confirm(a.address);
    await create("b", { parent: 0n, period: 1, block: 11n }, bob);
    await create("c", { parent: 1n, period: 2, block: 12n }, bob);
    await anvil.send(oracle("join", [2n], alice));
    expect(await standing(alice)).toEqual([STAKE, true, 2n]);
    expect(await errorOf(oracle("join", [0n], carol))).toBe("BlockOracleAlreadyResolved");
    expect(await errorOf(oracle("join", [9n], carol))).toBe("BlockOracleUnknownProposal");
    expect(await errorOf(oracle("join", [1n], stranger))).toBe("BlockOracleNoLivingStake");
  });

  test("are refused by an account that takes no ETH, without being lost", async () => {
    const caller = await anvil.deploy(CallerMock);
    const execute = (functionName: string, value = 0n) => ({
      ...caller,
      abi: [...caller.abi, ...l1.oracle.abi],
      functionName: "execute",
      args: [l1.oracle.address, encodeFunctionData(oracle(functionName))],
      value,
    });
    await anvil.send(execute("stake", STAKE));
    expect(await errorOf(execute("unstake"))).toBe("BlockOracleTransferFailed");
    expect(await standing(caller.address)).toEqual([STAKE, false, 0n]);
  });
});

describe("resolve", () => {
  test("confirms an only child after the challenge period, at the very second, once", async () => {
    const a = await create("a");
    const createdAt = await now();
    await anvil.client.setNextBlockTimestamp({ timestamp: createdAt + challengePeriodSeconds });
    await anvil.client.mine({ blocks: 1 });
    const early = { ...resolving(a.address), gas: 500_000n };
    await anvil.client.setNextBlockTimestamp({
      timestamp: createdAt + challengePeriodSeconds + 1n,
    });
    const receipt = await anvil.send(early);
    const events = parseEventLogs({ abi: Proposal.abi, logs: receipt.logs });
    expect(events.map((e) => [e.address, e.eventName, e.args])).toEqual([
      [a.address, "Resolved", { status: DEFENDER_WINS }],
    ]);
    expect(await status(a.address)).toBe(DEFENDER_WINS);
    expect(await ask(a.address, "resolvedAt")).toBe(await now());
    expect(await ask(a.address, "expectedResolution")).toBe(await now());
    const abi = [...Proposal.abi, ...l1.oracle.abi];
    expect(await errorOf({ ...resolving(a.address), abi })).toBe("BlockOracleAlreadyResolved");
    expect(await errorOf(oracle("lose", [0n]))).toBe("BlockOracleAlreadyResolved");
  });

  test("waits for the challenge period", async () => {
    await create("a");
    const call = oracle("resolveProposal", [0n]);
    expect(await errorOf(call)).toBe("BlockOracleChallengePeriodRuns");
    await anvil.client.setNextBlockTimestamp({ timestamp: (await now()) + challengePeriodSeconds });
    await expect(anvil.send({ ...call, gas: 500_000n })).rejects.toThrow("reverted");
    expect(await errorOf(oracle("resolveProposal", [5n]))).toBe("BlockOracleUnknownProposal");
  });

  test("never confirms the first of two siblings, however long it waits", async () => {
    const a = await create("a");
    const b = await create("b", {}, bob);
    await passSeconds(challengePeriodSeconds * 1000n);
    for (const index of [0n, 1n]) {
      const error = await errorOf(oracle("resolveProposal", [index]));
      expect(error).toBe("BlockOracleSiblingUnresolved");
    }
    // The dispute game decides; then the other one is alone.
    await anvil.send(oracle("lose", [0n]));
    await anvil.send(resolving(b.address));
    expect([await status(a.address), await status(b.address)]).toEqual([
      CHALLENGER_WINS,
      DEFENDER_WINS,
    ]);
  });

  test("loses a proposal whose sibling was confirmed, at once", async () => {
    const a = await create("a");
    await confirm(a.address);
    const late = await create("late", {}, bob);
    await anvil.send(resolving(late.address));
    expect(await status(late.address)).toBe(CHALLENGER_WINS);
    expect(await status(a.address)).toBe(DEFENDER_WINS);
    expect(await read("genesisNode")).toMatchObject({
      unresolvedChildren: 0n,
      hasConfirmedChild: true,
      status: DEFENDER_WINS,
    });
  });

  test("loses all descendants of a lost proposal, one after the other", async () => {
    await create("a");
    const child = await create("b", { parent: 0n, period: 1, block: 11n });
    const grandchild = await create("c", { parent: 1n, period: 2, block: 12n });
    await anvil.send(oracle("lose", [0n]));
    const error = await errorOf(oracle("resolveProposal", [2n]));
    expect(error).toBe("BlockOracleParentUnresolved");
    await anvil.send(resolving(child.address));
    await anvil.send(resolving(grandchild.address));
    expect(await status(grandchild.address)).toBe(CHALLENGER_WINS);
    expect(await errorOf(oracle("unstake", [], alice))).toBe("BlockOracleNoLivingStake");
  });

  test("waits for the parent", async () => {
    const a = await create("a");
    const b = await create("b", { parent: 0n, period: 1, block: 11n });
    await passSeconds(challengePeriodSeconds + 1n);
    const error = await errorOf(oracle("resolveProposal", [1n]));
    expect(error).toBe("BlockOracleParentUnresolved");
    await anvil.send(resolving(a.address));
    await anvil.send(resolving(b.address));
    expect(await status(b.address)).toBe(DEFENDER_WINS);
  });
});

describe("registry", () => {
  const answers = async (game: Address) => {
    const names = ["Registered", "Proper", "Respected", "Resolved", "Finalized", "ClaimValid"];
    const values = await Promise.all(names.map((name) => read<boolean>(`isGame${name}`, game)));
    return names.filter((_, i) => values[i]).join(" ");
  };

  test("answers by what happened to the proposal", async () => {
    const a = await create("a");
    expect(await answers(a.address)).toBe("Registered Proper Respected");
    await confirm(a.address);
    expect(await answers(a.address)).toBe("Registered Proper Respected Resolved");
    const resolvedAt = await now();
    await anvil.client.setNextBlockTimestamp({
      timestamp: resolvedAt + disputeGameFinalityDelaySeconds,
    });
    await anvil.client.mine({ blocks: 1 });
    expect(await answers(a.address)).toBe("Registered Proper Respected Resolved");
    await passSeconds(1n);
    expect(await answers(a.address)).toBe(
      "Registered Proper Respected Resolved Finalized ClaimValid",
    );
    // Another machine version would not be respected.
    await anvil.send(oracle("setDisrespectful", [true]));
    expect(await answers(a.address)).toBe("Registered Proper Resolved Finalized");
  });

  test("calls a lost proposal and its children improper", async () => {
    const a = await create("a");
    const b = await create("b", { parent: 0n, period: 1, block: 11n });
    await anvil.send(oracle("lose", [0n]));
    expect(await answers(a.address)).toBe("Registered Respected Resolved");
    expect(await answers(b.address)).toBe("Registered Respected");
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    expect(await answers(a.address)).toBe("Registered Respected Resolved Finalized");
  });

  test("knows nothing of strangers, not even of the code behind the proposals", async () => {
    await create("a");
    const implementation = await read<Address>("gameImpls", TYPE);
    for (const address of [zeroAddress as Address, stranger, l1.oracle.address, implementation]) {
      expect(await answers(address)).toBe("");
    }
  });

  test("gives nobody a power over proposals", async () => {
    const a = await create("a");
    for (const name of ["isGameBlacklisted", "isGameRetired"]) {
      expect(await read(name, a.address)).toBe(false);
    }
    expect(await read("paused")).toBe(false);
    expect(await read("version")).toBe("1.0.0");
    expect((await read<string>("disputeGameFactory")).toLowerCase()).toBe(l1.oracle.address);
    expect((await read<string>("sequencerFeed")).toLowerCase()).toBe(l1.sequencerFeed.address);
    expect((await read<string>("systemConfig")).toLowerCase()).toBe(l1.systemConfig.address);
    expect(await read("genesisOutputRoot")).toBe(L1_PARAMETERS.genesisOutputRoot);
    expect(await read("challengePeriodSeconds")).toBe(challengePeriodSeconds);
    expect(await read("disputeGameFinalityDelaySeconds")).toBe(disputeGameFinalityDelaySeconds);
  });
});

describe("anchor", () => {
  const anchor = () => read<[Hex, bigint]>("getAnchorRoot");
  const moveTo = (game: Address) => oracle("setAnchorState", [game], stranger);
  const ERROR = "AnchorStateRegistry_InvalidAnchorGame";

  test("starts at genesis and moves forward to valid claims only, by anyone", async () => {
    expect(await anchor()).toEqual([L1_PARAMETERS.genesisOutputRoot, 0n]);
    expect(await read("anchors", 0)).toEqual(await anchor());
    expect(await read("anchorGame")).toBe(zeroAddress);
    const a = await create("a", { block: 10n });
    const b = await create("b", { parent: 0n, period: 1, block: 10n });
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await confirm(a.address);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    await anvil.send(moveTo(a.address));
    expect(await anchor()).toEqual([root("a"), 10n]);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    await confirm(b.address);
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    await anvil.send(moveTo(b.address));
    expect(await anchor()).toEqual([root("b"), 10n]);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    expect((await read<string>("anchorGame")).toLowerCase()).toBe(b.address);
  });

  test("does not move to a lost proposal or a stranger", async () => {
    const a = await create("a");
    await anvil.send(oracle("lose", [0n]));
    await passSeconds(disputeGameFinalityDelaySeconds + 1n);
    expect(await errorOf(moveTo(a.address))).toBe(ERROR);
    expect(await errorOf(moveTo(zeroAddress))).toBe(ERROR);
    expect(await errorOf(moveTo(stranger))).toBe(ERROR);
  });
});
