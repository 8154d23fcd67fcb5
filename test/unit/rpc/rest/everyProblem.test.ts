import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { devAccounts } from "../../../../src/l1/dev/accounts.js";

import type { IndexedProposal } from "../../../../src/services/indexer/types.js";
import { encodeDeposit, encodeProve } from "../../../../src/services/prepare/portalCalls.js";
import {
  encodeCreate,
  encodeResolve,
  encodeStake,
} from "../../../../src/services/proposals/oracleCalls.js";
import { ProposalStatus } from "../../../../src/services/proposals/types.js";
import { buildWithdrawalProof } from "../../../../src/services/withdrawals/buildWithdrawalProof.js";
import type { Address, Hash } from "../../../../src/util/hex.js";
import { addressOf, accounts as l2Accounts } from "../../../helpers/engineChain.js";
import { fakeBoundary } from "../../../helpers/fakeBoundary.js";
import {
  provokeGeneralProblems,
  provokeStreamLimits,
  provokeUnknownHost,
} from "../../../helpers/generalProblems.js";
import { LiveRestWorld } from "../../../helpers/liveRestWorld.js";
import {
  type ApiRequest,
  exampleRequests,
  OpenApiChecker,
  sendApi,
} from "../../../helpers/openapi.js";
import { contradictionsOf, ProblemLedger } from "../../../helpers/problemLedger.js";

// Every answer that openapi.yaml lists, provoked over HTTP: real contracts on a real L1, whose time the test moves. The tests
// follow one chain through its life, so their order matters.

const checker = new OpenApiChecker();
const ledger = new ProblemLedger(checker);
const [USER, OTHER, LOSER, STAKER] = [...devAccounts().keys()].slice(1) as [
  Address,
  Address,
  Address,
  Address,
];
const RECIPIENT: Address = "0x00000000000000000000000000000000000e57f0";
/** A contract that first fails and later does not. */
const FLAKY: Address = "0x00000000000000000000000000000000000f1a4b";
const NOWHERE: Hash = `0x${"f".repeat(64)}`;
const REVERTS = "0x60006000fd";
const STOPS = "0x00";

let world: LiveRestWorld;
let url: string;
let plainTx: Hash;
/** Withdrawal hashes: an undisturbed one, one whose call fails, one that is proven against a lost proposal. */
let plain: Hash;
let failing: Hash;
let misled: Hash;
/** The proposal that covers them, and one that contradicts it. */
let good: IndexedProposal;
let bad: bigint;

const ask = (operationId: string, expected: string, request?: ApiRequest) =>
  ledger.ask(url, operationId, expected, request);
const at = (hash: Hash, body?: object): ApiRequest => ({
  params: { hash },
  ...(body && { body }),
});

/** Status of an answer that is not the point. */
const peek = async (operationId: string, request: ApiRequest) =>
  (await sendApi(url, checker.operation(operationId), request)).status;

beforeAll(async () => {
  world = await LiveRestWorld.open();
  await world.rpc.call("anvil_setCode", [FLAKY, REVERTS]);
  url = await world.port();
}, 60_000);
afterAll(() => world?.close());

async function withdrawalOf(txHash: Hash): Promise<Hash> {
  const body = await ask("getWithdrawal", "ok", at(txHash));
  return body.withdrawals[0].withdrawalHash;
}

/** Asks for a transaction and sends it as it came. */
async function prepareAndSend(operationId: string, from: Address, request: ApiRequest) {
  const prepared = await ask(operationId, "ok", request);
  expect(prepared.simulation).toEqual({ ok: true });
  await world.send(from, prepared.to.toLowerCase(), prepared.data, BigInt(prepared.value));
  return prepared;
}

const statusOf = async (hash: Hash) => (await ask("getWithdrawal", "ok", at(hash))).status;

test("statuses and problems of every operation fit each other", () => {
  expect(checker.operations.flatMap(contradictionsOf)).toEqual([]);
});

