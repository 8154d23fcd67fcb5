import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "../telemetry/metrics.js";
import { cliError } from "./errors.js";
import { toJsonText } from "./output.js";

/** What operators may ask. */
export interface AdminDeps {
  metrics: Metrics;
  /** Empty when ready. */
  readinessProblems(): string[];
  status(): Promise<object>;
}

/** A listening admin port. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Names under which this machine may be addressed: a web page that resolves its own name to us is refused. */
const LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"];

/** Opens /healthz, /readyz, /metrics and /status on 127.0.0.1. Errors: CLI_PORT_TAKEN. */
export async function createAdminServer(port: number, deps: AdminDeps): Promise<AdminServer> {
  const server = createServer((request, response) => {
    const send = (code: number, type: string, body: string) => {
      response.writeHead(code, { "content-type": type, "cache-control": "no-store" });
      response.end(body);
    };
    const sendJson = (code: number, value: unknown) =>
      send(code, "application/json", toJsonText(value));
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (!LOCAL_HOSTS.includes(host)) return sendJson(403, { error: "unknown host" });
    if (request.method !== "GET") return sendJson(405, { error: "only GET" });
    const answer = async () => {
      switch (request.url?.split("?")[0]) {
        case "/healthz":
          return sendJson(200, { status: "alive", uptimeSec: Math.floor(process.uptime()) });
        case "/readyz": {
          const problems = deps.readinessProblems();
          return sendJson(problems.length === 0 ? 200 : 503, {
            ready: problems.length === 0,
            problems,
          });
        }
        case "/metrics":
          return send(200, deps.metrics.contentType, await deps.metrics.render());
        case "/status":
          return sendJson(200, await deps.status());
        default:
          return sendJson(404, {
            error: "the admin port has /healthz, /readyz, /metrics and /status",
          });
      }
    };
    answer().catch((error: Error) => sendJson(500, { error: error.message }));
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(portTaken("--admin-port", port, cause)));
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** The error of a port that cannot be listened on. */
export function portTaken(flag: string, port: number, cause: unknown) {
  const { code } = cause as NodeJS.ErrnoException;
  return cliError(
    "CLI_PORT_TAKEN",
    code === "EADDRINUSE"
      ? `Port ${port} is in use by another program; stop it or choose another with ${flag}.`
      : `Port ${port} cannot be opened (${code}); choose another with ${flag}.`,
    cause,
  );
}
