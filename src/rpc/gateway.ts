import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Engine } from "../engine/types.js";
import { EventHub } from "../services/eventHub.js";
import type { RollupNodeView } from "../services/types.js";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import { traceIdOf } from "../telemetry/trace.js";
import { type Clock, systemClock } from "../util/clock.js";
import { createAccessPolicy } from "./accessPolicy.js";
import { limitConnections } from "./connectionLimit.js";
import { Dispatcher } from "./dispatcher.js";
import { expressClasses } from "./expressClasses.js";
import { createHttpHandler, handleCors } from "./httpHandler.js";
import { ChainFeed } from "./live/chainFeed.js";
import { FeeHistory } from "./live/feeHistory.js";
import { FilterRegistry } from "./live/filterRegistry.js";
import type { RpcMethod } from "./method.js";
import { createPagesRouter, type PagesSettings } from "./pages/pagesRouter.js";
import { METHODS, NAMESPACES } from "./registry.js";
import { REST_LIMITS } from "./rest/encode/limits.js";
import { EventStreams } from "./rest/eventStreams.js";
import { createRestRouter } from "./rest/router.js";
import type { RestDeps } from "./rest/routes.js";
import { problemText } from "./rest/sendProblem.js";
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits, type RpcContext } from "./types.js";
import { WsServer } from "./wsServer.js";

/** Where the gateway listens and whom it answers. */
export interface GatewayConfig {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Origins of web pages besides those on localhost. */
  cors?: string[];
  /** Host names besides localhost. */
  vhosts?: string[];
  limits?: Partial<GatewayLimits>;
  /** For web3_clientVersion. */
  version?: string;
}

/** Parts of the server that the gateway shows. */
export interface GatewayDeps {
  engine: Engine;
  /** Absent: optimism_* answers that there is no rollup node. */
  node?: RollupNodeView;
  /** Chain ids and addresses for GET /api/v1/contracts. */
  contracts(): object;
  /** Reasons why the server is not ready; empty when it is. */
  readiness(): string[];
  /** What REST routes read besides; routes whose part is missing answer that it does not run here. */
  rest?: Partial<RestDeps>;
  /** Methods in the place of the registry's, for a server whose engine is elsewhere. */
  methods?: ReadonlyMap<string, RpcMethod>;
  /** Absent: no web pages. */
  pages?: PagesSettings;
  config: GatewayConfig;
  logger: Logger;
  clock?: Clock;
  metrics?: Metrics;
}

/** The public HTTP and WebSocket port. */
export interface Gateway {
  /** Resolves when requests are taken. */
  listen(): Promise<{ port: number }>;
  /** Stops taking requests, lets running ones end, closes sockets. */
  close(): Promise<void>;
}

const DRAIN_MS = 2_000;
const EVENT_STREAMS = {
  connections: REST_LIMITS.eventStreams,
  connectionsPerIp: REST_LIMITS.eventStreamsPerIp,
  queueBytes: REST_LIMITS.eventQueueBytes,
  heartbeatMs: 15_000,
};

/** The public port: JSON-RPC over HTTP and WebSocket, and REST. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { config, engine, logger } = deps;
  const clock = deps.clock ?? systemClock;
  const limits: GatewayLimits = { ...DEFAULT_GATEWAY_LIMITS, ...config.limits };
  const policy = createAccessPolicy({ vhosts: config.vhosts ?? [], cors: config.cors ?? [] });
  const feed = new ChainFeed(engine, logger);
  const filters = new FilterRegistry(limits, { feed, clock });
  const clientVersion = `Fovea/v${config.version ?? "0.1.0"}/${process.platform}-${process.arch}/node${process.versions.node}`;
  const context: RpcContext = {
    engine,
    node: deps.node,
    clock,
    limits,
    filters,
    feeHistory: new FeeHistory(engine),
    clientVersion,
    namespaces: NAMESPACES,
    subscriptions: undefined,
  };
  const dispatcher = new Dispatcher(limits, {
    methods: deps.methods ?? METHODS,
    logger,
    clock,
    metrics: deps.metrics,
  });
  const webSockets = new WsServer({ context, dispatcher, feed, policy, logger });
  const sockets = deps.metrics?.gauge("ws_connections", "Open WebSocket connections.");
  deps.metrics?.onScrape(() => sockets?.set(webSockets.size));

  const events = deps.rest?.events ?? new EventHub({ kept: 1 }, { clock });
  const streams = new EventStreams(EVENT_STREAMS, { hub: events });
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  if (deps.pages) app.use(createPagesRouter(deps.pages));
  app.use(
    createRestRouter({
      rest: {
        engine,
        node: deps.node,
        chain: undefined,
        index: undefined,
        contracts: deps.contracts,
        health: { reasons: deps.readiness, alerts: () => [], incidents: () => [] },
        roles: [],
        limits,
        clock,
        version: config.version ?? "0.1.0",
        ...deps.rest,
        events,
        streams,
      },
      limits,
      clientVersion,
      logger,
    }),
  );
  const handleRpc = createHttpHandler({ dispatcher, context });
  const handle: RequestListener = (request, response) => {
    response.setHeader("x-content-type-options", "nosniff");
    if (!policy.isHostAllowed(request.headers.host)) return refuseHost(request, response);
    if (handleCors(request, response, policy)) return;
    // JSON-RPC is most of the traffic and needs nothing of what express does for a route.
    if (request.method === "POST" && isRpcPath(request.url)) void handleRpc(request, response);
    else app(request, response);
  };

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      ...expressClasses(app),
    },
    handle,
  );
  // A client that takes no answer any more holds its memory no longer than one that is silent.
  server.timeout = limits.keepAliveTimeoutMs;
  const release = limitConnections(server, limits.httpConnections);
  server.on("upgrade", (request, socket, head) => {
    release(socket);
    webSockets.upgrade(request, socket, head);
  });

  return {
    listen: () => listen(server, config),
    async close() {
      streams.close();
      await closeServer(server, webSockets);
      filters.close();
      feed.close();
    },
  };
}

const RPC_PATHS: readonly (string | undefined)[] = ["/", "/rpc"];

function isRpcPath(url: string | undefined): boolean {
  return RPC_PATHS.includes(url?.split("?")[0]);
}

function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  const requestId = traceIdOf(request.headers);
  const headers = { "content-type": "application/problem+json", "request-id": requestId };
  response.writeHead(403, headers);
  response.end(problemText("host-unknown", { url: request.url ?? "/", requestId }));
}

function listen(server: Server, config: GatewayConfig): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, () => {
      server.removeListener("error", reject);
      resolve({ port: (server.address() as AddressInfo).port });
    });
  });
}

async function closeServer(server: Server, webSockets: WsServer): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await webSockets.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