test("withdrawals that no proposal covers", async () => {
  const { portal } = world.rollup.addresses;
  for (let i = 0n; i < 16n; i += 1n) {
    const deposit = { to: RECIPIENT, value: i, gasLimit: 100_000n, isCreation: false };
    await world.send(USER, portal, encodeDeposit({ ...deposit, data: "0x" }), i);
  }
  plainTx = await world.withdraw(RECIPIENT, 1n);
  const misledTx = await world.withdraw(RECIPIENT, 2n);
  const failingTx = await world.sendMessage(FLAKY);
  await world.run(6);
  [plain, misled, failing] = [
    await withdrawalOf(plainTx),
    await withdrawalOf(misledTx),
    await withdrawalOf(failingTx),
  ];
  await ask("getWithdrawalProof", "not-proposed-yet", at(plain));
  await ask("prepareProve", "not-proposed-yet", at(plain, { from: USER }));
  await ask("prepareFinalize", "not-proven-yet", at(plain, { from: USER }));
  await ask("prepareReplay", "not-replayable", at(plain, { from: USER }));
  await ask("getCoveringProposal", "not-proposed-yet", { query: { l2Block: 2 } });
  await ask("getTransactionLifecycle", "ok", at(plainTx));
}, 60_000);

test("without L1, where an answer needs it", async () => {
  const l1 = await LiveRestWorld.noL1();
  // The same index, read by a server that has just been started.
  const indexer = world.addIndexer({ store: world.indexStore, rpc: l1 });
  const cut = await world.port({ l1, indexer });
  const body = { from: USER };
  const requests: Record<string, ApiRequest> = {
    getTransactionLifecycle: at(plainTx),
    prepareDeposit: { body: { ...body, to: RECIPIENT } },
    listWithdrawals: {},
    prepareWithdrawal: { body: { ...body, target: RECIPIENT } },
    getWithdrawal: at(plain),
    getWithdrawalProof: at(plain),
    prepareProve: at(plain, body),
    prepareFinalize: at(plain, body),
    prepareReplay: at(plain, body),
    getCoveringProposal: { query: { l2Block: 2 } },
    getBond: { query: { address: USER } },
    prepareProposal: { body },
    prepareClaim: { body: { address: USER } },
    getStepProof: { query: { block: 2, position: 0 } },
  };
  for (const [operationId, request] of Object.entries(requests)) {
    await ledger.ask(cut, operationId, "l1-unavailable", request);
  }
}, 60_000);

test("a proposal is due, made, and open", async () => {
  await ask("prepareClaim", "stake-missing", { body: { address: STAKER } });
  const body = { from: STAKER };
  await world.run(8);
  const stake = await prepareAndSend("prepareProposal", STAKER, { body });
  expect(stake.action).toBe("stake");
  const bond = await ask("getBond", "ok", { query: { address: STAKER } });
  expect(bond.status).toBe("free");
  await prepareAndSend("prepareClaim", STAKER, { body: { address: STAKER } });
  await ask("prepareClaim", "stake-missing", { body: { address: STAKER } });

  const number = await coveredBlock();
  const covering = async () => (await world.indexer.view.coveringProposals(number))[0];
  await world.runUntil("a proposal", async () => !!(await covering()), [world.proposer]);
  good = (await covering()) as IndexedProposal;
  await ask("getCoveringProposal", "ok", { query: { l2Block: Number(number) } });
  await ask("getProposal", "ok", { params: { index: Number(good.index) } });
  const { proposer } = world.rollup.chain;
  await ask("prepareClaim", "stake-locked", { body: { address: proposer } });
  const isNothingDue = async () => (await peek("prepareProposal", { body })) === 409;
  await world.runUntil("nothing is due", isNothingDue, [world.proposer]);
  await ask("prepareProposal", "claim-not-due", { body });
}, 60_000);

/** The last block that one of the withdrawals is in. */
async function coveredBlock(): Promise<bigint> {
  const found = await Promise.all(
    [plain, failing, misled].map((hash) => world.indexer.view.getWithdrawal(hash)),
  );
  return found.reduce((last, w) => (w && w.l2.blockNumber > last ? w.l2.blockNumber : last), 0n);
}

test("withdrawals are proven, and wait for the challenge period", async () => {
  await ask("getWithdrawalProof", "ok", at(plain));
  for (const hash of [plain, failing]) {
    await prepareAndSend("prepareProve", USER, at(hash, { from: USER }));
  }
  // Ripe, but nobody has resolved the proposal.
  await world.run(8);
  await ask("prepareFinalize", "challenge-period-active", at(plain, { from: USER }));
  await world.runUntil(
    "readyToFinalize",
    async () => (await statusOf(plain)) === "readyToFinalize",
    [world.proposer],
  );
}, 60_000);

