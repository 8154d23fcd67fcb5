import { afterAll, expect, test } from "@jest/globals";
import { toHex } from "viem";
import {
  devAccount,
  type FoveaServer,
  rpc,
  sleep,
  startFovea,
  until,
  viemClients,
  waitUntilReady,
} from "../helpers/foveaServer.js";
import { blockHash, safeHead } from "../helpers/l2Activity.js";
import { walkWholeChain } from "../helpers/wholeChain.js";

// The server is killed with SIGKILL at random moments under load. The ledger is the client's: what it was told.

const KILLS = Number(process.env.FOVEA_KILLS ?? 16);
const SEED = Number(process.env.FOVEA_SEED ?? 7);
/** Every so many restarts are killed too, while the server still opens its data. */
const EARLY_KILL_EVERY = 4;
/** Blocks that are walked after each restart; at the end all are. */
const RECENT_BLOCKS = 40;
/** A busy machine needs long to start a server; that it starts is what counts here. */
const READY_TIMEOUT_MS = 180_000;

/** A small seeded generator, so that a failing run can be repeated. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Ledger {
  transactions: `0x${string}`[];
  /** Safe blocks a client saw: number to hash. */
  safe: Map<bigint, string>;
  /** Unsafe blocks a client saw, with their transactions. */
  unsafe: Map<string, { number: bigint; transactions: `0x${string}`[] }>;
}

/** Made once: the server comes back on the same ports with the same contracts. */
type Clients = Awaited<ReturnType<typeof viemClients>>;

let server: FoveaServer;

afterAll(async () => {
  await server?.stop();
  server?.clean();
});

/** Sends transfers and notes what is acknowledged, until the server goes away. */
async function load(
  { l2Wallet, l2Public }: Clients,
  ledger: Ledger,
  random: () => number,
  stop: { now: boolean },
): Promise<void> {
  const account = devAccount(1);
  while (!stop.now) {
    try {
      const nonce = await l2Public.getTransactionCount({
        address: account.address,
        blockTag: "pending",
      });
      const raw = await l2Wallet.signTransaction({
        to: toHex(Math.floor(random() * 1e9) + 1_000_000, { size: 20 }),
        value: 1n,
        nonce,
        gas: 21_000n,
        maxFeePerGas: 10_000_000_000n,
        maxPriorityFeePerGas: 1_000_000n,
        type: "eip1559",
      } as never);
      ledger.transactions.push(
        (await rpc(server.url, "eth_sendRawTransaction", [raw])) as `0x${string}`,
      );
      if (random() < 0.2) {
        const safe = await safeHead(server);
        ledger.safe.set(safe.number, safe.hash);
        const latest = (await rpc(server.url, "eth_getBlockByNumber", ["latest", false])) as {
          number: string;
          hash: string;
          transactions: `0x${string}`[];
        };
        ledger.unsafe.set(latest.hash, {
          number: BigInt(latest.number),
          transactions: latest.transactions.slice(1),
        });
      }
    } catch {
      // The server is going down or the nonce was taken: what was not acknowledged is not in the ledger.
      await sleep(20);
    }
    await sleep(random() * 30);
  }
}

test(
  `after ${KILLS} kills under load everything acknowledged stands`,
  async () => {
    const random = randomSource(SEED);
    const ledger: Ledger = { transactions: [], safe: new Map(), unsafe: new Map() };
    server = await startFovea();
    const clients = await viemClients(server, devAccount(1));
    let earlyKills = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const stop = { now: false };
      const loading = load(clients, ledger, random, stop);
      await sleep(500 + random() * 2500);
      await server.kill();
      stop.now = true;
      await loading;
      const { dataDir, ports } = server;
      if (kill % EARLY_KILL_EVERY === EARLY_KILL_EVERY - 1) {
        server = await startFovea({ dataDir, ports, detached: true });
        await sleep(200 + random() * 2_300);
        await server.kill();
        earlyKills++;
      }
      server = await startFovea({ dataDir, ports, detached: true });
      await waitUntilReady(server, READY_TIMEOUT_MS);
      const head = Number(await rpc(server.url, "eth_blockNumber"));
      await walkWholeChain(server.url, Math.max(0, head - RECENT_BLOCKS));
      if (KILLS > 20) {
        process.stdout.write(
          `kill ${kill + 1}, ${earlyKills} while starting, head ${head}, acknowledged ${ledger.transactions.length}\n`,
        );
      }
    }
    expect(ledger.transactions.length).toBeGreaterThan(KILLS * 5);

    for (const hash of ledger.transactions) {
      await until(
        `${hash} is included`,
        async () => await rpc(server.url, "eth_getTransactionReceipt", [hash]),
        60_000,
      );
    }
    for (const [number, hash] of ledger.safe) {
      expect({ number, hash: await blockHash(server, number) }).toEqual({ number, hash });
    }
    for (const [hash, block] of ledger.unsafe) {
      if ((await blockHash(server, block.number)) === hash) continue;
      for (const transaction of block.transactions) {
        const receipt = await rpc(server.url, "eth_getTransactionReceipt", [transaction]);
        expect({ transaction, receipt: receipt !== null }).toEqual({ transaction, receipt: true });
      }
    }
    const before = await safeHead(server);
    await until(
      "the safe head moves on",
      async () => (await safeHead(server)).number > before.number + 2n,
    );
    const whole = await walkWholeChain(server.url);
    process.stdout.write(
      `kills: ${KILLS} under load, ${earlyKills} while starting; ${ledger.transactions.length} acknowledged transactions, ` +
        `${ledger.safe.size} safe and ${ledger.unsafe.size} unsafe blocks seen, none lost; ` +
        `${whole.blocks} blocks with ${whole.transactions} transactions without a gap\n`,
    );
  },
  300_000 + KILLS * 30_000,
);
