import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv2019 } from "ajv/dist/2019.js";
import { openEthereumEngine } from "../../../src/engine/openEthereumEngine.js";
import type { Engine } from "../../../src/engine/types.js";
import type { Gateway } from "../../../src/rpc/gateway.js";
import { createNodeServer } from "../../../src/rpc/nodeServer.js";
import { methodsOf } from "../../../src/rpc/registry.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { systemClock } from "../../../src/util/clock.js";
import { type Address, type Hash, toHex } from "../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../helpers/engineChain.js";
import { readForksChain } from "../../helpers/forksChain.js";
import { LOGGER_INIT } from "../../helpers/gatewayHarness.js";

/** Method documents of ethereum/execution-apis, which are not in this repository. */
const FILE = `${process.env.FOVEA_CONFORMANCE ?? ""}/rpc-compat/openrpc.json`;
const isGiven = process.env.FOVEA_CONFORMANCE !== undefined && existsSync(FILE);
const NAMESPACES = ["debug", "eth", "net", "testing", "txpool"];

interface OpenRpc {
  methods: { name: string; result: { schema: object } }[];
  components: object;
}

/** A chain behind a server, and what of it can be asked for. */
interface Served {
  engine: Engine;
  server: Gateway;
  url: string;
  block: Hash;
  transaction: Hash;
  sender: Address;
  contract: Address;
  /** A transaction that the pool takes. */
  raw: Uint8Array;
}

/** Adds nothing to a chain but what OP chains show beside the specification. */
const OP_FIELDS = /^(l1|operatorFee|daFootprint|deposit|blobGasUsed$)/;

function withoutOpFields(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(withoutOpFields);
  if (typeof result !== "object" || result === null) return result;
  return Object.fromEntries(Object.entries(result).filter(([name]) => !OP_FIELDS.test(name)));
}

const params = (world: Served): Record<string, unknown[][]> => {
  const { block, transaction, sender, contract, raw } = world;
  const call = { from: sender, to: contract, gas: "0xf4240" };
  const transfer = { from: sender, to: sender, value: "0x1" };
  const simulation = { blockStateCalls: [{ calls: [transfer, call] }, {}] };
  return {
    debug_getBadBlocks: [[]],
    debug_getRawBlock: [["latest"]],
    debug_getRawHeader: [["latest"]],
    debug_getRawReceipts: [["latest"]],
    debug_getRawTransaction: [[transaction]],
    debug_traceBlockByHash: [[block]],
    debug_traceBlockByNumber: [["latest"]],
    debug_traceTransaction: [[transaction]],
    eth_accounts: [[]],
    eth_baseFee: [[]],
    eth_blobBaseFee: [[]],
    eth_blockNumber: [[]],
    eth_call: [[call], [call, "latest"]],
    eth_capabilities: [[]],
    eth_chainId: [[]],
    eth_config: [[]],
    eth_createAccessList: [[call], [transfer, "latest", { [sender]: { balance: "0xffffffff" } }]],
    eth_estimateGas: [[transfer], [call, "latest"]],
    eth_feeHistory: [
      ["0x3", "latest", [10, 90]],
      ["0x1", "latest"],
    ],
    eth_fillTransaction: [[transfer]],
    eth_gasPrice: [[]],
    eth_getBalance: [[sender], [sender, { blockHash: block }], [sender, block]],
    eth_getBlockByHash: [
      [block, true],
      [block, false],
      [`0x${"77".repeat(32)}`, true],
    ],
    eth_getBlockByNumber: [
      ["latest", true],
      ["earliest", true],
      ["0x1", false],
      ["0xffff", false],
    ],
    eth_getBlockReceipts: [["latest"], [block], ["0xffff"]],
    eth_getBlockTransactionCountByHash: [[block]],
    eth_getBlockTransactionCountByNumber: [["latest"]],
    eth_getCode: [[contract], [sender, "latest"]],
    eth_getLogs: [[{ fromBlock: "earliest", toBlock: "latest" }], [{ blockHash: block }]],
    eth_getProof: [
      [contract, ["0x0", "0x1"], "latest"],
      [sender, []],
    ],
    eth_getStorageAt: [
      [contract, "0x0"],
      [contract, "0x0", "latest"],
    ],
    eth_getStorageValues: [[{ [contract]: ["0x0", "0x1"] }]],
    eth_getTransactionByBlockHashAndIndex: [
      [block, "0x0"],
      [block, "0xff"],
    ],
    eth_getTransactionByBlockNumberAndIndex: [
      ["latest", "0x0"],
      ["latest", "0xff"],
    ],
    eth_getTransactionByHash: [[transaction], [`0x${"77".repeat(32)}`]],
    eth_getTransactionCount: [[sender], [sender, "pending"]],
    eth_getTransactionReceipt: [[transaction], [`0x${"77".repeat(32)}`]],
    eth_maxPriorityFeePerGas: [[]],
    eth_newBlockFilter: [[]],
    eth_newFilter: [[{}]],
    eth_newPendingTransactionFilter: [[]],
    eth_sendRawTransaction: [[toHex(raw)]],
    eth_simulateV1: [
      [simulation],
      [{ ...simulation, returnFullTransactions: true, traceTransfers: true }, "latest"],
    ],
    eth_syncing: [[]],
    eth_uninstallFilter: [["0x1"]],
    net_version: [[]],
    txpool_content: [[]],
    txpool_contentFrom: [[sender]],
    txpool_status: [[]],
  };
};

