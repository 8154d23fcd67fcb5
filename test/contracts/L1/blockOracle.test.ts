import { describe, expect, test } from "@jest/globals";
import {
  concatHex,
  encodeAbiParameters,
  getCreate2Address,
  keccak256,
  stringToHex,
  toHex as toHexValue,
  zeroAddress,
} from "viem";
import { type Hex, ZERO_HASH } from "../../../src/util/hex.js";
import type { ContractCall } from "../../helpers/anvil.js";
import { fakeBoundary } from "../../helpers/fakeBoundary.js";
import { L1_PARAMETERS } from "../../helpers/l1Deployment.js";
import {
  alice,
  anvil,
  appendInNextPeriod,
  ask,
  bob,
  carol,
  challengePeriodSeconds,
  claimOf,
  create,
  creating,
  ends,
  errorOf,
  extraData,
  GENESIS,
  IN_PROGRESS,
  l1,
  now,
  oracle,
  PERIODS,
  passSeconds,
  periodSeconds,
  read,
  root,
  stranger,
  TYPE,
} from "./oracleWorld.js";

/** A claim of root "a" with a machine root that says something else. */
function proving({ root: machineRoot, proof }: { root: Hex; proof: Hex }): ContractCall {
  return oracle("createWithProof", [TYPE, root("a"), extraData({ machineRoot }), proof]);
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
      machineRoot: fakeBoundary(root("a"), 7n, ends[0]!.end).root,
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
      {
        index: 1n,
        metadata,
        timestamp: createdAt,
        rootClaim: root("b"),
        extraData: extraData({}, "b"),
      },
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
    [
      "a machine state of another output root",
      () => proving(fakeBoundary(root("b"), 10n, ends[0]!.end)),
      "WrongOutputRoot",
    ],
    [
      "a machine state of another block",
      () => proving(fakeBoundary(root("a"), 11n, ends[0]!.end)),
      "WrongMachineBlock",
    ],
    [
      "a machine state that has not read every entry",
      () => proving(fakeBoundary(root("a"), 10n, ends[0]!.end - 1n)),
      "WrongMachineEntry",
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

  test("refuses a claim without the proof of its machine root", async () => {
    const { extra, proof } = claimOf("a");
    const short = proof.slice(0, -2) as Hex;
    const flipped = `${proof.slice(0, -1)}${proof.endsWith("0") ? "1" : "0"}` as Hex;
    const away = fakeBoundary(root("a"), 10n, ends[0]!.end, toHexValue(1n, { size: 32 }));
    const calls: [ContractCall, string][] = [
      [oracle("create", [TYPE, root("a"), extra]), "WrongProofLength"],
      [oracle("createWithProof", [TYPE, root("a"), extra, "0x"]), "WrongProofLength"],
      [oracle("createWithProof", [TYPE, root("a"), extra, short]), "WrongProofLength"],
      [oracle("createWithProof", [TYPE, root("a"), extra, flipped]), "WrongRoot"],
      [creating("a", { machineRoot: root("m") }), "WrongRoot"],
      [proving(away), "NotThere"],
    ];
    for (const [call, error] of calls) {
      expect(await anvil.revertOf(call)).toMatchObject({ name: `MachineBoundary${error}` });
    }
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
