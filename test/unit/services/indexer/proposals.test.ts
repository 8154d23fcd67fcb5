import { expect, test } from "@jest/globals";
import { GENESIS_PARENT_INDEX } from "../../../../src/protocol/index.js";
import { encodeCreate, encodeStake } from "../../../../src/services/proposals/oracleCalls.js";
import { ProposalStatus } from "../../../../src/services/proposals/types.js";
import type { Address, Hash } from "../../../../src/util/hex.js";
import { ZERO_HASH } from "../../../../src/util/hex.js";
import { dump, IndexWorld } from "../../../helpers/indexWorld.js";

const LIAR: Address = "0x0000000000000000000000000000000000000bad";
const WRONG_ROOT: Hash = `0x${"66".repeat(32)}`;
const ASC = { limit: 100, order: "asc" } as const;

/** A staked liar's claim on the genesis anchor. */
async function lie({ world }: IndexWorld): Promise<void> {
  const sender = world.l1.sender(LIAR);
  const to = world.config.addresses.blockOracle;
  const { stakeWei } = world.config.chain;
  await sender.send({ to, data: encodeStake(), valueWei: stakeWei, label: "stake" });
  const feedTipHash = world.l1.head.entries[0]?.hash ?? ZERO_HASH;
  const claim = { parentIndex: GENESIS_PARENT_INDEX, feedEnd: 1n, l2BlockNumber: 2n };
  const extraData = { ...claim, feedTipHash, machineRoot: ZERO_HASH };
  await sender.send({ to, data: encodeCreate(WRONG_ROOT, extraData, "0x"), label: "lie" });
  await world.settle();
}

test("proposals are listed with verdict, fate and times, and cover the blocks below them", async () => {
  const scene = await IndexWorld.create();
  await scene.run(40, [scene.addProposer()]);
  const { view, oracle, world } = scene;
  const { items } = await view.listProposals({}, ASC);
  expect(items.length).toBe(oracle.proposals.length);
  expect(items.length).toBeGreaterThan(4);
  const { challengePeriodSeconds, disputeGameFinalityDelaySeconds } = world.config.chain;
  for (const [i, item] of items.entries()) {
    expect(item).toMatchObject({ ...oracle.proposals[i], verdict: "agree", expectedRoot: null });
    expect(item.usableForWithdrawals).toBe(true);
    const from =
      item.status === ProposalStatus.inProgress
        ? item.createdAt + BigInt(challengePeriodSeconds) + 1n
        : item.resolvedAt;
    expect(item.resolvableAt).toBe(from);
    expect(item.confirmedAfter).toBe(from + BigInt(disputeGameFinalityDelaySeconds));
    expect(await view.getProposal(item.index)).toEqual(item);
  }
  const of = async (filter: Parameters<typeof view.listProposals>[0]) =>
    (await view.listProposals(filter, ASC)).items.map(({ index }) => index);
  const parts = [
    ...(await of({ state: "confirmed" })),
    ...(await of({ state: "resolved" })),
    ...(await of({ state: "open" })),
  ];
  expect(parts).toEqual(items.map(({ index }) => index));
  expect(await of({ state: "rejected" })).toEqual([]);
  expect(await of({ verdict: "disagree" })).toEqual([]);
  const last = items.at(-1);
  for (let block = 1n; block <= (last?.l2BlockNumber ?? 0n); block += 1n) {
    const [covering] = await view.coveringProposals(block);
    expect(covering).toEqual(items.find(({ l2BlockNumber }) => l2BlockNumber >= block));
  }
  expect(await view.coveringProposals((last?.l2BlockNumber ?? 0n) + 1n)).toEqual([]);
});

