import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Engine } from "../../engine/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Metrics } from "../../telemetry/metrics.js";
import { type Clock, systemClock } from "../../util/clock.js";
import { findTokenProblem } from "../../util/jwt.js";
import { createAccessPolicy } from "../accessPolicy.js";
import { limitConnections } from "../connectionLimit.js";
import { Dispatcher } from "../dispatcher.js";
import type { Gateway } from "../gateway.js";
import { createHttpHandler } from "../httpHandler.js";
import { ChainFeed } from "../live/chainFeed.js";
import { FeeHistory } from "../live/feeHistory.js";
import { FilterRegistry } from "../live/filterRegistry.js";
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits, type RpcContext } from "../types.js";
import { engineMethods } from "./engineMethods.js";
import type { EngineForks } from "./forks.js";

/** Where the Engine API listens and who may call it. */
export interface EngineServerConfig {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Host names besides localhost. */
  vhosts?: string[];
  /** Shapes: 32 bytes. */
  secret: Uint8Array;
  limits?: Partial<GatewayLimits>;
  /** For engine_getClientVersionV1. */
  version: string;
}

/** Blocks go in and out whole, and executing one may take its time; there are few callers. */
const ENGINE_LIMITS: GatewayLimits = {
  ...DEFAULT_GATEWAY_LIMITS,
  bodyBytes: 64 << 20,
  responseBytes: 64 << 20,
  handlerTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  httpConnections: 64,
};
const DRAIN_MS = 2_000;
const PATHS: readonly (string | undefined)[] = ["/", ""];

/**
 * The Engine API: JSON-RPC over POST for whoever has the secret. Nothing of a request is read before its token is checked.
 * Source: execution-apis, engine (authentication)
 */
export function createEngineServer(deps: {
  engine: Engine;
  forks: EngineForks;
  config: EngineServerConfig;
  logger: Logger;
  clock?: Clock;
  metrics?: Metrics;
}): Gateway {
  const { engine, forks, config, logger, metrics } = deps;
  const clock = deps.clock ?? systemClock;
  const limits: GatewayLimits = { ...ENGINE_LIMITS, ...config.limits };
  const methods = engineMethods(forks, config.version);
  const feed = new ChainFeed(engine, logger);
  const filters = new FilterRegistry(limits, { feed, clock });
  const context: RpcContext = {
    engine,
    node: undefined,
    clock,
    limits,
    filters,
    feeHistory: new FeeHistory(engine),
    clientVersion: `Fovea/v${config.version}/${process.platform}-${process.arch}/node${process.versions.node}`,
    namespaces: [...new Set([...methods.keys()].map((name) => name.split("_")[0] ?? name))],
    subscriptions: undefined,
  };
  const dispatcher = new Dispatcher(limits, { methods, logger, clock, metrics });
  const handleRpc = createHttpHandler({ dispatcher, context });
  const policy = createAccessPolicy({ vhosts: config.vhosts ?? [], cors: [] });

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("x-content-type-options", "nosniff");
    const nowSeconds = clock.nowMs() / 1_000;
    const token = findTokenProblem(request.headers.authorization, config.secret, nowSeconds);
    if (!policy.isHostAllowed(request.headers.host)) refuse(response, 403, "unknown host");
    else if (token !== undefined) refuse(response, 401, token);
    else if (!PATHS.includes(request.url?.split("?")[0])) refuse(response, 404, "not found");
    else if (request.method !== "POST") refuse(response, 405, "only POST is answered here");
    else void handleRpc(request, response);
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
  // A client that takes no answer any more holds its memory a limited time; while a block is executed nothing moves either.
  server.timeout = limits.handlerTimeoutMs + limits.keepAliveTimeoutMs;
  limitConnections(server, limits.httpConnections);
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

/** Plain text, as other engines answer; the body of the request is not read. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  response.setHeader("connection", "close");
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  if (status === 405) response.setHeader("allow", "POST");
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${reason}\n`);
}
