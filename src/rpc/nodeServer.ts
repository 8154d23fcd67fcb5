import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Engine } from "../engine/types.js";
import type { Logger } from "../telemetry/logger.js";
import { type Clock, systemClock } from "../util/clock.js";
import { createAccessPolicy } from "./accessPolicy.js";
import { limitConnections } from "./connectionLimit.js";
import { Dispatcher } from "./dispatcher.js";
import type { Gateway } from "./gateway.js";
import { createHttpHandler, handleCors } from "./httpHandler.js";
import { ChainFeed } from "./live/chainFeed.js";
import { FeeHistory } from "./live/feeHistory.js";
import { FilterRegistry } from "./live/filterRegistry.js";
import { methodsOf } from "./registry.js";
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits, type RpcContext } from "./types.js";
import { WsServer } from "./wsServer.js";

/** Where a node of plain Ethereum listens and what it answers. */
export interface NodeServerConfig {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Namespaces that are answered. */
  namespaces: readonly string[];
  cors?: string[];
  vhosts?: string[];
  limits?: Partial<GatewayLimits>;
  /** For web3_clientVersion. */
  version: string;
}

/** A block of plain Ethereum can hold megabytes of logs or blobs, and all of it is asked for at once. */
const NODE_LIMITS: GatewayLimits = {
  ...DEFAULT_GATEWAY_LIMITS,
  bodyBytes: 8 << 20,
  responseBytes: 128 << 20,
  handlerTimeoutMs: 30_000,
  logItems: 500_000,
};
const DRAIN_MS = 2_000;

/** JSON-RPC over HTTP and WebSocket, without the pages and REST routes that tell of a rollup. */
export function createNodeServer(deps: {
  engine: Engine;
  config: NodeServerConfig;
  logger: Logger;
  clock?: Clock;
}): Gateway {
  const { engine, config, logger } = deps;
  const clock = deps.clock ?? systemClock;
  const limits: GatewayLimits = { ...NODE_LIMITS, ...config.limits };
  const policy = createAccessPolicy({ vhosts: config.vhosts ?? [], cors: config.cors ?? [] });
  const feed = new ChainFeed(engine, logger);
  const filters = new FilterRegistry(limits, { feed, clock });
  const methods = methodsOf(config.namespaces);
  const context: RpcContext = {
    engine,
    node: undefined,
    clock,
    limits,
    filters,
    feeHistory: new FeeHistory(engine),
    clientVersion: `Fovea/v${config.version}/${process.platform}-${process.arch}/node${process.versions.node}`,
    namespaces: [...new Set([...methods.keys()].map(namespaceOf))].sort(),
    subscriptions: undefined,
  };
  const dispatcher = new Dispatcher(limits, { methods, logger, clock });
  const webSockets = new WsServer({ context, dispatcher, feed, policy, logger });
  const handleRpc = createHttpHandler({ dispatcher, context });

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("x-content-type-options", "nosniff");
    if (!policy.isHostAllowed(request.headers.host)) refuse(response, 403, "unknown host");
    else if (handleCors(request, response, policy)) return;
    else if (request.url?.split("?")[0] !== "/") refuse(response, 404, "not found");
    else if (request.method === "POST") void handleRpc(request, response);
    else refuse(response, 405, "JSON-RPC is asked with POST");
  }

  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
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
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(config.port, config.host, () => {
          server.removeListener("error", reject);
          resolve({ port: (server.address() as AddressInfo).port });
        });
      }),
    async close() {
      if (server.listening) {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        await webSockets.close();
        server.closeIdleConnections();
        const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        await closed;
        clearTimeout(timer);
      }
      filters.close();
      feed.close();
    },
  };
}

function namespaceOf(name: string): string {
  return name.split("_")[0] ?? name;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.setHeader("connection", "close");
  if (status === 405) response.setHeader("allow", "POST, OPTIONS");
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${reason}\n`);
}
