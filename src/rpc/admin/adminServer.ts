import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Express, Router } from "express";
import { limitConnections } from "../connectionLimit.js";
import { type Actor, authenticate, prepare, refuseForeign } from "./access.js";
import type { AdminDeps } from "./adminDeps.js";
import { AdminProblem, type AdminProblemCode, sendAdminProblem } from "./adminProblem.js";
import { type AdminRoute, adminRouter, audit, toText } from "./adminRoute.js";
import { AdminRpc } from "./adminRpc.js";
import { Idempotency } from "./idempotency.js";
import { loginRoutes, page } from "./loginRoutes.js";
import { QUEUES_PATH, queueBoard } from "./queueBoard.js";
import { diagnosticsRoutes } from "./routes/diagnosticsRoutes.js";
import { keyRoutes } from "./routes/keyRoutes.js";
import { l1TransactionRoutes } from "./routes/l1TransactionRoutes.js";
import { logLevelRoutes } from "./routes/logLevelRoutes.js";
import { roleRoutes } from "./routes/roleRoutes.js";
import { Sessions } from "./sessions.js";

/** A listening admin port. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

const MAX_BODY = "64kb";
const MAX_CONNECTIONS = 64;
/** A client that takes no answer any more holds its memory no longer. */
const IDLE_MS = 60_000;

/** Every operator route; the tests go through them. */
export function adminRoutes(deps: AdminDeps): AdminRoute[] {
  return [
    ...roleRoutes(deps),
    ...keyRoutes(deps),
    ...l1TransactionRoutes(deps),
    ...logLevelRoutes(deps),
    ...diagnosticsRoutes(deps),
    { method: "get", path: "/status", handle: async () => ({ body: await deps.status() }) },
    { method: "get", path: "/readyz", handle: async () => readiness(deps) },
  ];
}

/** Opens the admin port on 127.0.0.1; 0 takes a free one. Errors: those of listening. */
export async function createAdminServer(port: number, deps: AdminDeps): Promise<AdminServer> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    adminApp(deps),
  );
  server.timeout = IDLE_MS;
  limitConnections(server, MAX_CONNECTIONS);
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

function adminApp(deps: AdminDeps): Express {
  const { logger, tokens, clock } = deps;
  const sessions = new Sessions({ clock });
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(prepare, refuseForeign, audit(logger));
  // Prometheus and supervisors come without a token, and learn nothing that harms.
  app.get("/healthz", (_request, response) => {
    response.json({ status: "alive", uptimeSec: Math.floor(process.uptime()) });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(deps.metrics.contentType).send(await deps.metrics.render());
  });
  app.use(loginRoutes({ tokens, sessions, logger }));
  app.use(authenticate({ tokens, sessions }));
  app.post("/logout", (request, response) => {
    response.setHeader("set-cookie", sessions.close(request.headers.cookie));
    response.redirect(303, "/login");
  });
  app.use(
    queueBoard({ queues: () => deps.jobs.queues(), health: () => deps.jobs.health(), logger }),
  );
  app.use(express.json({ limit: MAX_BODY }));
  app.use(homeRoutes(deps));
  app.use(adminRouter(adminRoutes(deps), { idempotency: new Idempotency({ clock }), logger }));
  app.use((_request, response) => {
    sendAdminProblem(response, new AdminProblem("route-unknown"));
  });
  app.use(handleFailure(deps));
  return app;
}

/** GET / for people, POST / for JSON-RPC. */
function homeRoutes(deps: AdminDeps): Router {
  const router = Router();
  const rpc = new AdminRpc(deps);
  router.post("/", async (request, response) => {
    const { role } = response.locals.actor as Actor;
    const { method } = (request.body ?? {}) as { method?: unknown };
    response.locals.rpcMethod = typeof method === "string" ? method.slice(0, 64) : null;
    response.type("application/json").send(toText(await rpc.handle(request.body, role)));
  });
  const links = [
    QUEUES_PATH,
    "/status",
    ...adminRoutes(deps)
      .filter(isLink)
      .map((r) => r.path),
  ];
  router.get("/", (_request, response) => {
    const { role } = response.locals.actor as Actor;
    const items = [...new Set([...links, "/metrics"])].map(
      (path) => `<li><a href="${path}">${path}</a></li>`,
    );
    const logout = '<form method="post" action="/logout"><button>Log out</button></form>';
    response.type("html").send(page(`Logged in as ${role}`, `<ul>${items.join("")}</ul>${logout}`));
  });
  return router;
}

function isLink({ method, path }: AdminRoute): boolean {
  return method === "get" && !path.includes(":");
}

function readiness(deps: Pick<AdminDeps, "readiness" | "roles">) {
  const problems = deps.readiness();
  const states = deps.roles.states();
  const stoppedRoles = states.filter(({ isRunning }) => !isRunning).map(({ name }) => name);
  const ready = problems.length === 0;
  return { status: ready ? 200 : 503, body: { ready, problems, stoppedRoles } };
}

/** Errors of the body parser and of the queue UI. The inside does not leave the server. */
function handleFailure({ logger }: AdminDeps): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, type } = error as { status?: unknown; type?: unknown };
    let code: AdminProblemCode = "internal";
    if (type === "entity.too.large") code = "body-too-large";
    else if (type === "entity.parse.failed") code = "body-malformed";
    else if (typeof status === "number" && status >= 400 && status < 500)
      code = "request-malformed";
    if (code === "internal") logger.error({ error, path: request.path }, "admin request failed");
    sendAdminProblem(response, new AdminProblem(code));
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
