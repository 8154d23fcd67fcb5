// Makes a chain in a data directory with the server's own engine, node, sequencer, batcher and proposer against anvil:
// transfers, deposits, withdrawals in all stages, a batch and a proposal a minute. Prints its figures as JSON.
// Usage: node test/bench/rest/buildChain.mjs <folder> <blocks> <transactions> [seconds of chain per round]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mnemonicToAccount } from "viem/accounts";
import { DEV_MNEMONIC } from "../../../dist/cli/devKeys.js";
import { PREDEPLOYS } from "../../../dist/contracts/predeploys.js";
import { readWithdrawals } from "../../../dist/services/indexer/withdrawalLogs.js";
import {
  encodeDeposit,
  encodeFinalize,
  encodeInitiate,
  encodeProve,
} from "../../../dist/services/prepare/portalCalls.js";
import { buildWithdrawalProof } from "../../../dist/services/withdrawals/buildWithdrawalProof.js";
import { fromHex, toHex } from "../../../dist/util/hex.js";
import { openBenchChain } from "./benchChain.mjs";

const [, , dir, blocksText, transactionsText, roundText = "72"] = process.argv;
const BLOCKS = Number(blocksText);
const TRANSACTIONS = Number(transactionsText);
const L1_TXS_PER_ROUND = 9;
const L1_PACE = Math.ceil(Number(roundText) / L1_TXS_PER_ROUND);
const BLOCK_SECONDS = 2;
/** One of so many transactions is a withdrawal. */
const WITHDRAWAL_EVERY = 50;
/** Hashes of each kind that the measurement asks for, spread over the chain. */
const SAMPLES = 400;

// A few minutes for the deployment; the rest ends about now.
const startTime = Math.floor(Date.now() / 1000) - BLOCKS * BLOCK_SECONDS - 900;
const world = await openBenchChain(dir, { startTime, l1Pace: L1_PACE });
const { engine, rollup } = world;
const portal = rollup.addresses.portal;
const devAccount = (addressIndex) => mnemonicToAccount(DEV_MNEMONIC, { addressIndex });
const users = [2, 3, 4, 5, 6, 7].map((index) => ({ account: devAccount(index), nonce: 0 }));
const lower = (text) => text.toLowerCase();
// Deposits count up the depositor's nonce on L2, so it is none of those who send there.
const l1User = world.senderOf(lower(devAccount(1).address));
const sent = { transactions: 0, deposits: 0, withdrawals: 0, proven: 0, finalized: 0 };
const hashes = { transactions: [], withdrawals: [] };
/** Withdrawals on their way: those not proven, and those not finalized. */
const [unproven, proven] = [[], []];

async function sendOne() {
  const number = sent.transactions++;
  const user = users[number % users.length];
  const isWithdrawal = number % WITHDRAWAL_EVERY === WITHDRAWAL_EVERY - 1;
  const target = `0x${(number % 97).toString(16).padStart(40, "b")}`;
  const raw = await user.account.signTransaction({
    type: "eip1559",
    chainId: rollup.chain.l2ChainId,
    nonce: user.nonce++,
    to: isWithdrawal ? PREDEPLOYS.L2ToL1MessagePasser : target,
    value: 1n,
    data: isWithdrawal
      ? encodeInitiate(target, 100_000n, toHex(Buffer.from([number % 256])))
      : "0x",
    gas: isWithdrawal ? 250_000n : 21_000n,
    maxFeePerGas: 20_000_000_000n,
    maxPriorityFeePerGas: 1_000_000n,
  });
  hashes.transactions.push(await engine.pool.add(fromHex(raw)));
  return isWithdrawal;
}

/** Blocks until L2 has caught up with L1's time. */
async function makeBlocks() {
  for (let made = await world.head(); made < BLOCKS; made++) {
    let hasWithdrawal = false;
    while (sent.transactions < Math.floor(((made + 1) * TRANSACTIONS) / BLOCKS)) {
      hasWithdrawal = (await sendOne()) || hasWithdrawal;
    }
    if ((await world.sequencer.step()).status !== "progress") return;
    if (!hasWithdrawal) continue;
    const block = await engine.getBlock("latest");
    const receipts = await engine.getReceipts(block.header.hash);
    for (const row of readWithdrawals(block, receipts)) {
      sent.withdrawals++;
      hashes.withdrawals.push(row.withdrawalHash);
      unproven.push({ ...row, data: fromHex(row.data) });
    }
  }
}

async function onL1(data, label, valueWei = 0n) {
  const found = await l1User
    .send({ to: portal, data: fromHex(data), label, valueWei })
    .catch((error) => ({ error }));
  await world.follow();
  return found.error === undefined;
}

async function deposit() {
  const to = users[sent.deposits % users.length].account.address;
  const call = { to: lower(to), value: 1n, gasLimit: 100_000n, isCreation: false, data: "0x" };
  if (await onL1(encodeDeposit(call), "deposit", 1n)) sent.deposits++;
}

/** The oldest withdrawal that a proposal covers, and one that was proven some rounds ago. */
async function moveWithdrawals() {
  const { snapshot } = world.node.feeds;
  const count = await world.oracle.getCount(snapshot.at);
  const [newest] = count > 0n ? await world.oracle.getProposals(count - 1n, 1, snapshot.at) : [];
  const next = unproven[0];
  if (newest && next && next.l2.blockNumber <= newest.l2BlockNumber) {
    // Some stay as they are, as in life.
    unproven.splice(0, 2);
    const proof = await buildWithdrawalProof(engine, next.withdrawalHash, newest);
    if (proof && (await onL1(encodeProve(next, proof), "prove"))) {
      sent.proven++;
      proven.push(next);
    }
  }
  if (proven.length < 4) return;
  const ripe = proven.shift();
  if (await onL1(encodeFinalize(ripe, l1User.address), "finalize")) sent.finalized++;
}

async function propose() {
  await world.proposer.step();
  await world.follow();
}

const started = Date.now();
for (let round = 0; (await world.head()) < BLOCKS; round++) {
  await deposit();
  await propose();
  await deposit();
  await propose();
  await makeBlocks();
  world.batcher.requestFlush();
  await world.batcher.step();
  await world.follow();
  await propose();
  await deposit();
  await moveWithdrawals();
  await propose();
  if (round % 20 === 0) {
    process.stderr.write(`\r  ${await world.head()} of ${BLOCKS} blocks`);
  }
}
process.stderr.write("\r");
const spread = (list) =>
  Array.from({ length: Math.min(SAMPLES, list.length) }, (_, i) =>
    list.at(Math.floor((i * list.length) / Math.min(SAMPLES, list.length))),
  );
const feeds = world.node.feeds;
const figures = {
  blocks: await world.head(),
  ...sent,
  batches: Number(feeds.entryCount),
  proposals: Number(await world.oracle.getCount(feeds.snapshot.at)),
  l1Blocks: Number(feeds.snapshot.at.number),
  buildSec: Math.round((Date.now() - started) / 1000),
  samples: {
    transactions: spread(hashes.transactions),
    withdrawals: spread(hashes.withdrawals),
    // Not everybody withdraws: this account does.
    address: lower(users[1].account.address),
  },
};
await world.close();
writeFileSync(join(dir, "figures.json"), JSON.stringify(figures));
const { samples, ...shown } = figures;
console.log(JSON.stringify(shown));
