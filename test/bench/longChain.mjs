// Opens the pages on a chain of 100,000 blocks: how long their lists take, and whether they look as on a short one.
// The blocks are empty and come straight from the engine; node, index, gateway and pages are the server's own.
// Usage: npm run bench:long [-- --blocks 100000]     With chromium installed the pages are opened in it.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { l1AttributesTx, PREDEPLOYS } from "../../dist/protocol/index.js";
import { createGateway } from "../../dist/rpc/gateway.js";
import { defaultIndexerConfig, Indexer } from "../../dist/services/indexer/indexer.js";
import { RpcPortalLogReader } from "../../dist/services/indexer/portalLogs.js";
import { LevelStore } from "../../dist/storage/levelStore.js";
import { silentLogger } from "../../dist/telemetry/logger.js";
import { systemClock } from "../../dist/util/clock.js";
import { ZERO_HASH } from "../../dist/util/hex.js";
import { openBenchChain } from "./rest/benchChain.mjs";
import { startClient } from "./rest/client.mjs";
import { blockList } from "./rest/questions.mjs";

const CHROMIUM = "/usr/bin/chromium";
const at = process.argv.indexOf("--blocks");
const BLOCKS = at > 0 ? Number(process.argv[at + 1]) : 100_000;
const REQUESTS = 400;

const dir = mkdtempSync(join(tmpdir(), "fovea-bench-long-"));
const startTime = Math.floor(Date.now() / 1000) - BLOCKS * 2 - 900;
const world = await openBenchChain(dir, { startTime, l1Pace: 2 });
const { engine, node, rollup } = world;

/** One empty block on the head. */
async function addBlock(sequenceNumber) {
  const { chain, genesisOrigin: origin } = rollup;
  const parent = await engine.getHeader("latest");
  const head = { safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
  const config = { ...chain.system, batcherHash: ZERO_HASH };
  const { payloadId } = await engine.forkchoiceUpdated(
    { ...head, headBlockHash: parent.hash },
    {
      timestamp: parent.timestamp + 2n,
      prevRandao: origin.prevRandao,
      suggestedFeeRecipient: PREDEPLOYS.sequencerFeeVault,
      parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
      gasLimit: chain.system.gasLimit,
      eip1559Params: {
        denominator: chain.system.eip1559Denominator,
        elasticity: chain.system.eip1559Elasticity,
      },
      minBaseFee: chain.system.minBaseFee,
      transactions: [l1AttributesTx({ origin, sequenceNumber, config })],
      noTxPool: true,
      dropInvalid: true,
    },
  );
  const payload = await engine.getPayload(payloadId);
  await engine.newPayload(payload);
  await engine.forkchoiceUpdated({ ...head, headBlockHash: payload.blockHash });
}

const seconds = (sinceMs) => ((performance.now() - sinceMs) / 1000).toFixed(0);
let sinceMs = performance.now();
for (let number = 1; number <= BLOCKS; number++) {
  await addBlock(BigInt(number));
  if (number % 1_000 === 0) process.stderr.write(`\r  ${number} of ${BLOCKS} blocks`);
}
console.log(`\r${await world.head()} blocks made in ${seconds(sinceMs)} s`);

sinceMs = performance.now();
const indexStore = await LevelStore.open(join(dir, "index"));
const indexer = new Indexer(defaultIndexerConfig, {
  ...{ node, engine, l1: world.reader, oracle: world.oracle, store: indexStore },
  ...{ clock: systemClock, logger: silentLogger() },
  portal: new RpcPortalLogReader(rollup.addresses.portal, { rpc: world.l1.rpc }),
});
while ((await indexer.step()).status === "progress");
console.log(`indexed in ${seconds(sinceMs)} s`);

const { addresses, chain } = rollup;
const gateway = createGateway({
  engine,
  node,
  contracts: () => ({ l1ChainId: chain.l1ChainId, l2ChainId: chain.l2ChainId, ...addresses }),
  readiness: () => [],
  rest: { chain: node, index: indexer.view, l1: world.l1.rpc },
  pages: {
    version: "0.1.0",
    l1ChainId: chain.l1ChainId,
    l2ChainId: chain.l2ChainId,
    l1RpcUrl: world.l1.url,
  },
  config: { port: 0, host: "127.0.0.1" },
  logger: silentLogger(),
});
const url = `http://127.0.0.1:${(await gateway.listen()).port}`;
const client = startClient();
try {
  const spread = Array.from({ length: 200 }, (_, i) => Math.floor(((i + 1) * BLOCKS) / 200));
  const questions = {
    "25 blocks, anywhere": spread.map((top) => blockList(top, 25)),
    "25 blocks, the newest": [blockList(BLOCKS, 25)],
    heads: [{ path: "/api/v1/sync" }],
    status: [{ path: "/api/v1/status" }],
    provenance: spread.map((number) => ({ path: `/api/v1/blocks/${number}/provenance` })),
  };
  for (const [name, targets] of Object.entries(questions)) {
    const { p50, p99 } = await client.measure(url, targets, REQUESTS);
    console.log(`${name.padEnd(22)} p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`);
  }
  if (existsSync(CHROMIUM)) await openPages();
  else console.log("chromium is not installed: the pages were not opened");
} finally {
  client.stop();
  await gateway.close();
  await indexStore.close();
  await world.close();
  rmSync(dir, { recursive: true, force: true });
}

/** Each page until its table is there. */
async function openPages() {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  const middle = Math.floor(BLOCKS / 2);
  for (const path of ["#/", "#/blocks", `#/blocks?from=${middle}`, `#/block/${middle}`]) {
    const openedMs = performance.now();
    await page.goto("about:blank");
    await page.goto(`${url}/${path}`);
    const row = path.startsWith("#/block/") ? "dl" : "tbody tr";
    await page.locator(row).first().waitFor({ timeout: 30_000 });
    const rows = await page.locator("tbody tr").count();
    const tookMs = Math.round(performance.now() - openedMs);
    console.log(`page ${path.padEnd(22)} shown after ${tookMs} ms, ${rows} rows`);
  }
  await browser.close();
  if (problems.length > 0) throw new Error(problems.join("; "));
}