test("a proposal that contradicts a confirmed one takes its proofs and its stake with it", async () => {
  const { blockOracle, portal } = world.rollup.addresses;
  const withdrawal = await world.indexer.view.getWithdrawal(misled);
  const l2BlockNumber = await coveredBlock();
  expect(l2BlockNumber).toBeLessThan(good.l2BlockNumber);
  const rootClaim = (await world.node.derivedOutputRoot(l2BlockNumber)) as Hash;
  const { parentIndex, feedEnd, feedTipHash } = good;
  const machine = fakeBoundary(rootClaim, l2BlockNumber, feedEnd);
  const extraData = { l2BlockNumber, parentIndex, feedEnd, feedTipHash, machineRoot: machine.root };
  await world.send(LOSER, blockOracle, encodeStake(), world.rollup.chain.stakeWei);
  await world.send(LOSER, blockOracle, encodeCreate(rootClaim, extraData, machine.proof));
  bad = (await world.oracle().getCount((await world.reader.getHeads()).head)) - 1n;
  await world.run(1);
  const proposal = Number(bad);
  await ask("getWithdrawalProof", "proposal-invalid", {
    params: { hash: misled },
    query: { proposal },
  });
  await ask(
    "prepareProve",
    "proposal-invalid",
    at(misled, { from: OTHER, proposalIndex: proposal }),
  );
  // The portal cannot know better yet.
  const claimed = { index: bad, l2BlockNumber, rootClaim };
  const proof = await buildWithdrawalProof(world.engine, misled, claimed);
  if (!withdrawal || !proof) throw new Error("no proof");
  await world.send(OTHER, portal, encodeProve(withdrawal, proof));
  await world.send(OTHER, blockOracle, encodeResolve(bad));
  const lost = await world.indexer.view.getProposal(bad);
  expect(lost?.status).toBe(ProposalStatus.challengerWins);

  expect(await statusOf(misled)).toBe("proofInvalidated");
  const { data } = await ask("listWithdrawals", "ok", { query: { status: "proofInvalidated" } });
  expect(data.map(({ withdrawalHash }: { withdrawalHash: Hash }) => withdrawalHash)).toEqual([
    misled,
  ]);
  await ask("prepareFinalize", "proof-invalidated", at(misled, { from: USER }));
  await ask("getWithdrawalProof", "proposal-invalid", {
    params: { hash: misled },
    query: { proposal },
  });
  const bond = await ask("getBond", "ok", { query: { address: LOSER } });
  expect(bond.status).toBe("lost");
  await ask("prepareClaim", "stake-lost", { body: { address: LOSER } });
  await world.run(8);
  const stuck = await ask("prepareProposal", "claim-impossible", { body: { from: LOSER } });
  expect(stuck.detail).toContain(`lost with proposal ${bad}`);

  // Proven again, it only has to ripen.
  await prepareAndSend("prepareProve", OTHER, at(misled, { from: OTHER }));
  await ask("prepareFinalize", "proof-not-mature", at(misled, { from: USER }));
}, 60_000);

test("withdrawals are finalized; a message whose call failed is replayed", async () => {
  await prepareAndSend("prepareFinalize", OTHER, at(plain, { from: OTHER }));
  expect(await statusOf(plain)).toBe("finalized");
  await ask("prepareFinalize", "already-finalized", at(plain, { from: USER }));
  await ask("prepareProve", "already-finalized", at(plain, { from: USER }));

  await prepareAndSend("prepareFinalize", OTHER, at(failing, { from: OTHER }));
  expect(await statusOf(failing)).toBe("failedReplayable");
  await ask("prepareReplay", "ok", at(failing, { from: USER }));
  await world.rpc.call("anvil_setCode", [FLAKY, STOPS]);
  await prepareAndSend("prepareReplay", USER, at(failing, { from: USER }));
  const after = await ask("getWithdrawal", "ok", at(failing));
  expect(after.call.isReplayable).toBe(false);
  await ask("prepareReplay", "not-replayable", at(failing, { from: USER }));
}, 60_000);

test("prepared deposits warn of what is only on L1", async () => {
  const { portal } = world.rollup.addresses;
  const codesOf = ({ warnings }: { warnings: { code: string }[] }) =>
    warnings.map(({ code }) => code);
  const aliased = await ask("prepareDeposit", "ok", { body: { from: FLAKY, to: RECIPIENT } });
  expect(codesOf(aliased)).toContain("contract-sender-will-be-aliased");
  expect(aliased.deposit.isAliased).toBe(true);
  const alone = await ask("prepareDeposit", "ok", { body: { from: USER, to: portal } });
  expect(codesOf(alone)).toEqual(["recipient-has-code-on-l1-only"]);
  const body = { from: USER, to: RECIPIENT };
  const data = `0x${"00".repeat(120_001)}`;
  await ask("prepareDeposit", "data-too-large", { body: { ...body, data } });
  await ask("prepareDeposit", "gas-limit-out-of-range", { body: { ...body, gasLimit: "1" } });
  await ask("prepareDeposit", "creation-with-recipient", { body: { ...body, isCreation: true } });
  await ask("prepareWithdrawal", "target-refused", { body: { from: USER, target: portal } });
  const much = { from: USER, target: RECIPIENT, gasLimit: "99999999" };
  await ask("prepareWithdrawal", "gas-limit-out-of-range", { body: much });
  await ask("prepareWithdrawal", "ok", {
    body: { from: addressOf(l2Accounts[1]), target: RECIPIENT, valueWei: "1" },
  });
}, 60_000);

