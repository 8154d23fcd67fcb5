import type { Engine } from "../engine/types.js";
import type { RollupNodeView } from "../services/types.js";
import type { Clock } from "../util/clock.js";
import type { FeeHistory } from "./live/feeHistory.js";
import type { FilterRegistry } from "./live/filterRegistry.js";
import type { SubscriptionSet } from "./live/subscriptionSet.js";

/** Limits of the gateway; `createGateway` takes any part of them. */
export interface GatewayLimits {
  bodyBytes: number;
  /** Largest nesting of the JSON of a request. */
  jsonDepth: number;
  batchItems: number;
  /** Items of one batch that run at the same time. */
  batchConcurrency: number;
  responseBytes: number;
  handlerTimeoutMs: number;
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  keepAliveTimeoutMs: number;
  httpConnections: number;
  wsConnections: number;
  wsConnectionsPerIp: number;
  /** Requests of one HTTP connection that run at the same time (pipelining); more are refused. */
  httpConcurrency: number;
  /** Requests of one socket that run at the same time; above it the socket is not read. */
  wsConcurrency: number;
  /** Messages waiting for a slow reader before the socket is closed with 1013. */
  wsQueueItems: number;
  wsQueueBytes: number;
  subscriptionsPerConnection: number;
  subscriptions: number;
  filters: number;
  filtersPerIp: number;
  filterIdleMs: number;
  /** Items waiting in one filter before it is dropped. */
  filterQueueItems: number;
  logBlocks: bigint;
  logItems: number;
  proofKeys: number;
  feeHistoryBlocks: number;
  /** Gas that eth_call may use at most. */
  callGas: bigint;
  /** Longest that one eth_simulateV1 may take. */
  simulationMs: number;
  /** Calls into the EVM that run or wait at the same time. */
  evmCalls: number;
  /** Units per second of one address that is not of this machine; 0: no limit. What requests cost is in methodCost.ts. */
  rateUnitsPerSecond: number;
  /** Units that an address can save up. */
  rateBurst: number;
}

export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  bodyBytes: 1_048_576,
  jsonDepth: 32,
  batchItems: 100,
  batchConcurrency: 50,
  responseBytes: 10_000_000,
  handlerTimeoutMs: 10_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 60_000,
  httpConnections: 500,
  wsConnections: 100,
  wsConnectionsPerIp: 20,
  httpConcurrency: 64,
  wsConcurrency: 64,
  wsQueueItems: 10_000,
  wsQueueBytes: 16_777_216,
  subscriptionsPerConnection: 32,
  subscriptions: 1_024,
  filters: 1_000,
  filtersPerIp: 100,
  filterIdleMs: 300_000,
  filterQueueItems: 10_000,
  logBlocks: 10_000n,
  logItems: 10_000,
  proofKeys: 256,
  feeHistoryBlocks: 1_024,
  callGas: 50_000_000n,
  simulationMs: 5_000,
  evmCalls: 256,
  rateUnitsPerSecond: 100,
  rateBurst: 400,
};

/** What a method may use. One per request, so that WebSocket methods see their connection. */
export interface RpcContext {
  readonly engine: Engine;
  /** Absent in a server that runs no rollup node. */
  readonly node: RollupNodeView | undefined;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly filters: FilterRegistry;
  readonly feeHistory: FeeHistory;
  readonly clientVersion: string;
  /** Names of the namespaces that this gateway serves. */
  readonly namespaces: readonly string[];
  /** The socket's subscriptions; absent over HTTP. */
  readonly subscriptions: SubscriptionSet | undefined;
  /** Address that the request came from; absent where nobody is limited. */
  readonly clientIp?: string | undefined;
}
