// Cost of blocks as a chain grows, on the engine alone, which builds them and takes them in as payloads: milliseconds per block
// around block 300 and around the last one, and of a block with one transfer on a state of many storage slots against an empty one.
// Usage: npm run bench:import [-- --blocks 3000 --slots 200000]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyToAccount } from "viem/accounts";
import { openEngine } from "../../dist/engine/index.js";
import { l1AttributesTx, PREDEPLOYS, parseChainConfig } from "../../dist/protocol/index.js";
import { LevelStore } from "../../dist/storage/levelStore.js";
import { fromHex, ZERO_HASH } from "../../dist/util/hex.js";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? Number(process.argv[at + 1]) : fallback;
};
const BLOCKS = option("blocks", 3_000);
const SLOTS = option("slots", 200_000);
const TRANSFERS = 10;
const SAMPLE = 100;
const EARLY = 300;
const GROWTH_BAR = 1.3;
const STATE_BAR = 1.5;
const SLOTS_PER_TX = 700;
const TXS_PER_BLOCK = 3;

const word = (byte) => `0x${byte.repeat(32)}`;
const address = (byte) => `0x${byte.repeat(20)}`;
const chain = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
const rollup = {
  chain,
  addresses: Object.fromEntries(
    [
      ...["depositFeed", "sequencerFeed", "systemConfig", "portal", "blockOracle"],
      ...["l1CrossDomainMessenger", "l1StandardBridge", "multicall3"],
    ].map((name, i) => [name, address(`a${i + 1}`)]),
  ),
  genesisOrigin: {
    number: 100n,
    hash: word("11"),
    time: 1_800_000_000n,
    baseFee: 7_000_000_000n,
    prevRandao: word("22"),
    parentBeaconBlockRoot: word("33"),
  },
};
const account = privateKeyToAccount(
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
);
const clock = { nowMs: () => Date.now(), sleep: async () => {} };
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** An engine on disk, and what it takes to make its chain longer. */
class BenchChain {
  nonce = 0;
  sequence = 0n;

  static async open(dir) {
    const self = new BenchChain();
    self.engine = await openEngine({ store: await LevelStore.open(dir), rollup, clock });
    self.head = await self.engine.getHeader("latest");
    return self;
  }

  async sign(fields) {
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId: chain.l2ChainId,
      nonce: this.nonce++,
      gas: 21_000n,
      maxFeePerGas: 50_000_000_000n,
      maxPriorityFeePerGas: 1n,
      ...fields,
    });
    return fromHex(raw);
  }

  /** Adds a block, and answers the milliseconds that it took. */
  async add(transactions) {
    const config = { ...chain.system, batcherHash: ZERO_HASH };
    const sequenceNumber = this.sequence++;
    const first = l1AttributesTx({ origin: rollup.genesisOrigin, sequenceNumber, config });
    const attributes = {
      timestamp: this.head.timestamp + 2n,
      prevRandao: word("22"),
      suggestedFeeRecipient: PREDEPLOYS.sequencerFeeVault,
      parentBeaconBlockRoot: word("33"),
      gasLimit: chain.system.gasLimit,
      eip1559Params: {
        denominator: chain.system.eip1559Denominator,
        elasticity: chain.system.eip1559Elasticity,
      },
      minBaseFee: 0n,
      transactions: [first, ...transactions],
      noTxPool: true,
      dropInvalid: false,
    };
    const cpu = process.cpuUsage();
    const { payloadId } = await this.#move(this.head.hash, attributes);
    const payload = await this.engine.getPayload(payloadId);
    const { status } = await this.engine.newPayload(payload);
    if (status !== "VALID") throw new Error(status);
    await this.#move(payload.blockHash);
    const { user, system } = process.cpuUsage(cpu);
    this.head = await this.engine.getHeader("latest");
    return (user + system) / 1_000;
  }

  #move(headBlockHash, attributes) {
    const state = { headBlockHash, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
    return this.engine.forkchoiceUpdated(state, attributes);
  }
}

const recipient = (i) => `0x${(i * 7_919 + 1).toString(16).padStart(40, "0")}`;

