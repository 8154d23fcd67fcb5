import { METHODS } from "../../src/rpc/registry.js";
import { type GatewayHarness, LOG_TOPIC, RECIPIENT } from "./gatewayHarness.js";

/** A valid call: what a fuzz run starts from. */
export interface SeedCall {
  method: string;
  params: unknown[];
}

const TRACERS = ["callTracer", "prestateTracer", "4byteTracer", "flatCallTracer"];
const SUBSCRIPTIONS = [
  ["newHeads"],
  ["logs", { topics: [LOG_TOPIC] }],
  ["newPendingTransactions", true],
];

/**
 * Valid calls of every method of the registry, found by asking: each method is tried with what such methods take, and
 * what is answered with a result is kept. Methods without such an answer are in `missing`.
 */
export async function recordSeeds(
  harness: GatewayHarness,
): Promise<{ seeds: SeedCall[]; missing: string[] }> {
  const seeds: SeedCall[] = [];
  const missing: string[] = [];
  const usual = usualParams(harness);
  const rare = special(harness);
  const filter = (await harness.rpc("eth_newFilter", [{}])).result;
  rare.debug_traceBlock = [[(await harness.rpc("debug_getRawBlock", ["0x3"])).result]];
  for (const name of ["eth_getFilterChanges", "eth_getFilterLogs", "eth_uninstallFilter"]) {
    rare[name] = [[filter]];
  }
  for (const name of METHODS.keys()) {
    const found: SeedCall[] = [];
    for (const params of [...(rare[name] ?? []), ...usual]) {
      if (found.length >= 6 + (rare[name]?.length ?? 0)) break;
      if (!isMeant(name, params)) continue;
      const { result } = await harness.rpc(name, params);
      if (result !== undefined) found.push({ method: name, params });
    }
    // Subscriptions need a socket; over HTTP they are refused by every name alike.
    if (/^eth_(un)?subscribe$/.test(name)) {
      for (const params of SUBSCRIPTIONS) found.push({ method: name, params });
    }
    if (found.length === 0) missing.push(name);
    seeds.push(...found);
  }
  return { seeds, missing };
}

/** Fields that are not known are passed over, so a log filter would do as a call, and the other way round. */
function isMeant(method: string, [first]: unknown[]): boolean {
  if (typeof first !== "object" || first === null) return true;
  return "fromBlock" in first === /^eth_(getLogs|newFilter)$/.test(method);
}

/** Parameters that many methods share, the longest first: methods refuse arguments that are too many. */
function usualParams({ seeded }: GatewayHarness): unknown[][] {
  const block = seeded.depositBlock;
  const call = { from: RECIPIENT, to: seeded.contract, gas: "0x186a0", value: "0x0", data: "0x" };
  return [
    [seeded.contract, ["0x0"], "latest"],
    [seeded.contract, "0x0", { blockHash: block, requireCanonical: true }],
    [
      call,
      "latest",
      { [RECIPIENT]: { balance: "0x1", code: "0x00", stateDiff: {} } },
      { number: "0x99" },
    ],
    [call, "latest"],
    [call, "latest", { tracer: "callTracer" }],
    [seeded.contract, "0x3"],
    [
      {
        fromBlock: "0x0",
        toBlock: "latest",
        address: seeded.contract,
        topics: [[LOG_TOPIC], null],
      },
    ],
    ["0x1", "0x0"],
    [block, "0x0"],
    ["0x1", true],
    [block, true],
    [seeded.transferHash],
    [block],
    ["0x1"],
    ["latest"],
    [seeded.contract],
    [],
  ];
}

/** Methods whose parameters no other has. */
function special({ seeded }: GatewayHarness): Record<string, unknown[][]> {
  const tx = seeded.logReceipt.transactionHash;
  const call = { from: RECIPIENT, to: seeded.contract, data: "0x1234" };
  const traced = (first: unknown[]): unknown[][] => [
    [...first, { enableMemory: true, disableStorage: true }],
    ...TRACERS.map((tracer) => [
      ...first,
      { tracer, tracerConfig: { withLog: true, diffMode: true } },
    ]),
  ];
  return {
    web3_sha3: [["0x68656c6c6f"]],
    eth_feeHistory: [["0x3", "latest", [10, 50, 90.5]]],
    eth_sendRawTransaction: [],
    eth_fillTransaction: [
      [{ from: RECIPIENT, to: seeded.contract, nonce: "0x1", gas: "0x186a0" }],
      [call],
    ],
    eth_simulateV1: [
      [
        {
          blockStateCalls: [
            {
              blockOverrides: { baseFeePerGas: "0x9" },
              stateOverrides: { [RECIPIENT]: { balance: "0xffff" } },
              calls: [call, { from: RECIPIENT, to: RECIPIENT, value: "0x1" }],
            },
          ],
          validation: false,
          traceTransfers: true,
        },
        "latest",
      ],
    ],
    eth_getStorageValues: [[{ [seeded.contract]: ["0x0", `0x${"0".repeat(64)}`] }, "latest"]],
    debug_traceTransaction: traced([tx]),
    debug_traceBlockByNumber: traced(["0x3"]),
    debug_traceBlockByHash: traced([seeded.depositBlock]),
    debug_traceCall: traced([call, "latest"]),
    ots_getTransactionBySenderAndNonce: [[seeded.logReceipt.from, 0]],
    ots_searchTransactionsBefore: [[seeded.contract, 0, 5]],
    ots_searchTransactionsAfter: [[seeded.contract, 0, 5]],
    ots_getBlockTransactions: [[1, 0, 5]],
    ots_getBlockDetails: [[1]],
    ots_hasCode: [[seeded.contract, "latest"]],
    optimism_outputAtBlock: [["0x1"]],
    optimism_safeHeadAtL1Block: [["0x64"]],
  };
}
