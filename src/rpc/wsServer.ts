import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../telemetry/logger.js";
import { runWithTrace, traceIdOf } from "../telemetry/trace.js";
import type { AccessPolicy } from "./accessPolicy.js";
import { clientKey } from "./clientKey.js";
import type { Dispatcher } from "./dispatcher.js";
import type { ChainFeed } from "./live/chainFeed.js";
import { type SubscriptionBudget, SubscriptionSet } from "./live/subscriptionSet.js";
import type { RpcContext } from "./types.js";
import { WsConnection } from "./wsConnection.js";

/** What the sockets share. */
export interface WsServerDeps {
  context: RpcContext;
  dispatcher: Dispatcher;
  feed: ChainFeed;
  policy: AccessPolicy;
  logger: Logger;
}

const PATHS: readonly string[] = ["/", "/ws", "/rpc"];

/** JSON-RPC and subscriptions over WebSocket, on the sockets that the HTTP server upgrades. */
export class WsServer {
  readonly #server: WebSocketServer;
  readonly #connections = new Set<WsConnection>();
  readonly #perIp = new Map<string, number>();
  readonly #budget: SubscriptionBudget;
  readonly #deps: WsServerDeps;

  constructor(deps: WsServerDeps) {
    this.#deps = deps;
    const { limits } = deps.context;
    this.#budget = {
      used: 0,
      total: limits.subscriptions,
      perConnection: limits.subscriptionsPerConnection,
    };
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.bodyBytes,
      perMessageDeflate: false,
      // WsConnection answers pings itself, so that a flood of them cannot fill the memory.
      autoPong: false,
      clientTracking: false,
    });
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** For the `upgrade` event of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      socket.on("error", () => {});
      // Not only half closed: the other side would decide how long it lives.
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
        socket.destroy(),
      );
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#open(webSocket, placeOf(request), request.socket.remoteAddress);
    });
  }

  /** Says goodbye to all (1001) and cuts those that do not answer. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#connections].map((connection) => connection.close(1001, "server stops")),
    );
    this.#server.close();
  }

  #refusal(request: IncomingMessage): string | undefined {
    const { policy, context } = this.#deps;
    const { host, origin } = request.headers;
    if (!policy.isHostAllowed(host)) return "403 Forbidden";
    // Browsers do not ask before they open a socket, so the origin is checked here.
    if (origin !== undefined && !policy.isOriginAllowed(origin, host)) return "403 Forbidden";
    if (!PATHS.includes((request.url ?? "/").split("?")[0] ?? "/")) return "404 Not Found";
    if (this.#connections.size >= context.limits.wsConnections) return "503 Service Unavailable";
    const ofIp = this.#perIp.get(placeOf(request)) ?? 0;
    if (ofIp >= context.limits.wsConnectionsPerIp) return "503 Service Unavailable";
    return undefined;
  }

  #open(webSocket: WebSocket, place: string, clientIp: string | undefined): void {
    const { context, dispatcher, feed, logger } = this.#deps;
    const connection = new WsConnection(webSocket, { limits: context.limits, logger });
    const subscriptions = new SubscriptionSet({
      engine: context.engine,
      feed,
      budget: this.#budget,
      send: (message) => connection.send(message),
    });
    this.#connections.add(connection);
    this.#perIp.set(place, (this.#perIp.get(place) ?? 0) + 1);
    connection.serve(
      async (text) => {
        const answer = () => dispatcher.handle(text, { ...context, subscriptions, clientIp });
        return (await runWithTrace(traceIdOf(), answer)).text;
      },
      () => {
        subscriptions.close();
        this.#connections.delete(connection);
        this.#release(place);
      },
    );
  }

  #release(place: string): void {
    const left = (this.#perIp.get(place) ?? 1) - 1;
    if (left > 0) this.#perIp.set(place, left);
    else this.#perIp.delete(place);
  }
}

/** Whose sockets are counted together: those of a network, and those of this machine. */
function placeOf(request: IncomingMessage): string {
  return clientKey(request.socket.remoteAddress) ?? "this machine";
}