test("things that are not there", async () => {
  const hash = NOWHERE;
  await ask("getFeedEntry", "entry-unknown", { params: { name: "deposits", index: 999 } });
  await ask("getBatch", "batch-unknown", { params: { index: 9_999 } });
  await ask("getBlockProvenance", "block-unknown", { params: { numberOrHash: hash } });
  await ask("getTransactionLifecycle", "transaction-unknown", at(hash));
  await ask("getDeposit", "deposit-unknown", { params: { id: hash } });
  await ask("getWithdrawal", "withdrawal-unknown", at(hash));
  await ask("getWithdrawalProof", "withdrawal-unknown", at(hash));
  for (const step of ["prepareProve", "prepareFinalize", "prepareReplay"]) {
    await ask(step, "withdrawal-unknown", at(hash, { from: USER }));
  }
  const proposal = 9_999;
  await ask("getProposal", "proposal-unknown", { params: { index: proposal } });
  await ask("getWithdrawalProof", "proposal-unknown", {
    params: { hash: misled },
    query: { proposal },
  });
  await ask(
    "prepareProve",
    "proposal-unknown",
    at(misled, { from: USER, proposalIndex: proposal }),
  );
  await ask("getCoveringProposal", "block-unknown", { query: { l2Block: 99_999 } });
  await ask("getAccountProof", "block-unknown", {
    params: { address: USER },
    query: { block: hash },
  });
  await ask("getOutputProof", "block-unknown", { params: { l2Block: 99_999 } });
  const first = Number(world.rollup.genesisOrigin.number);
  await ask("getSafeHead", "l1-block-unknown", { query: { l1Block: first - 1 } });
  await ask("getSafeHead", "not-derived-yet", { query: { l1Block: 10 ** 9 } });
  await ask("getSafeHead", "ok", { query: { l1Block: first } });
});

test("steps that can be proven, and steps that cannot", async () => {
  const step = (block: number | bigint, position: number): ApiRequest => ({
    query: { block: Number(block), position },
  });
  const first = await ask("getStepProof", "ok", step(2, 0));
  expect(first.mode).toBe("BOUNDARY");
  const { steps } = world.machineRoots.getBlock(first.block.hash) ?? { steps: 0 };
  const last = await ask("getStepProof", "ok", step(2, steps - 1));
  expect(last.mode).toBe("SEAL");
  expect(last.postRoot).toBe(world.machineRoots.getBlock(first.block.hash)?.root);
  const beyond = await ask("getStepProof", "step-unknown", step(2, steps));
  expect(beyond.steps).toBe(steps);
  await ask("getStepProof", "block-unknown", step(99_999, 0));
  await world.tick();
  const head = (await world.engine.getHeader("latest"))?.number ?? 0n;
  await ask("getStepProof", "not-derived-yet", step(head, 0));
  const lost = (await world.engine.getHeader(0n))?.stateRoot as Hash;
  const poor = await world.port({ lost });
  const problem = await ledger.ask(poor, "getStepProof", "state-missing", step(1, 60));
  expect(problem.hash).toBe(lost);
});

test("cursors that are none, and cursors on what is no more", async () => {
  await ask("listIncidents", "cursor-malformed", { query: { cursor: "W10" } });
  const lists: Record<string, ApiRequest> = {
    listFeedEntries: { params: { name: "batches" } },
    listBatches: {},
    listDeposits: {},
    listWithdrawals: {},
    listProposals: {},
  };
  for (const [operationId, request] of Object.entries(lists)) {
    const with_ = (query: object) => ({ ...request, query: { limit: 1, ...query } });
    const { nextCursor } = await ask(operationId, "ok", with_({}));
    const parts = JSON.parse(Buffer.from(nextCursor, "base64url").toString()) as unknown[];
    const fallen = Buffer.from(JSON.stringify([parts[0], parts[1], NOWHERE])).toString("base64url");
    await ask(operationId, "cursor-reorged", with_({ cursor: fallen }));
    await ask(operationId, "cursor-malformed", with_({ cursor: "W10" }));
    await ask(operationId, "ok", with_({ cursor: nextCursor }));
  }
});

