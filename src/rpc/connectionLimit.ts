import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A connection and what it has come to. */
interface Connection {
  /** Requests whose answers are not out yet. */
  readonly open: Map<IncomingMessage, ServerResponse>;
  /** True once a whole request has come. */
  hasAsked: boolean;
}

/** Sockets that are ended take a moment to be gone; beyond this many the system refuses at once. */
const SLACK = 2;
const OVERLOADED =
  "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/**
 * Keeps the connections of a server within a limit without shutting anybody out: the one that comes too many takes the place of
 * one on which nothing is worked on, of those that never asked anything before the others, the longest unused first.
 * Returns what is to be called with sockets that are not HTTP any more: they do not count.
 */
export function limitConnections(server: Server, limit: number): (socket: Duplex) => void {
  // The longest unused come first.
  const connections = new Map<Duplex, Connection>();
  server.maxConnections = limit * SLACK;

  server.on("connection", (socket: Socket) => {
    if (connections.size >= limit && !makeRoom(connections)) {
      socket.on("error", () => {});
      socket.end(OVERLOADED, () => socket.destroy());
      return;
    }
    connections.set(socket, { open: new Map(), hasAsked: false });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.open.set(request, response);
    response.once("close", () => {
      connection.open.delete(request);
      connection.hasAsked ||= request.complete;
      // Used just now.
      if (connections.delete(socket)) connections.set(socket, connection);
    });
  });
  return (socket) => void connections.delete(socket);
}

/** False if all connections are being worked for. */
function makeRoom(connections: Map<Duplex, Connection>): boolean {
  let idle: Duplex | undefined;
  for (const [socket, connection] of connections) {
    if (isWorkedFor(connection)) continue;
    idle ??= socket;
    if (connection.hasAsked) continue;
    idle = socket;
    break;
  }
  if (idle === undefined) return false;
  connections.delete(idle);
  idle.destroy();
  return true;
}

/** True from the end of a request to the end of our work on it; then it is the client that takes its time. */
function isWorkedFor({ open }: Connection): boolean {
  for (const [request, response] of open) {
    if (request.complete && !response.writableEnded) return true;
  }
  return false;
}
