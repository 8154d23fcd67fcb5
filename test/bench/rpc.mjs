// JSON-RPC of a real server against Hardhat's node with logging off, both in the same run and asked in turns.
// Prints ratios of requests per second: above 1 means faster than Hardhat. Fails below the bars.
// Usage: npm run bench:rpc [-- --requests 2000 --transfers 1000 --rounds 3]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFunctionData, getContractAddress } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { WETH9 } from "../../dist/contracts/generated/WETH9.js";
import { startHardhatNode } from "../../dist/l1/dev/hardhatNode.js";
import { silentLogger } from "../../dist/telemetry/logger.js";
import { freePort } from "./rest/benchL1.mjs";
import { startClient } from "./rest/client.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? Number(process.argv[at + 1]) : fallback;
};
const REQUESTS = option("requests", 2_000);
const TRANSFERS = option("transfers", 1_000);
const ROUNDS = option("rounds", 3);
const CONCURRENCY = 8;
const WARM_UP = 300;
const ENDLESS_CALLS = 50;
const READ_BAR = 1;
/** Measured, but nothing is demanded of it. */
const WITHOUT_BAR = ["eth_estimateGas"];
const INCLUSION_BAR = 0.25;
const BUSY_P99_MS = 50;
const SENDERS = 5;
const MNEMONIC = "test test test test test test test test test test test junk";
const accounts = Array.from({ length: SENDERS }, (_, i) =>
  mnemonicToAccount(MNEMONIC, { addressIndex: i + 1 }),
);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const word = (value) => BigInt(value).toString(16).padStart(64, "0");
const holder = (i) => `0x${word(i * 7_919 + 1).slice(24)}`;

async function call(url, method, params = []) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const answer = await (await fetch(url, { method: "POST", headers, body })).json();
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

async function receiptOf(url, hash) {
  for (;;) {
    const receipt = await call(url, "eth_getTransactionReceipt", [hash]);
    if (receipt) return receipt;
    await sleep(10);
  }
}

/** One server and what was put on its chain. */
class Target {
  constructor(name, url) {
    this.name = name;
    this.url = url;
    this.nonces = accounts.map(() => 0);
  }

  sign(who, fields) {
    return accounts[who].signTransaction({
      type: "eip1559",
      chainId: this.chainId,
      nonce: this.nonces[who]++,
      gas: 120_000n,
      maxFeePerGas: 20_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
      ...fields,
    });
  }

  async prepare() {
    this.chainId = Number(await call(this.url, "eth_chainId"));
    for (const [i, { address }] of accounts.entries()) {
      this.nonces[i] = Number(await call(this.url, "eth_getTransactionCount", [address, "latest"]));
    }
    const from = accounts[0].address;
    this.token = getContractAddress({ from, nonce: BigInt(this.nonces[0]) });
    const creation = await this.sign(0, { data: WETH9.bytecode, gas: 3_000_000n });
    await receiptOf(this.url, await call(this.url, "eth_sendRawTransaction", [creation]));
    const data = encodeFunctionData({ abi: WETH9.abi, functionName: "deposit" });
    const filled = [];
    for (let who = 0; who < SENDERS; who++) {
      const raw = await this.sign(who, { to: this.token, data, value: 10n ** 18n });
      filled.push(await call(this.url, "eth_sendRawTransaction", [raw]));
    }
    for (const hash of filled) await receiptOf(this.url, hash);
  }

  /** ERC-20 transfers per second, from the first byte sent to the last receipt; signing is outside the clock. */
  async includes() {
    const raws = [];
    for (let i = 0; i < TRANSFERS; i++) {
      const args = [holder(i % 500), 1n];
      const data = encodeFunctionData({ abi: WETH9.abi, functionName: "transfer", args });
      raws.push(await this.sign(i % SENDERS, { to: this.token, data }));
    }
    const startMs = performance.now();
    const hashes = [];
    for (let i = 0; i < raws.length; i += 50) {
      const batch = raws.slice(i, i + 50).map((raw, id) => {
        return { jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: [raw] };
      });
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(batch);
      for (const answer of await (
        await fetch(this.url, { method: "POST", headers, body })
      ).json()) {
        if (answer.error) throw new Error(answer.error.message);
        hashes.push(answer.result);
      }
    }
    let last;
    for (const hash of hashes.slice(-SENDERS)) last = await receiptOf(this.url, hash);
    this.hashes = hashes;
    this.last = last;
    return (TRANSFERS * 1_000) / (performance.now() - startMs);
  }

