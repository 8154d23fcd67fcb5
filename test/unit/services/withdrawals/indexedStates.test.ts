import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { devAccounts } from "../../../../src/l1/dev/accounts.js";
import type { JsonRpc } from "../../../../src/l1/jsonRpc.js";
import type { L1BlockRef } from "../../../../src/protocol/types.js";
import type { IndexedProposal } from "../../../../src/services/indexer/types.js";
import { encodeFinalize, encodeProve } from "../../../../src/services/prepare/portalCalls.js";
import {
  encodeCreate,
  encodeResolve,
  encodeStake,
} from "../../../../src/services/proposals/oracleCalls.js";
import { buildWithdrawalProof } from "../../../../src/services/withdrawals/buildWithdrawalProof.js";
import { GameReader } from "../../../../src/services/withdrawals/gameReader.js";
import { L1Calls } from "../../../../src/services/withdrawals/l1Calls.js";
import { WithdrawalReader } from "../../../../src/services/withdrawals/withdrawalReader.js";
import type { Address, Hash, Hex } from "../../../../src/util/hex.js";
import { fakeBoundary } from "../../../helpers/fakeBoundary.js";
import { LiveRestWorld } from "../../../helpers/liveRestWorld.js";

// What the index alone says of withdrawals against what the contracts say, on a real L1 whose time the test moves: after every step
// of one chain's life, so the order of the tests matters.

const [USER, LOSER] = [...devAccounts().keys()].slice(1) as [Address, Address];
const RECIPIENT: Address = "0x00000000000000000000000000000000000e57f0";
/** A contract that first fails and later does not. */
const FLAKY: Address = "0x00000000000000000000000000000000000f1a4b";
const ALL = { limit: 100, order: "asc" } as const;

let world: LiveRestWorld;
let byIndex: WithdrawalReader;
let byContracts: WithdrawalReader;
let games: GameReader;
/** Calls of L1's contracts that the reader of the index has made. */
let asked = 0;
let before: L1BlockRef | undefined;
let plain: Hash;
let misled: Hash;
let failing: Hash;

beforeAll(async () => {
  world = await LiveRestWorld.open();
  await world.rpc.call("anvil_setCode", [FLAKY, "0x60006000fd"]);
  const { rollup, engine, rpc, indexer } = world;
  const { view } = indexer;
  const counting: JsonRpc = {
    call: (method, params) => {
      asked += method === "eth_call" ? 1 : 0;
      return rpc.call(method, params);
    },
    batch: (calls) => rpc.batch(calls),
  };
  const { multicall3, blockOracle } = rollup.addresses;
  const shared = { engine, genesisTime: async () => rollup.genesisOrigin.time };
  const calls = new L1Calls(multicall3, { rpc });
  byIndex = new WithdrawalReader(rollup, {
    ...shared,
    index: view,
    calls: new L1Calls(multicall3, { rpc: counting }),
  });
  byContracts = new WithdrawalReader(rollup, {
    ...shared,
    calls,
    index: {
      coveringProposals: (number, limit) => view.coveringProposals(number, limit),
      getProposal: (index) => view.getProposal(index),
      getWithdrawalL1: (hash) => view.getWithdrawalL1(hash),
      getGame: async () => undefined,
      hasWithdrawalEvents: () => false,
      standing: () => undefined,
    },
  });
  games = new GameReader(blockOracle, { calls });
}, 60_000);
afterAll(() => world?.close());

/** Both say the same now, and of proposals one L1 block ago. Answers statuses by withdrawal. */
async function compare(): Promise<Map<Hash, string>> {
  const { view } = world.indexer;
  const at = view.standing()?.at;
  if (!at) throw new Error("the index stands nowhere");
  const { items } = await view.listWithdrawals({}, ALL);
  const reports = await byIndex.report(items, at);
  expect(reports).toEqual(await byContracts.report(items, at));
  const proposals = (await view.listProposals({}, ALL)).items;
  if (before) {
    const then = await games.read(
      proposals.map(({ address }) => address),
      before,
    );
    for (const { index, address } of proposals) {
      expect(await view.getGame(index, before)).toEqual(then.get(address));
    }
  }
  before = at;
  return new Map(
    reports.map(({ withdrawal, progress }) => [withdrawal.withdrawalHash, progress.status]),
  );
}

/** Ticks until a withdrawal has a status, comparing at each. */
async function until(hash: Hash, status: string): Promise<void> {
  await world.runUntil(status, async () => (await compare()).get(hash) === status, [
    world.proposer,
  ]);
}

/** The next L1 block, at which the index needs no answer of L1 about what it has asked for once. */
async function expectNothingAsked(): Promise<void> {
  await compare();
  await world.tick();
  asked = 0;
  await compare();
  expect(asked).toBe(0);
}