/** Milliseconds of a block with transfers to accounts that are new. */
async function growingBlock(bench, number) {
  const transfers = [];
  for (let i = 0; i < TRANSFERS; i++) {
    transfers.push(await bench.sign({ to: recipient(number * TRANSFERS + i), value: 1n }));
  }
  return bench.add(transfers);
}

/** Median of blocks with a single transfer. */
async function singleTransfer(bench) {
  const times = [];
  for (let i = 0; i < SAMPLE; i++) {
    times.push(await bench.add([await bench.sign({ to: recipient(1), value: 1n })]));
  }
  return median(times);
}

/** Sets slots keccak(from) ... keccak(from + count - 1), as mappings do. Calldata: from and count, a word each. */
const FILLER = [
  "0x6020356000358091019", // count, from -> from, end
  "0", // end, from
  "5b818114602357", // until from is end:
  "806000526001602060002055", // storage[keccak(from)] = 1
  "600101600a56", // from + 1
  "5b00",
].join("");

async function fill(bench) {
  const words = (...values) => values.map((n) => n.toString(16).padStart(64, "0")).join("");
  const length = ((FILLER.length - 2) / 2).toString(16).padStart(2, "0");
  const data = `0x60${length}80600b6000396000f3${FILLER.slice(2)}`;
  await bench.add([await bench.sign({ data, gas: 300_000n })]);
  const { transactionHashes } = await bench.engine.getBlock("latest");
  const { contractAddress: to } = await bench.engine.getReceipt(transactionHashes[1]);
  for (let from = 0; from < SLOTS; ) {
    const transactions = [];
    for (let i = 0; i < TXS_PER_BLOCK && from < SLOTS; i++, from += SLOTS_PER_TX) {
      const gas = 16_700_000n;
      const filling = { to, data: `0x${words(from, SLOTS_PER_TX)}`, gas };
      transactions.push(await bench.sign(filling));
    }
    await bench.add(transactions);
  }
  const probe = (await bench.engine.getBlock("latest")).transactionHashes.at(-1);
  const { status } = await bench.engine.getReceipt(probe);
  if (status !== 1) throw new Error("the slots were not written");
}

const dir = mkdtempSync(join(tmpdir(), "fovea-bench-import-"));
let isBelow = false;
const judge = (name, ratio, bar) => {
  console.log(`${name}: ${ratio.toFixed(2)} (bar ${bar})`);
  isBelow ||= ratio > bar;
};
try {
  const growing = await BenchChain.open(join(dir, "growing"));
  const times = [];
  const startMs = performance.now();
  for (let number = 1; number <= BLOCKS; number++) {
    times.push(await growingBlock(growing, number));
  }
  const seconds = (performance.now() - startMs) / 1_000;
  await growing.engine.close();
  const around = (number) => median(times.slice(Math.max(0, number - SAMPLE), number));
  const [early, late] = [around(EARLY + SAMPLE / 2), around(BLOCKS)];
  console.log(
    `${BLOCKS} blocks of ${TRANSFERS} transfers to new accounts: ${(BLOCKS / seconds).toFixed(0)} /s`,
  );
  console.log(
    `processor time of a block: ${early.toFixed(2)} ms at ${EARLY}, ${late.toFixed(2)} ms at ${BLOCKS}`,
  );
  judge("growth", late / early, GROWTH_BAR);

  const empty = await BenchChain.open(join(dir, "empty"));
  const full = await BenchChain.open(join(dir, "full"));
  await fill(full);
  // In turns, so that a busy machine disturbs both.
  const rounds = [];
  for (let i = 0; i < 3; i++)
    rounds.push([await singleTransfer(empty), await singleTransfer(full)]);
  const [onEmpty, onFull] = [0, 1].map((at) => median(rounds.map((round) => round[at])));
  console.log(
    `block of one transfer: ${onEmpty.toFixed(2)} ms, with ${SLOTS} slots ${onFull.toFixed(2)} ms`,
  );
  judge("state", onFull / onEmpty, STATE_BAR);
  await empty.engine.close();
  await full.engine.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
if (isBelow) process.exitCode = 1;