test("a server whose node or index has only begun", async () => {
  const rebuilt = world.addNode({ blocksPerStep: 1 });
  await rebuilt.step();
  expect(rebuilt.feeds.derivedCount).toBeLessThan(good.feedEnd);
  const behind = world.addIndexer({ node: rebuilt });
  await world.settle(behind);
  const deriving = await world.port({ node: rebuilt, indexer: behind });
  const proposal = Number(good.index);
  await ledger.ask(deriving, "getWithdrawalProof", "not-derived-yet", {
    params: { hash: misled },
    query: { proposal },
  });
  const prove = at(misled, { from: USER, proposalIndex: proposal });
  await ledger.ask(deriving, "prepareProve", "not-derived-yet", prove);

  const blank = world.addNode();
  const fresh = await world.port({ node: blank, indexer: world.addIndexer({ node: blank }) });
  await ledger.ask(fresh, "prepareProposal", "syncing", { body: { from: USER } });
  await ledger.ask(fresh, "getBond", "not-derived-yet", { query: { address: USER } });
  await ledger.ask(fresh, "prepareClaim", "not-derived-yet", { body: { address: USER } });

  const body = { from: USER };
  for (const [operationId, request] of Object.entries({
    getDeposit: { params: { id: "15" } },
    getWithdrawal: at(NOWHERE),
    getWithdrawalProof: at(NOWHERE),
    prepareProve: at(NOWHERE, body),
    prepareFinalize: at(NOWHERE, body),
    prepareReplay: at(NOWHERE, body),
  })) {
    const indexing = await world.port({ indexer: world.addIndexer({ perStep: 1 }) });
    await ledger.ask(indexing, operationId, "syncing", request);
  }
}, 60_000);

test("a server without node, index and L1", async () => {
  const bare = await world.port({ isBare: true });
  for (const operation of checker.operations) {
    if (!operation.problems.includes("part-not-running")) continue;
    const [request] = exampleRequests(operation);
    const isSafeHead = operation.operationId === "getSafeHead";
    const query = { ...request?.query, ...(isSafeHead ? { l1Block: 5 } : {}) };
    await ledger.ask(bare, operation.operationId, "part-not-running", { ...request, query });
  }
});

test("requests that no operation takes", async () => {
  for (const operation of checker.operations) {
    const [request] = exampleRequests(operation);
    const query = { ...request?.query, nothing: 1 };
    await ask(operation.operationId, "validation-failed", { ...request, query });
  }
  await provokeGeneralProblems(url, checker, ledger);
  await provokeStreamLimits(url, ledger);
  await provokeUnknownHost(url, checker, ledger);
});

test("a failure that nobody has foreseen tells nothing of the inside", async () => {
  const broken = await world.port({
    l1: {
      call: async () => {
        throw new Error("secret of the inside");
      },
      batch: async () => [],
    },
  });
  const response = await fetch(`${broken}/api/v1/withdrawals`);
  const body = (await response.json()) as { code: string };
  expect([response.status, body.code]).toEqual([500, "internal"]);
  expect(checker.checkSchema("Problem", body)).toEqual([]);
  expect(JSON.stringify(body)).not.toContain("secret");
  ledger.note(500, "internal");
});

test("every example is answered as described", async () => {
  let count = 0;
  for (const operation of checker.operations) {
    for (const example of exampleRequests(operation)) {
      const isSafeHead = operation.operationId === "getSafeHead";
      const l1Block = Number(world.rollup.genesisOrigin.number);
      const request = isSafeHead ? { ...example, query: { l1Block } } : example;
      const answer = await sendApi(url, operation, request);
      expect(checker.check(operation, answer)).toEqual([]);
      expect(answer.status).toBeLessThan(500);
      if (answer.status === 200) await ask(operation.operationId, "ok", request);
      count += 1;
    }
  }
  process.stdout.write(`${count} examples executed\n`);
});

test("nothing that openapi.yaml lists was left out", () => {
  const [all, missing] = [ledger.listed(), ledger.missing()];
  const seen = all.length - missing.length;
  process.stdout.write(`${seen} of ${all.length} (operation, problem) pairs provoked\n`);
  expect(missing).toEqual([]);
  expect(ledger.idle()).toEqual([]);
});
