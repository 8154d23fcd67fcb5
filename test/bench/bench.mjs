// Measures the server against the embedded L1 dev chain (anvil) on this machine, in one run, interleaved.
// Prints ratios: above 1 means faster than the peer. Usage: npm run bench [-- --transfers 600 --requests 2000]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mnemonicToAccount } from "viem/accounts";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? Number(process.argv[at + 1]) : fallback;
};
const TRANSFERS = option("transfers", 600);
const REQUESTS = option("requests", 2000);
const ROUNDS = option("rounds", 3);
const CONCURRENCY = 8;
const MNEMONIC = "test test test test test test test test test test test junk";
const accounts = [1, 2, 3, 4, 5, 6].map((addressIndex) =>
  mnemonicToAccount(MNEMONIC, { addressIndex }),
);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const freePort = () =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function post(url, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
}
async function call(url, method, params = []) {
  const { result, error } = await post(url, { jsonrpc: "2.0", id: 1, method, params });
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** Requests per second of one method, several in flight. */
async function rate(url, method, makeParams) {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next < REQUESTS) await call(url, method, makeParams(next++));
    }),
  );
  return (REQUESTS * 1000) / (performance.now() - start);
}

/** Transfers per second from the first byte sent to the last receipt; signing is outside the clock. */
async function transfers(url, chainId) {
  const raws = [];
  const nonces = await Promise.all(
    accounts.map(async ({ address }) =>
      Number(await call(url, "eth_getTransactionCount", [address, "pending"])),
    ),
  );
  for (let i = 0; i < TRANSFERS; i++) {
    const who = i % accounts.length;
    raws.push(
      await accounts[who].signTransaction({
        type: "eip1559",
        chainId,
        nonce: nonces[who]++,
        to: "0x000000000000000000000000000000000000beef",
        value: 1n,
        gas: 21_000n,
        maxFeePerGas: 20_000_000_000n,
        maxPriorityFeePerGas: 1_000_000_000n,
      }),
    );
  }
  const start = performance.now();
  const hashes = [];
  for (let i = 0; i < raws.length; i += 50) {
    const batch = raws
      .slice(i, i + 50)
      .map((raw, id) => ({ jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: [raw] }));
    for (const answer of await post(url, batch)) {
      if (answer.error) throw new Error(answer.error.message);
      hashes.push(answer.result);
    }
  }
  const last = new Set(hashes.slice(-accounts.length));
  while (last.size > 0) {
    for (const hash of last) {
      if (await call(url, "eth_getTransactionReceipt", [hash])) last.delete(hash);
    }
    if (last.size > 0) await sleep(25);
  }
  return (TRANSFERS * 1000) / (performance.now() - start);
}

const dataDir = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const [port, admin, engine, l1Port] = await Promise.all([
  freePort(),
  freePort(),
  freePort(),
  freePort(),
]);
const started = performance.now();
const child = spawn(
  process.execPath,
  [
    "bin/fovea.mjs",
    "start",
    ...["--datadir", dataDir, "--port", `${port}`, "--admin-port", `${admin}`],
    ...["--engine-port", `${engine}`, "--l1-port", `${l1Port}`],
  ],
  { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } },
);
const url = `http://127.0.0.1:${port}`;
const peer = `http://127.0.0.1:${l1Port}`;
try {
  for (;;) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.status === 200) break;
    if (child.exitCode !== null || performance.now() - started > 60_000)
      throw new Error("not ready");
    await sleep(50);
  }
  const startMs = performance.now() - started;
  const contracts = await (await fetch(`${url}/api/v1/contracts`)).json();
  const rows = [];
  const measure = async (name, run) => {
    const ours = [];
    const theirs = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await run(url, contracts.l2ChainId));
      theirs.push(await run(peer, contracts.l1ChainId));
    }
    const [a, b] = [median(ours), median(theirs)];
    rows.push({
      measure: name,
      fovea: Math.round(a),
      "L1 dev chain": Math.round(b),
      ratio: (a / b).toFixed(2),
    });
  };
  const addresses = (i) => accounts[i % accounts.length].address;
  await measure("eth_getBalance /s", (u) =>
    rate(u, "eth_getBalance", (i) => [addresses(i), "latest"]),
  );
  await measure("eth_call /s", (u) =>
    rate(u, "eth_call", (i) => [
      // Multicall3.getEthBalance(address)
      {
        to: "0xcA11bde05977b3631167028862bE2a173976CA11",
        data: `0x4d2301cc${addresses(i).slice(2).toLowerCase().padStart(64, "0")}`,
      },
      "latest",
    ]),
  );
  await measure("transfers included /s", transfers);
  console.table(rows);
  console.log(
    `start to ready: ${(startMs / 1000).toFixed(1)} s (the L1 dev chain and its contracts included)`,
  );
  const slow = rows.filter((row) => Number(row.ratio) < 0.1).map((row) => row.measure);
  console.log(
    slow.length > 0
      ? `below a tenth of the peer: ${slow.join(", ")}`
      : "no class is below a tenth of the peer",
  );
} finally {
  child.kill("SIGINT");
  await new Promise((done) => child.once("exit", done));
  rmSync(dataDir, { recursive: true, force: true });
}
