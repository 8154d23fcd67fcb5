import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { METHODS } from "../../../src/rpc/registry.js";
import { toHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  accounts,
  addressOf,
  GatewayHarness,
  LOG_TOPIC,
  LOGGER_CODE,
  RECIPIENT,
  signTx,
} from "../../helpers/gatewayHarness.js";

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

const QUANTITY = expect.stringMatching(/^0x(0|[1-9a-f][0-9a-f]*)$/);
const HASH = expect.stringMatching(/^0x[0-9a-f]{64}$/);
const DATA = expect.stringMatching(/^0x([0-9a-f]{2})*$/);
const WORD_42 = `0x${"2a".padStart(64, "0")}`;
const SENDER = addressOf(accounts[0]);

type Case = [method: string, params: () => unknown[], expected: () => unknown];

const header = {
  number: QUANTITY,
  hash: HASH,
  parentHash: HASH,
  nonce: "0x0000000000000000",
  mixHash: HASH,
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  logsBloom: expect.stringMatching(/^0x[0-9a-f]{512}$/),
  stateRoot: HASH,
  miner: "0x4200000000000000000000000000000000000011",
  difficulty: "0x0",
  extraData: expect.stringMatching(/^0x01[0-9a-f]{32}$/),
  gasLimit: QUANTITY,
  gasUsed: QUANTITY,
  timestamp: QUANTITY,
  transactionsRoot: HASH,
  receiptsRoot: HASH,
  baseFeePerGas: QUANTITY,
  withdrawalsRoot: HASH,
  blobGasUsed: QUANTITY,
  excessBlobGas: "0x0",
  parentBeaconBlockRoot: HASH,
  requestsHash: "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};
const block = { ...header, size: QUANTITY, uncles: [], withdrawals: [] };
const place = {
  blockHash: HASH,
  blockNumber: QUANTITY,
  blockTimestamp: QUANTITY,
  transactionIndex: QUANTITY,
};
const signedTx = {
  ...place,
  hash: HASH,
  from: SENDER,
  type: "0x2",
  nonce: "0x0",
  gas: "0x5208",
  to: RECIPIENT,
  value: "0x5",
  input: "0x",
  gasPrice: QUANTITY,
  maxFeePerGas: "0x2540be400",
  maxPriorityFeePerGas: "0x3b9aca00",
  accessList: [],
  chainId: "0x385",
  v: expect.stringMatching(/^0x[01]$/),
  yParity: expect.stringMatching(/^0x[01]$/),
  r: QUANTITY,
  s: QUANTITY,
};
const depositObject = {
  ...place,
  hash: HASH,
  from: `0x${"de".repeat(20)}`,
  type: "0x7e",
  sourceHash: HASH,
  mint: "0x7",
  depositReceiptVersion: "0x1",
  nonce: "0x0",
  to: RECIPIENT,
  value: "0x3",
  gas: "0x186a0",
  input: "0x",
  gasPrice: "0x0",
  v: "0x0",
  r: "0x0",
  s: "0x0",
};
const receipt = {
  blockHash: HASH,
  blockNumber: QUANTITY,
  contractAddress: null,
  cumulativeGasUsed: QUANTITY,
  effectiveGasPrice: QUANTITY,
  from: SENDER,
  gasUsed: "0x5208",
  logs: [],
  logsBloom: DATA,
  status: "0x1",
  to: RECIPIENT,
  transactionHash: HASH,
  transactionIndex: "0x2",
  type: "0x2",
  l1GasPrice: QUANTITY,
  l1GasUsed: QUANTITY,
  l1Fee: expect.stringMatching(/^0x[1-9a-f][0-9a-f]*$/),
  l1BaseFeeScalar: QUANTITY,
  l1BlobBaseFee: "0x1",
  l1BlobBaseFeeScalar: "0x0",
  daFootprintGasScalar: QUANTITY,
  blobGasUsed: QUANTITY,
};
const depositReceipt = {
  blockHash: HASH,
  blockNumber: "0x1",
  contractAddress: null,
  cumulativeGasUsed: QUANTITY,
  effectiveGasPrice: "0x0",
  from: `0x${"de".repeat(20)}`,
  gasUsed: "0x5208",
  logs: [],
  logsBloom: DATA,
  status: "0x1",
  to: RECIPIENT,
  transactionHash: HASH,
  transactionIndex: "0x1",
  type: "0x7e",
  depositNonce: "0x0",
  depositReceiptVersion: "0x1",
};
const log = () => ({
  address: harness.seeded.contract,
  topics: [LOG_TOPIC],
  data: WORD_42,
  blockNumber: "0x3",
  transactionHash: harness.seeded.logReceipt.transactionHash,
  transactionIndex: "0x1",
  blockHash: harness.seeded.logReceipt.blockHash,
  blockTimestamp: QUANTITY,
  logIndex: "0x0",
  removed: false,
});
const filterIds = new Map<string, string>();
const l1Ref = { hash: HASH, number: 100, parentHash: HASH, timestamp: 1_800_000_000 };
const l2Ref = (number: number) => ({
  hash: HASH,
  number,
  parentHash: HASH,
  timestamp: expect.any(Number),
  l1origin: { hash: HASH, number: 100 },
  sequenceNumber: number,
});
const syncStatus = {
  current_l1: l1Ref,
  current_l1_finalized: l1Ref,
  head_l1: l1Ref,
  safe_l1: l1Ref,
  finalized_l1: l1Ref,
  unsafe_l2: l2Ref(3),
  safe_l2: l2Ref(2),
  finalized_l2: l2Ref(1),
  pending_safe_l2: l2Ref(2),
  cross_unsafe_l2: l2Ref(3),
  local_safe_l2: l2Ref(2),
};

const CASES: Case[] = [
  ["eth_chainId", () => [], () => "0x385"],
  ["eth_blockNumber", () => [], () => "0x3"],
  ["eth_syncing", () => [], () => false],
  ["eth_accounts", () => [], () => []],
  ["eth_gasPrice", () => [], () => QUANTITY],
  ["eth_maxPriorityFeePerGas", () => [], () => QUANTITY],
  ["eth_blobBaseFee", () => [], () => "0x1"],
  ["eth_baseFee", () => [], () => QUANTITY],
  [
    "eth_capabilities",
    () => [],
    () => {
      const all = { disabled: false, oldestBlock: "0x0" };
      const head = { number: "0x3", hash: HASH };
      const states = { state: all, stateproofs: all };
      return { head, ...states, tx: all, logs: all, receipts: all, blocks: all };
    },
  ],
  [
    "eth_config",
    () => [],
    () => ({
      current: {
        activationTime: 0,
        blobSchedule: { baseFeeUpdateFraction: 0, max: 0, target: 0 },
        chainId: "0x385",
        forkId: expect.stringMatching(/^0x[0-9a-f]{8}$/),
        precompiles: expect.objectContaining({
          P256VERIFY: "0x0000000000000000000000000000000000000100",
        }),
        systemContracts: {
          BEACON_ROOTS_ADDRESS: "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
          HISTORY_STORAGE_ADDRESS: "0x0000f90827f1c53a10cb7a02335b175320002935",
        },
      },
      next: null,
      last: null,
    }),
  ],
  [
    "eth_getStorageValues",
    () => [{ [harness.seeded.contract]: ["0x0", "0x1"], [RECIPIENT]: ["0x0"] }],
    () => ({
      [harness.seeded.contract]: [WORD_42, `0x${"00".repeat(32)}`],
      [RECIPIENT]: [`0x${"00".repeat(32)}`],
    }),
  ],
  [
    "eth_simulateV1",
    () => [{ blockStateCalls: [{ calls: [{ from: SENDER, to: harness.seeded.contract }] }] }],
    () => [
      {
        ...block,
        number: "0x4",
        mixHash: `0x${"00".repeat(32)}`,
        transactions: [HASH],
        calls: [
          {
            status: "0x1",
            returnData: WORD_42,
            gasUsed: QUANTITY,
            maxUsedGas: QUANTITY,
            logs: [
              {
                address: harness.seeded.contract,
                topics: [LOG_TOPIC],
                data: WORD_42,
                blockNumber: "0x4",
                blockHash: HASH,
                blockTimestamp: QUANTITY,
                transactionHash: HASH,
                transactionIndex: "0x0",
                logIndex: "0x0",
                removed: false,
              },
            ],
          },
        ],
      },
    ],
  ],
  [
    "eth_feeHistory",
    () => ["0x2", "latest", [0, 50, 100]],
    () => ({
      oldestBlock: "0x2",
      reward: [
        [QUANTITY, QUANTITY, QUANTITY],
        [QUANTITY, QUANTITY, QUANTITY],
      ],
      baseFeePerGas: [QUANTITY, QUANTITY, QUANTITY],
      gasUsedRatio: [expect.any(Number), expect.any(Number)],
      baseFeePerBlobGas: ["0x1", "0x1", "0x1"],
      blobGasUsedRatio: [0, 0],
    }),
  ],
  ["eth_getBalance", () => [RECIPIENT], () => "0x8"],
  ["eth_getBalance", () => [RECIPIENT, "0x0"], () => "0x0"],
  ["eth_getBalance", () => [RECIPIENT, { blockHash: harness.seeded.depositBlock }], () => "0x8"],
  ["eth_getBalance", () => [RECIPIENT, { blockNumber: "earliest" }], () => "0x0"],
  ["eth_getBalance", () => [RECIPIENT, harness.seeded.depositBlock], () => "0x8"],
  ["eth_getCode", () => [harness.seeded.contract, "latest"], () => LOGGER_CODE],
  ["eth_getStorageAt", () => [harness.seeded.contract, "0x0", "latest"], () => WORD_42],
  ["eth_getTransactionCount", () => [SENDER, "latest"], () => "0x3"],
  ["eth_getTransactionCount", () => [SENDER, "pending"], () => "0x4"],
  [
    "eth_getProof",
    () => [harness.seeded.contract, ["0x0", `0x${"0".repeat(64)}`], "latest"],
    () => ({
      address: harness.seeded.contract,
      accountProof: expect.arrayContaining([DATA]),
      balance: "0x0",
      codeHash: keccakHex(Uint8Array.from(Buffer.from(LOGGER_CODE.slice(2), "hex"))),
      nonce: "0x1",
      storageHash: HASH,
      storageProof: [
        { key: "0x0", value: "0x2a", proof: [DATA] },
        { key: `0x${"0".repeat(64)}`, value: "0x2a", proof: [DATA] },
      ],
    }),
  ],
  ["eth_getBlockByNumber", () => ["0x1"], () => ({ ...block, transactions: [HASH, HASH, HASH] })],
  [
    "eth_getBlockByNumber",
    () => ["pending", false],
    () => ({ ...block, transactions: [HASH, HASH] }),
  ],
  [
    "eth_getBlockByNumber",
    () => ["safe", false],
    () => ({ ...block, transactions: expect.any(Array) }),
  ],
  ["eth_getBlockByNumber", () => ["0xffff", false], () => null],
  [
    "eth_getBlockByHash",
    () => [harness.seeded.depositBlock, true],
    () => ({
      ...block,
      transactions: [
        expect.objectContaining({ type: "0x7e", to: "0x4200000000000000000000000000000000000015" }),
        depositObject,
        signedTx,
      ],
    }),
  ],
  ["eth_getBlockByHash", () => [`0x${"00".repeat(32)}`, false], () => null],
  ["eth_getBlockTransactionCountByHash", () => [harness.seeded.depositBlock], () => "0x3"],
  ["eth_getBlockTransactionCountByNumber", () => ["0x1"], () => "0x3"],
  ["eth_getBlockTransactionCountByNumber", () => ["0x1000"], () => null],
  ["eth_getUncleCountByBlockHash", () => [harness.seeded.depositBlock], () => "0x0"],
  ["eth_getUncleCountByBlockNumber", () => ["0x1"], () => "0x0"],
  ["eth_getUncleByBlockHashAndIndex", () => [harness.seeded.depositBlock, "0x0"], () => null],
  ["eth_getUncleByBlockNumberAndIndex", () => ["0x1", "0x0"], () => null],
  [
    "eth_getTransactionByBlockHashAndIndex",
    () => [harness.seeded.depositBlock, "0x1"],
    () => depositObject,
  ],
  ["eth_getTransactionByBlockNumberAndIndex", () => ["0x1", "0x2"], () => signedTx],
  ["eth_getTransactionByBlockNumberAndIndex", () => ["0x1", "0xffffffffffffffff"], () => null],
  ["eth_getTransactionByHash", () => [harness.seeded.transferHash], () => signedTx],
  ["eth_getTransactionByHash", () => [GatewayHarness.ALIAS], () => depositObject],
  [
    "eth_getTransactionByHash",
    () => [harness.seeded.pendingHash],
    () => ({
      ...signedTx,
      blockHash: null,
      blockNumber: null,
      blockTimestamp: null,
      transactionIndex: null,
      nonce: "0x3",
      value: "0x1",
      gasPrice: "0x2540be400",
    }),
  ],
  ["eth_getTransactionByHash", () => [`0x${"00".repeat(32)}`], () => null],
  [
    "eth_getRawTransactionByHash",
    () => [harness.seeded.depositHash],
    () => expect.stringMatching(/^0x7ef8/),
  ],
  ["eth_getTransactionReceipt", () => [harness.seeded.transferHash], () => receipt],
  ["eth_getTransactionReceipt", () => [harness.seeded.depositHash], () => depositReceipt],
  ["eth_getTransactionReceipt", () => [GatewayHarness.ALIAS], () => depositReceipt],
  ["eth_getTransactionReceipt", () => [harness.seeded.pendingHash], () => null],
  [
    "eth_getBlockReceipts",
    () => ["0x1"],
    () => [expect.objectContaining({ type: "0x7e" }), depositReceipt, receipt],
  ],
  ["eth_getBlockReceipts", () => ["0x1000"], () => null],
  ["eth_getBlockReceipts", () => [`0x${"00".repeat(32)}`], () => null],
  [
    "eth_getLogs",
    () => [{ fromBlock: "earliest", address: harness.seeded.contract }],
    () => [log()],
  ],
  [
    "eth_getLogs",
    () => [{ fromBlock: "0x0", toBlock: "latest", topics: [[LOG_TOPIC, WORD_42]] }],
    () => [log()],
  ],
  ["eth_getLogs", () => [{ fromBlock: "0x0", topics: [null, null] }], () => []],
  ["eth_getLogs", () => [{ blockHash: harness.seeded.logReceipt.blockHash }], () => [log()]],
  ["eth_getLogs", () => [{ fromBlock: "0x0", topics: [WORD_42] }], () => []],
  ["eth_newFilter", () => [{ fromBlock: "0x0", topics: [LOG_TOPIC] }], () => HASH_LIKE],
  ["eth_newBlockFilter", () => [], () => HASH_LIKE],
  ["eth_newPendingTransactionFilter", () => [], () => HASH_LIKE],
  ["eth_getFilterLogs", () => [filterIds.get("eth_newFilter")], () => [log()]],
  ["eth_getFilterChanges", () => [filterIds.get("eth_newBlockFilter")], () => []],
  ["eth_uninstallFilter", () => [filterIds.get("eth_newBlockFilter")], () => true],
  ["eth_uninstallFilter", () => ["0x1"], () => false],
  ["eth_call", () => [{ to: harness.seeded.contract }, "latest"], () => WORD_42],
  ["eth_call", () => [{ to: harness.seeded.contract, gas: "0xffffffffffffffff" }], () => WORD_42],
  ["eth_call", () => [{ data: LOGGER_CODE, to: RECIPIENT }, "0x0"], () => "0x"],
  [
    "eth_call",
    () => [{ to: RECIPIENT }, "latest", { [RECIPIENT]: { code: LOGGER_CODE } }, { time: "0x1" }],
    () => WORD_42,
  ],
  ["eth_estimateGas", () => [{ from: SENDER, to: RECIPIENT, value: "0x1" }], () => "0x5208"],
  [
    "eth_fillTransaction",
    () => [{ from: SENDER, to: RECIPIENT, value: "0x1", maxPriorityFeePerGas: "0x3" }],
    () => ({
      raw: expect.stringMatching(/^0x02([0-9a-f]{2})+c0808080$/),
      tx: {
        type: "0x2",
        chainId: "0x385",
        nonce: QUANTITY,
        gas: "0x5208",
        maxFeePerGas: QUANTITY,
        maxPriorityFeePerGas: "0x3",
        gasPrice: QUANTITY,
        from: SENDER,
        to: RECIPIENT,
        value: "0x1",
        input: "0x",
        accessList: [],
        hash: HASH,
        blockHash: null,
        blockNumber: null,
        transactionIndex: null,
        v: "0x0",
        yParity: "0x0",
        r: "0x0",
        s: "0x0",
      },
    }),
  ],
  [
    "eth_createAccessList",
    () => [{ from: SENDER, to: harness.seeded.contract }, "latest"],
    () => ({
      accessList: [{ address: harness.seeded.contract, storageKeys: [`0x${"0".repeat(64)}`] }],
      gasUsed: QUANTITY,
    }),
  ],
  ["net_version", () => [], () => "901"],
  ["net_listening", () => [], () => true],
  ["net_peerCount", () => [], () => "0x0"],
  ["web3_clientVersion", () => [], () => expect.stringMatching(/^Fovea\/v\d+\.\d+\.\d+\//)],
  [
    "web3_sha3",
    () => ["0x68656c6c6f20776f726c64"],
    () => "0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad",
  ],
  [
    "rpc_modules",
    () => [],
    () => ({
      debug: "1.0",
      erigon: "1.0",
      eth: "1.0",
      net: "1.0",
      optimism: "1.0",
      ots: "1.0",
      rpc: "1.0",
      txpool: "1.0",
      web3: "1.0",
    }),
  ],
  ["txpool_status", () => [], () => ({ pending: "0x1", queued: "0x0" })],
  [
    "txpool_content",
    () => [],
    () => ({
      pending: { [SENDER]: { "3": expect.objectContaining({ hash: harness.seeded.pendingHash }) } },
      queued: {},
    }),
  ],
  [
    "txpool_contentFrom",
    () => [SENDER],
    () => ({
      pending: { "3": expect.objectContaining({ hash: harness.seeded.pendingHash }) },
      queued: {},
    }),
  ],
  ["txpool_contentFrom", () => [RECIPIENT], () => ({ pending: {}, queued: {} })],
  [
    "txpool_inspect",
    () => [],
    () => ({
      pending: {
        [SENDER]: { "3": `${RECIPIENT.slice(0, -2)}AA: 1 wei + 21000 gas × 10000000000 wei` },
      },
      queued: {},
    }),
  ],
  [
    "debug_getRawTransaction",
    () => [harness.seeded.depositHash],
    () => expect.stringMatching(/^0x7ef8/),
  ],
  ["debug_getRawTransaction", () => [`0x${"00".repeat(32)}`], () => "0x"],
  ["debug_getRawHeader", () => ["0x1"], () => DATA],
  ["debug_getBadBlocks", () => [], () => []],
  ["debug_getRawBlock", () => ["0x1"], () => DATA],
  ["debug_getRawReceipts", () => ["0x1"], () => [DATA, DATA, DATA]],
  ["optimism_syncStatus", () => [], () => syncStatus],
  [
    "optimism_outputAtBlock",
    () => ["0x1"],
    () => ({
      version: HASH,
      outputRoot: HASH,
      blockRef: l2Ref(1),
      withdrawalStorageRoot: HASH,
      stateRoot: HASH,
      syncStatus,
    }),
  ],
  [
    "optimism_rollupConfig",
    () => [],
    () =>
      expect.objectContaining({
        genesis: expect.objectContaining({
          l1: { hash: HASH, number: 100 },
          l2: { hash: harness.seeded.chain.engine.genesisHash, number: 0 },
          l2_time: 1_800_000_000,
          system_config: expect.objectContaining({
            batcherAddr: DATA,
            gasLimit: expect.any(Number),
          }),
        }),
        block_time: expect.any(Number),
        l2_chain_id: 901,
        jovian_time: 0,
        deposit_contract_address: `0x${"a4".repeat(20)}`,
      }),
  ],
  ["optimism_version", () => [], () => expect.stringMatching(/^v\d+\.\d+\.\d+$/)],
  [
    "optimism_safeHeadAtL1Block",
    () => ["0x64"],
    () => ({ l1Block: { hash: HASH, number: 100 }, safeHead: { hash: HASH, number: 2 } }),
  ],
];
const HASH_LIKE = expect.stringMatching(/^0x[0-9a-f]{32}$/);

test.each(CASES)("%s answers in the expected form", async (method, params, expected) => {
  const answer = await harness.rpc(method, params());
  expect(answer).toEqual({ jsonrpc: "2.0", id: 1, result: expected() });
  if (typeof answer.result === "string") filterIds.set(method, answer.result);
});

test("eth_sendRawTransaction answers the hash, and the transaction can be read", async () => {
  const raw = await signTx({ from: 1, nonce: 0, to: RECIPIENT, value: 1n });
  const answer = await harness.rpc("eth_sendRawTransaction", [toHex(raw)]);
  expect(answer.result).toBe(keccakHex(raw));
  const found = await harness.rpc("eth_getTransactionByHash", [answer.result]);
  expect(found.result).toMatchObject({ from: addressOf(accounts[1]), blockHash: null });
});

test("filters collect blocks, logs and pending transactions, and forget what was read", async () => {
  const ids = [];
  for (const method of ["eth_newBlockFilter", "eth_newPendingTransactionFilter"]) {
    ids.push((await harness.rpc(method)).result);
  }
  const { contract, chain } = harness.seeded;
  ids.push((await harness.rpc("eth_newFilter", [{ address: contract }])).result);
  const raw = await signTx({ from: 2, nonce: 0, to: contract, gas: 100_000n });
  const hash = await chain.engine.pool.add(raw);
  const { blockHash } = await chain.mine([raw]);
  const changes = [];
  for (const id of ids) changes.push((await harness.rpc("eth_getFilterChanges", [id])).result);
  expect(changes[0]).toEqual([blockHash]);
  expect(changes[1]).toEqual([hash]);
  expect(changes[2]).toEqual([{ ...log(), blockNumber: "0x4", transactionHash: hash, blockHash }]);
  expect((await harness.rpc("eth_getFilterChanges", [ids[0]])).result).toEqual([]);
});

test("an idle filter is forgotten", async () => {
  const { result } = await harness.rpc("eth_newBlockFilter");
  await harness.clock.advance(300_001);
  const answer = await harness.rpc("eth_getFilterChanges", [result]);
  expect(answer.error).toEqual({ code: -32000, message: "filter not found" });
});

test("every method has a case here or in the WebSocket tests", () => {
  const tested = new Set([
    ...CASES.map(([name]) => name),
    "eth_sendRawTransaction",
    "eth_sendRawTransactionSync",
    "eth_subscribe",
    "eth_unsubscribe",
  ]);
  // Traces and what explorers ask have tests of their own.
  const others = /^(debug_trace|ots_|erigon_)/;
  const untested = [...METHODS.keys()].filter((name) => !tested.has(name) && !others.test(name));
  expect(untested).toEqual([]);
  for (const { doc } of METHODS.values()) expect(doc).toMatch(/\.$/);
});