  /** Transfers in the block of the last one. */
  async countInLast() {
    const block = await call(this.url, "eth_getBlockByHash", [this.last.blockHash, true]);
    return block.transactions.filter(({ to }) => to === this.token.toLowerCase()).length;
  }

  /** Mines one block of so many transfers, on a node that mines when it is told to. */
  async mineOne(count) {
    await call(this.url, "evm_setAutomine", [false]);
    await call(this.url, "evm_setIntervalMining", [0]);
    const hashes = [];
    for (let i = 0; i < count; i++) {
      const args = [holder(i % 500), 1n];
      const data = encodeFunctionData({ abi: WETH9.abi, functionName: "transfer", args });
      const raw = await this.sign(i % SENDERS, { to: this.token, data, gas: 60_000n });
      hashes.push(await call(this.url, "eth_sendRawTransaction", [raw]));
    }
    await call(this.url, "evm_mine");
    this.last = await receiptOf(this.url, hashes.at(-1));
  }

  /** What is asked, by name: bodies that differ where the question has something to differ in. */
  questions() {
    const { token, hashes, last } = this;
    const block = last.blockNumber;
    const balanceOf = (i, change) =>
      encodeFunctionData({ abi: WETH9.abi, functionName: "balanceOf", args: [holder(i + change)] });
    const transfer = (i) =>
      encodeFunctionData({ abi: WETH9.abi, functionName: "transfer", args: [holder(i), 1n] });
    const of = (count, make) => Array.from({ length: count }, (_, i) => make(i));
    return {
      eth_blockNumber: of(1, () => []),
      eth_getBalance: of(64, (i) => [holder(i), "latest"]),
      "eth_call (64 different ones)": of(64, (i) => [
        { to: token, data: balanceOf(i, 0) },
        "latest",
      ]),
      "eth_call (none twice)": of(REQUESTS * (ROUNDS + 1), (i) => [
        { to: token, data: balanceOf(i, 1_000) },
        "latest",
      ]),
      eth_estimateGas: of(64, (i) => [
        { from: accounts[0].address, to: token, data: transfer(i) },
        "latest",
      ]),
      eth_getTransactionReceipt: of(200, (i) => [hashes[(i * 7) % hashes.length]]),
      "eth_getBlockByNumber, full": of(1, () => [block, true]),
      eth_getLogs: of(1, () => [{ fromBlock: block, toBlock: block, address: token }]),
      "eth_getProof, 2 slots": of(16, (i) => [
        token,
        [`0x${word(i)}`, `0x${word(i + 1)}`],
        "latest",
      ]),
    };
  }
}

/** Bodies for the client that asks, round by round other ones if there are enough. */
function bodiesOf(name, params, round) {
  const method = name.split(/[ ,]/)[0];
  const size = Math.min(params.length, REQUESTS);
  const start = (round * size) % params.length;
  return params.slice(start, start + size).map((one) => {
    return { path: "/", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: one }) };
  });
}

async function compare(client, ours, theirs, rows) {
  const questions = [ours.questions(), theirs.questions()];
  for (const name of Object.keys(questions[0])) {
    // What compiles itself while it runs is given the time for it.
    for (const [at, target] of [ours, theirs].entries()) {
      const targets = bodiesOf(name, questions[at][name], 0);
      await client.run({ url: target.url, targets, requests: WARM_UP, connections: CONCURRENCY });
    }
    const rates = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [at, target] of [ours, theirs].entries()) {
        const targets = bodiesOf(name, questions[at][name], round + 1);
        const requests = /full|Logs/.test(name) ? Math.ceil(REQUESTS / 20) : REQUESTS;
        const work = { url: target.url, targets, requests, connections: CONCURRENCY };
        rates[at].push((await client.run(work)).perSecond);
      }
    }
    rows.push({
      measure: `${name} /s`,
      ours: median(rates[0]),
      hardhat: median(rates[1]),
      bar: WITHOUT_BAR.includes(name) ? 0 : READ_BAR,
    });
  }
}

