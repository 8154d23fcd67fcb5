import { describe, expect, test } from "@jest/globals";
import { encodeFunctionData, parseEventLogs } from "viem";
import { CallerMock } from "../../../src/contracts/generated/CallerMock.js";
import { Proposal } from "../../../src/contracts/generated/Proposal.js";
import type { Address } from "../../../src/util/hex.js";
import {
  alice,
  anvil,
  ask,
  bob,
  CHALLENGER_WINS,
  carol,
  challengePeriodSeconds,
  confirm,
  create,
  creating,
  DEFENDER_WINS,
  errorOf,
  l1,
  now,
  oracle,
  passSeconds,
  read,
  resolving,
  STAKE,
  status,
  stranger,
} from "./oracleWorld.js";

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