/** Methods of the specification that are asked for in another way than by a list of parameters. */
const ELSEWHERE = ["eth_getFilterChanges", "eth_getFilterLogs", "testing_buildBlockV1"];

async function serve(engine: Engine, facts: Omit<Served, "engine" | "server" | "url">) {
  const config = { host: "127.0.0.1", port: 0, namespaces: NAMESPACES, version: "0.0.0" };
  const server = createNodeServer({ engine, config, logger: silentLogger() });
  const { port } = await server.listen();
  return { engine, server, url: `http://127.0.0.1:${port}`, ...facts };
}

async function ask({ url }: Served, method: string, list: unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: list }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (answer.error) throw new Error(`${method} ${JSON.stringify(list)}: ${answer.error.message}`);
  return answer.result;
}

/** Blocks from Homestead to Cancun. */
async function plainChain(): Promise<Served> {
  const { genesis, blocks } = readForksChain();
  const { engine } = await openEthereumEngine({
    store: new MemoryStore(),
    clock: systemClock,
    genesis,
  });
  for (const { rlp } of blocks) await engine.importBlock(rlp);
  const block = blocks.at(-1)?.hash as Hash;
  const heads = { headBlockHash: block, safeBlockHash: block, finalizedBlockHash: block };
  await engine.forkchoiceUpdated(heads);
  let transaction: Hash | undefined;
  for (let number = 1n; number <= BigInt(blocks.length); number++) {
    transaction = (await engine.getBlock(number))?.transactionHashes.at(-1) ?? transaction;
  }
  const found = await engine.getTransaction(transaction as Hash);
  const logs = await engine.getLogs(
    { fromBlock: 0n, toBlock: BigInt(blocks.length), addresses: [], topics: [] },
    1,
  );
  const sender = found?.from as Address;
  const contract = logs[0]?.address ?? sender;
  // Nobody's key is known here, so a transaction of the chain stands for one that is sent.
  const raw = found?.raw as Uint8Array;
  return serve(engine, { block, transaction: transaction as Hash, sender, contract, raw });
}

/** A block with a creation, and one with a call that logs. */
async function l2Chain(): Promise<Served> {
  const { engine, mine, receipts } = await openL2();
  const [, created] = await receipts([
    await signTx({ nonce: 0, data: LOGGER_INIT, gas: 200_000n }),
  ]);
  const contract = created?.contractAddress as Address;
  const call = await signTx({ nonce: 1, to: contract, gas: 100_000n });
  const { blockHash, transactions } = await mine([call]);
  const hashes = (await engine.getBlock({ hash: blockHash }))?.transactionHashes;
  const sender = addressOf(accounts[0]);
  const raw = await signTx({ nonce: 2, to: sender, value: 1n });
  const transaction = hashes?.[transactions.length - 1] as Hash;
  return serve(engine, { block: blockHash, transaction, sender, contract, raw });
}