/** p99 of eth_blockNumber while calls that never end keep the threads for calls busy. */
async function whileBusy(client, busy, { url, token }) {
  const endless = (i) => [
    { to: token, data: `0x${word(i)}`, gas: "0x2faf080" },
    "latest",
    { [token]: { code: "0x5b600056" } },
  ];
  const params = Array.from({ length: ENDLESS_CALLS }, (_, i) => endless(i));
  const running = busy.run({
    url,
    targets: bodiesOf("eth_call", params, 0),
    requests: ENDLESS_CALLS,
    connections: ENDLESS_CALLS,
  });
  await sleep(200);
  const targets = bodiesOf("eth_blockNumber", [[]], 0);
  const result = await client.run({ url, targets, requests: REQUESTS, connections: 1 });
  await running;
  return result.p99;
}

/** What held up the main thread since the last look, by the server's own metric. Units: milliseconds. */
async function loopDelay(adminUrl) {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const ms = (name) =>
    1_000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m").exec(text)?.[1]);
  return `p99 ${ms("p99").toFixed(0)} ms, at most ${ms("max").toFixed(0)} ms`;
}

const dataDir = mkdtempSync(join(tmpdir(), "fovea-bench-rpc-"));
const ports = await Promise.all(Array.from({ length: 5 }, () => freePort()));
const [port, admin, engine, l1Port, hardhatPort] = ports.map(String);
const clients = [startClient(), startClient()];
let hardhat;
const child = spawn(
  process.execPath,
  [
    "bin/fovea.mjs",
    "start",
    ...["--datadir", join(dataDir, "fovea"), "--port", port, "--admin-port", admin],
    ...["--engine-port", engine, "--l1-port", l1Port, "--block-time", "1", "--log-level", "warn"],
  ],
  { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } },
);
let isBelow = false;
try {
  const ours = new Target("fovea", `http://127.0.0.1:${port}`);
  hardhat = await startHardhatNode({
    port: Number(hardhatPort),
    chainId: 31_337,
    dataDir: join(dataDir, "hardhat"),
    blockTimeSeconds: 1,
    fresh: true,
    logger: silentLogger(),
  });
  const theirs = new Target("hardhat", hardhat.url);
  for (const until = performance.now() + 120_000; ; await sleep(100)) {
    const ready = await fetch(`${ours.url}/readyz`).catch(() => undefined);
    if (ready?.status === 200) break;
    if (child.exitCode !== null || performance.now() > until) throw new Error("not ready");
  }
  for (const target of [ours, theirs]) await target.prepare();
  const rows = [];
  const rates = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, target] of [ours, theirs].entries()) rates[at].push(await target.includes());
  }
  const [included, theirsIncluded] = rates.map(median);
  rows.push({
    measure: "ERC-20 included /s",
    ours: included,
    hardhat: theirsIncluded,
    bar: INCLUSION_BAR,
  });
  // Hardhat mines a block per transaction, and what is compared is the same number of them in one block.
  const count = await ours.countInLast();
  await theirs.mineOne(count);
  const theirCount = await theirs.countInLast();
  console.log(`block and logs: ${count} transfers here, ${theirCount} there`);
  await compare(clients[0], ours, theirs, rows);
  const adminUrl = `http://127.0.0.1:${admin}`;
  console.log(`event loop held up until here: ${await loopDelay(adminUrl)}`);
  const p99 = await whileBusy(clients[0], clients[1], ours);
  console.log(`event loop held up beside endless calls: ${await loopDelay(adminUrl)}`);
  for (const row of rows) row.ratio = row.ours / row.hardhat;
  const shown = rows.map((row) => ({
    measure: row.measure,
    fovea: Math.round(row.ours),
    hardhat: Math.round(row.hardhat),
    ratio: row.ratio.toFixed(2),
    bar: row.bar,
  }));
  console.table(shown);
  console.log(
    `p99 of eth_blockNumber beside ${ENDLESS_CALLS} endless calls: ${p99.toFixed(1)} ms (bar ${BUSY_P99_MS})`,
  );
  isBelow = p99 > BUSY_P99_MS || rows.some(({ ratio, bar }) => ratio < bar);
} finally {
  for (const client of clients) client.stop();
  child.kill("SIGINT");
  if (child.exitCode === null) await new Promise((done) => child.once("exit", done));
  await hardhat?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
if (isBelow) {
  console.log("below a bar");
  process.exitCode = 1;
}
