import { debug_dbGet } from "../debug/debug_dbGet.js";
import type { RpcMethod } from "../method.js";
import { METHODS } from "../registry.js";
import { engineIdentityMethods } from "./engineIdentity.js";
import { forkchoiceUpdatedMethods } from "./forkchoiceUpdated.js";
import type { EngineForks } from "./forks.js";
import { getPayloadMethods } from "./getPayload.js";
import { newPayloadMethods } from "./newPayload.js";
import { payloadBodiesMethods } from "./payloadBodies.js";

/**
 * Methods of the public port that the engine's port has too: what a consensus client or a rollup node reads, and what a server
 * in front of this engine passes on for its users.
 */
export const SHARED_METHODS: readonly string[] = [
  "debug_getRawBlock",
  "debug_getRawHeader",
  "debug_getRawReceipts",
  "debug_getRawTransaction",
  "debug_traceBlockByHash",
  "debug_traceBlockByNumber",
  "debug_traceCall",
  "debug_traceTransaction",
  "eth_baseFee",
  "eth_blobBaseFee",
  "eth_blockNumber",
  "eth_call",
  "eth_capabilities",
  "eth_chainId",
  "eth_config",
  "eth_createAccessList",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getLogs",
  "eth_getProof",
  "eth_getRawTransactionByHash",
  "eth_getStorageAt",
  "eth_getStorageValues",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_sendRawTransaction",
  "eth_simulateV1",
  "eth_syncing",
  "net_version",
  "txpool_content",
  "txpool_contentFrom",
  "txpool_status",
  "web3_clientVersion",
];

/** Every method of the engine's port by name; nothing else exists there. */
export function engineMethods(forks: EngineForks, version: string): ReadonlyMap<string, RpcMethod> {
  const own: Record<string, RpcMethod> = {
    ...newPayloadMethods(forks),
    ...forkchoiceUpdatedMethods(forks),
    ...getPayloadMethods(forks),
    ...payloadBodiesMethods(forks),
  };
  const identity = engineIdentityMethods(version, () => [
    ...Object.keys(own),
    "engine_getClientVersionV1",
  ]);
  const shared = SHARED_METHODS.flatMap((name): [string, RpcMethod][] => {
    const found = METHODS.get(name);
    return found === undefined ? [] : [[name, found]];
  });
  return new Map([...Object.entries({ ...own, ...identity, debug_dbGet }), ...shared]);
}