async function openL2() {
  const chain = await EngineChain.open();
  return {
    engine: chain.engine,
    mine: (transactions: Uint8Array[]) => chain.mine(transactions),
    receipts: (transactions: Uint8Array[]) => chain.receipts(transactions),
  };
}

const KINDS: [string, () => Promise<Served>, boolean][] = [
  ["plain Ethereum", plainChain, false],
  ["the L2", l2Chain, true],
];

(isGiven
  ? describe.each(KINDS)
  : describe.skip.each([["$FOVEA_CONFORMANCE", l2Chain, true]] as typeof KINDS))(
  "results on %s",
  (_name, open, isL2) => {
    let world: Served;
    let openRpc: OpenRpc;
    let ajv: Ajv2019;
    beforeAll(async () => {
      // An empty list is one of hashes as well as one of logs, so what fits several alternatives must be right here.
      openRpc = JSON.parse(readFileSync(FILE, "utf8").replaceAll('"oneOf"', '"anyOf"'));
      ajv = new Ajv2019({ strict: false, allErrors: false });
      ajv.addSchema({ $id: "doc:", components: openRpc.components });
      world = await open();
    });
    afterAll(async () => {
      await world.server.close();
      await world.engine.close();
    });

    const served = (): string[] => {
      const ours = methodsOf(NAMESPACES);
      return openRpc.methods.map(({ name }) => name).filter((name) => ours.has(name));
    };

    test("every method of the specification that is served has a case", () => {
      const cases = new Set([...Object.keys(params(world)), ...ELSEWHERE]);
      expect(served().filter((name) => !cases.has(name))).toEqual([]);
      expect(served().length).toBeGreaterThan(45);
    });

    test("each is valid against its schema", async () => {
      const invalid: unknown[] = [];
      const check = (method: string, list: unknown[], result: unknown): void => {
        const { schema } = openRpc.methods.find(({ name }) => name === method)?.result ?? {};
        const text = JSON.stringify(schema).replaceAll('"#/', '"doc:#/');
        const validate = ajv.compile(JSON.parse(text));
        const shown = isL2 && method.includes("Receipt") ? withoutOpFields(result) : result;
        if (!validate(shown)) invalid.push([method, list, validate.errors?.[0]]);
      };
      const isServed = new Set(served());
      for (const [method, lists] of Object.entries(params(world))) {
        if (!isServed.has(method)) continue;
        // A transaction of the chain itself is not taken again.
        if (method === "eth_sendRawTransaction" && !isL2) continue;
        for (const list of lists) {
          const result = await ask(world, method, list);
          // A deposit is no transaction of L1's; what it looks like is OP's matter.
          if (isL2 && JSON.stringify(result).includes('"type":"0x7e"')) continue;
          check(method, list, result);
        }
      }
      const filter = await ask(world, "eth_newFilter", [{ fromBlock: "earliest" }]);
      for (const method of ["eth_getFilterChanges", "eth_getFilterLogs"]) {
        check(method, [filter], await ask(world, method, [filter]));
      }
      if (!isL2) {
        const attributes = {
          timestamp: "0xffffffff",
          prevRandao: `0x${"00".repeat(32)}`,
          suggestedFeeRecipient: world.sender,
          parentBeaconBlockRoot: `0x${"00".repeat(32)}`,
          withdrawals: [],
        };
        for (const transactions of [[], null]) {
          const list = [world.block, attributes, transactions];
          check("testing_buildBlockV1", list, await ask(world, "testing_buildBlockV1", list));
        }
      }
      expect(invalid).toEqual([]);
    });
  },
);
