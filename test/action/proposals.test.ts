import { expect, test } from "@jest/globals";
import { GENESIS_PARENT_INDEX } from "../../src/protocol/index.js";
import { encodeCreate, encodeStake } from "../../src/services/proposals/oracleCalls.js";
import { ProposalStatus } from "../../src/services/proposals/types.js";
import { defaultProposerConfig } from "../../src/services/proposer/config.js";
import { Proposer } from "../../src/services/proposer/proposer.js";
import { defaultVerifierConfig, Verifier } from "../../src/services/verifier/verifier.js";
import type { Address, Hash } from "../../src/util/hex.js";
import { ZERO_HASH } from "../../src/util/hex.js";
import { FakeOracle } from "../helpers/fakeOracle.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

const LIAR: Address = "0x0000000000000000000000000000000000000bad";
const WRONG_ROOT: Hash = `0x${"66".repeat(32)}`;

async function proposalWorld() {
  const world = await RollupWorld.createFake();
  const oracle = new FakeOracle(world.config.chain, world.l1);
  const { l1, clock, logger } = world;
  const deps = { node: world.main.node, reader: oracle, l1, clock, logger };
  const addProposer = (account: Address, finalizedOnly = false) =>
    new Proposer(
      { ...defaultProposerConfig, finalizedOnly },
      { ...deps, sender: l1.sender(account) },
    );
  const proposer = addProposer(world.config.chain.proposer);
  const verifier = new Verifier(defaultVerifierConfig, deps);
  /** Ticks with a batch every second one, and all roles stepping. */
  const run = async (
    ticks: number,
    roles: { step(): Promise<unknown> }[] = [proposer, verifier],
  ) => {
    for (let i = 0; i < ticks; i += 1) {
      await world.tick();
      if (i % 2 === 1) await world.batch();
      for (const role of roles) {
        for (let again = 0; again < 3; again += 1) {
          await role.step();
          world.l1.mine();
          await world.settle();
        }
      }
    }
  };
  return { world, oracle, proposer, verifier, addProposer, run };
}

/** A staked liar's claim on top of `parent`. */
async function lie(
  { world }: Awaited<ReturnType<typeof proposalWorld>>,
  claim: { parentIndex: bigint; feedEnd: bigint; l2BlockNumber: bigint },
): Promise<void> {
  const sender = world.l1.sender(LIAR);
  const to = world.config.addresses.blockOracle;
  const { stakeWei } = world.config.chain;
  await sender.send({ to, data: encodeStake(), valueWei: stakeWei, label: "stake" });
  const feedTipHash = world.l1.head.entries[Number(claim.feedEnd) - 1]?.hash ?? ZERO_HASH;
  const extraData = { ...claim, feedTipHash, machineRoot: ZERO_HASH };
  await sender.send({ to, data: encodeCreate(WRONG_ROOT, extraData, "0x"), label: "lie" });
  await world.settle();
}

test("the proposer stakes, claims each closed period, resolves, and moves the anchor", async () => {
  const { oracle, run, world, verifier } = await proposalWorld();
  await run(60);
  expect(oracle.proposals.length).toBeGreaterThan(5);
  const [first, second] = oracle.proposals;
  expect(first).toMatchObject({
    parentIndex: GENESIS_PARENT_INDEX,
    status: ProposalStatus.defenderWins,
  });
  expect(second?.parentIndex).toBe(0n);
  expect(oracle.anchor).not.toBeNull();
  await world.settle();
  await verifier.step();
  for (const { index } of oracle.proposals) {
    expect(world.main.node.getVerdict(index)).toMatchObject({ verdict: "agree" });
  }
  const { undisputedL2 } = await world.main.node.syncStatus();
  expect(undisputedL2?.number).toBeGreaterThan(0n);
});

test("a wrong proposal is judged, answered with the right one beside it, and never resolved by us", async () => {
  const scene = await proposalWorld();
  const { world, oracle, run, verifier } = scene;
  await run(8, []);
  await lie(scene, { parentIndex: GENESIS_PARENT_INDEX, feedEnd: 1n, l2BlockNumber: 2n });
  await run(40);
  expect(world.main.node.getVerdict(0n)).toMatchObject({
    verdict: "disagree",
    rootClaim: WRONG_ROOT,
  });
  expect(verifier.disagreements).toBe(1);
  expect(oracle.proposals[1]?.parentIndex).toBe(GENESIS_PARENT_INDEX);
  expect(oracle.proposals.every(({ status }) => status === ProposalStatus.inProgress)).toBe(true);
});

test("a second honest proposer joins what it agrees with instead of repeating it", async () => {
  const scene = await proposalWorld();
  const { oracle, run, addProposer, proposer } = scene;
  await run(14);
  const count = oracle.proposals.length;
  expect(count).toBeGreaterThan(1);
  const other = addProposer("0x0000000000000000000000000000000000000b0b");
  await run(30, [other, proposer]);
  const parents = oracle.proposals.map(({ parentIndex }) => parentIndex);
  expect(new Set(parents).size).toBe(parents.length);
});

test("with finalizedOnly nothing is claimed before L1 finalized it", async () => {
  const { world, oracle, run, addProposer } = await proposalWorld();
  const careful = addProposer("0x0000000000000000000000000000000000000b0b", true);
  world.l1.finalityDepth = 1_000n;
  await run(20, [careful]);
  expect(oracle.proposals).toHaveLength(0);
  world.l1.finalityDepth = 2n;
  await run(6, [careful]);
  expect(oracle.proposals.length).toBeGreaterThan(0);
});

test("a finalized block that contradicts a confirmed proposal stops the node with an incident", async () => {
  const scene = await proposalWorld();
  const { world, oracle, run, verifier } = scene;
  await run(8, []);
  await lie(scene, { parentIndex: GENESIS_PARENT_INDEX, feedEnd: 1n, l2BlockNumber: 2n });
  Object.assign(oracle.proposals[0] ?? {}, {
    status: ProposalStatus.defenderWins,
    resolvedAt: world.l1.head.time,
  });
  const after = run(20, [verifier]);
  await expect(after).rejects.toMatchObject({ code: "NODE_CONTRADICTS_CONFIRMED" });
  expect(world.main.node.incident?.code).toBe("NODE_CONTRADICTS_CONFIRMED");
  expect((await world.sequencer.step()).status).toBe("waiting");
  expect((await world.main.node.outputAtBlock(2n)).blockRef.number).toBe(2n);
});