test("a wrong proposal has our root beside it, is not used, and holds up its sibling", async () => {
  const scene = await IndexWorld.create();
  await scene.run(8, []);
  await lie(scene);
  await scene.run(20, [scene.addProposer()]);
  const { view } = scene;
  const [wrong, right] = (await view.listProposals({}, ASC)).items;
  expect(wrong).toMatchObject({
    verdict: "disagree",
    usableForWithdrawals: false,
    resolvableAt: null,
  });
  expect(wrong?.expectedRoot).toBe(right?.rootClaim);
  expect(right).toMatchObject({ verdict: "agree", usableForWithdrawals: true, resolvableAt: null });
  expect((await view.coveringProposals(1n))[0]?.index).toBe(1n);
  expect((await view.listProposals({ verdict: "disagree" }, ASC)).items).toEqual([wrong]);
});

test("a proposal that is lost covers nothing any more, nor do its children", async () => {
  const scene = await IndexWorld.create();
  await scene.run(14, [scene.addProposer()]);
  const { view, oracle, world } = scene;
  expect(oracle.proposals.length).toBeGreaterThan(1);
  Object.assign(oracle.proposals[0] ?? {}, {
    status: ProposalStatus.challengerWins,
    resolvedAt: world.l1.head.time,
  });
  world.l1.mine();
  await scene.settle();
  expect(await view.getProposal(0n)).toMatchObject({
    usableForWithdrawals: false,
    resolvableAt: null,
    confirmedAfter: null,
  });
  expect((await view.getProposal(1n))?.usableForWithdrawals).toBe(false);
  expect((await view.listProposals({ state: "rejected" }, ASC)).items).toHaveLength(1);
});

test("proposals that a reorg takes away are gone, and others may come in their place", async () => {
  const scene = await IndexWorld.create();
  await scene.run(14, [scene.addProposer()]);
  const { view, oracle, world } = scene;
  const last = oracle.proposals.pop();
  world.l1.mine();
  await scene.settle();
  expect(await view.getProposal(last?.index ?? 0n)).toBeUndefined();
  const page = await view.listProposals({}, { limit: 1, order: "asc" });
  const other = { ...last, rootClaim: WRONG_ROOT } as (typeof oracle.proposals)[0];
  oracle.proposals.push(other);
  Object.assign(oracle.proposals[0] ?? {}, { createdAt: 1n });
  world.l1.mine();
  await scene.settle();
  expect(await view.getProposal(other.index)).toMatchObject({ verdict: "disagree" });
  const after = page.next ?? undefined;
  await expect(
    view.listProposals({}, { limit: 1, order: "asc", ...(after && { after }) }),
  ).rejects.toMatchObject({ code: "INDEX_CURSOR_REORGED" });
});

test("a stake is locked with its proposal, free with a good one, lost with a bad one", async () => {
  const scene = await IndexWorld.create();
  await scene.run(10, [scene.addProposer()]);
  const { view, oracle, world } = scene;
  const { proposer, stakeWei } = world.config.chain;
  const stake = await view.getStake(proposer);
  expect(stake).toMatchObject({ address: proposer, amountWei: stakeWei, status: "locked" });
  expect(stake.claimableAt).toBe(stake.standsOnProposal?.resolvableAt);
  const resolve = async (status: number) => {
    const index = Number(stake.standsOn);
    Object.assign(oracle.proposals[index] ?? {}, { status, resolvedAt: world.l1.head.time });
    world.l1.mine();
    await scene.settle();
    return (await view.getStake(proposer)).status;
  };
  expect(await resolve(ProposalStatus.defenderWins)).toBe("free");
  expect(await resolve(ProposalStatus.challengerWins)).toBe("lost");
  expect(await view.getStake(LIAR)).toMatchObject({ amountWei: 0n, status: "none" });
});

test("proposals of an index made anew are the same, byte by byte", async () => {
  const scene = await IndexWorld.create();
  await scene.run(24, [scene.addProposer()]);
  const before = await dump(scene.indexer);
  await scene.indexer.forget();
  await scene.settle();
  expect(await dump(scene.indexer)).toBe(before);
});