const hashOf = async (txHash: Hash) =>
  (await world.indexer.view.withdrawalsOfTx(txHash))[0]?.withdrawalHash as Hash;

async function get(hash: Hash) {
  const found = await world.indexer.view.getWithdrawal(hash);
  if (!found) throw new Error("no such withdrawal");
  return found;
}

async function prove(
  hash: Hash,
  from: Address,
  claim?: Parameters<typeof buildWithdrawalProof>[2],
) {
  const withdrawal = await get(hash);
  const [covering] = await world.indexer.view.coveringProposals(withdrawal.l2.blockNumber);
  const proof = await buildWithdrawalProof(
    world.engine,
    hash,
    claim ?? (covering as IndexedProposal),
  );
  if (!proof) throw new Error("no proof");
  await world.send(from, world.rollup.addresses.portal, encodeProve(withdrawal, proof));
}

async function finalize(hash: Hash, submitter: Address) {
  const data = encodeFinalize(await get(hash), submitter);
  await world.send(USER, world.rollup.addresses.portal, data);
}

test("withdrawals that wait for a proposal, and that can be proven", async () => {
  const sent = [
    await world.withdraw(RECIPIENT, 0n),
    await world.withdraw(RECIPIENT, 0n),
    await world.sendMessage(FLAKY),
  ];
  await world.run(4);
  [plain, misled, failing] = (await Promise.all(sent.map(hashOf))) as [Hash, Hash, Hash];
  await until(plain, "waitingForProposal");
  await until(plain, "readyToProve");
  await expectNothingAsked();
}, 60_000);

test("a proof that an L1 reorg takes back, and that is made again", async () => {
  const { rpc, node } = world;
  const depth = 2;
  await prove(plain, USER);
  expect((await compare()).get(plain)).toBe("proven");
  const { number } = (await world.reader.getHeads()).head;
  await rpc.call("anvil_reorg", [depth, []]);
  before = undefined;
  await world.tick();
  expect(node.feeds.snapshot?.at.number).toBeGreaterThan(number);
  expect((await compare()).get(plain)).toBe("readyToProve");
  await prove(plain, LOSER);
  await prove(failing, USER);
  await prove(plain, USER);
  await expectNothingAsked();
}, 60_000);

test("proofs that ripen, and a proposal that is resolved", async () => {
  await until(plain, "inChallengePeriod");
  await until(plain, "readyToFinalize");
  await expectNothingAsked();
}, 60_000);

test("a proof against a proposal that contradicts a confirmed one, and is lost with it", async () => {
  const { blockOracle } = world.rollup.addresses;
  const { l2 } = await get(misled);
  const [good] = await world.indexer.view.coveringProposals(l2.blockNumber);
  // The withdrawal can be proven there as well.
  const l2BlockNumber = (good as IndexedProposal).l2BlockNumber + 1n;
  const rootClaim = (await world.node.derivedOutputRoot(l2BlockNumber)) as Hash;
  const { parentIndex, feedEnd, feedTipHash } = good as IndexedProposal;
  const machine = fakeBoundary(rootClaim, l2BlockNumber, feedEnd);
  const extraData = { l2BlockNumber, parentIndex, feedEnd, feedTipHash, machineRoot: machine.root };
  await world.send(LOSER, blockOracle, encodeStake(), world.rollup.chain.stakeWei);
  await world.send(LOSER, blockOracle, encodeCreate(rootClaim, extraData, machine.proof));
  const index = (await world.oracle().getCount((await world.reader.getHeads()).head)) - 1n;
  await compare();
  await prove(misled, LOSER, { index, l2BlockNumber, rootClaim });
  expect((await compare()).get(misled)).toBe("proofInvalidated");
  await expectNothingAsked();
  await world.send(LOSER, blockOracle, encodeResolve(index));
  await expectNothingAsked();
  await prove(misled, LOSER);
  await compare();
}, 60_000);

test("withdrawals that are finalized, and a message that is tried again", async () => {
  await finalize(plain, USER);
  expect((await compare()).get(plain)).toBe("finalized");
  await finalize(failing, USER);
  expect((await compare()).get(failing)).toBe("failedReplayable");
  await world.rpc.call("anvil_setCode", [FLAKY, "0x00"]);
  const url = await world.port();
  const prepared = await fetch(`${url}/api/v1/withdrawals/${failing}/prepare-replay`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: USER }),
  });
  const { to, data } = (await prepared.json()) as { to: string; data: Hex };
  await world.send(USER, to.toLowerCase() as Address, data);
  expect((await compare()).get(failing)).toBe("finalized");
  await expectNothingAsked();
}, 60_000);
