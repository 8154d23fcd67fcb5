import type { RequestHandler } from "express";
import { runWithTrace, traceIdOf } from "../../telemetry/trace.js";
import { AdminProblem, sendAdminProblem } from "./adminProblem.js";
import type { AdminRole, AdminTokens } from "./adminTokens.js";
import type { Sessions } from "./sessions.js";

/** Who asks, in `response.locals.actor`. */
export interface Actor {
  role: AdminRole;
  via: "bearer" | "cookie";
}

/** Names under which this machine may be addressed: a page that resolves its own name to us is refused. */
const LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"];
/** Methods that change nothing. */
const SAFE_METHODS = ["GET", "HEAD"];
const HEADERS = {
  "cache-control": "no-store",
  // The queue UI styles its elements in place; scripts come from this port only.
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // With no-referrer browsers would also send no Origin with forms.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** True for requests that may change something. */
export function isMutation(method: string): boolean {
  return !SAFE_METHODS.includes(method);
}

/** Gives a request its id and every answer the headers that keep it out of other pages. */
export const prepare: RequestHandler = (request, response, next) => {
  const requestId = traceIdOf(request.headers);
  response.locals.requestId = requestId;
  response.set({ ...HEADERS, "request-id": requestId });
  runWithTrace(requestId, next);
};

/** Refuses names that are not ours, and everything that a page of another origin sends, whatever its token. */
export const refuseForeign: RequestHandler = (request, response, next) => {
  const host = request.headers.host ?? "";
  if (!LOCAL_HOSTS.includes(host.replace(/:\d+$/, "").toLowerCase())) {
    return sendAdminProblem(response, new AdminProblem("host-unknown"));
  }
  const { origin } = request.headers;
  const isForeign = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  if (isForeign) return sendAdminProblem(response, new AdminProblem("origin-foreign"));
  next();
};

/** Lets only those in who have a token or a session, and only operators change anything. */
export function authenticate(deps: { tokens: AdminTokens; sessions: Sessions }): RequestHandler {
  return (request, response, next) => {
    const { authorization, cookie } = request.headers;
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    let actor: Actor | undefined;
    if (authorization !== undefined) {
      const role = bearer === undefined ? undefined : deps.tokens.roleOf(bearer);
      if (role !== undefined) actor = { role, via: "bearer" };
    } else {
      const role = deps.sessions.roleOf(cookie);
      if (role !== undefined) actor = { role, via: "cookie" };
    }
    if (actor === undefined) {
      const isPage = request.method === "GET" && authorization === undefined;
      if (isPage && request.accepts(["json", "html"]) === "html") {
        return void response.redirect(303, "/login");
      }
      response.setHeader("www-authenticate", 'Bearer realm="fovea admin"');
      const code = authorization === undefined ? "token-required" : "token-wrong";
      return sendAdminProblem(response, new AdminProblem(code));
    }
    response.locals.actor = actor;
    if (isMutation(request.method)) {
      if (actor.role !== "operator" && !isOwnToChange(request.method, request.path)) {
        return sendAdminProblem(response, new AdminProblem("operator-required"));
      }
      // A browser adds the cookie by itself, so the request must also show that a page of this port has made it.
      if (actor.via === "cookie" && !isFromOwnPage(request.headers)) {
        return sendAdminProblem(response, new AdminProblem("origin-foreign"));
      }
    }
    next();
  };
}

/** JSON-RPC looks at the role itself, method by method; anybody may log out. */
function isOwnToChange(method: string, path: string): boolean {
  return method === "POST" && (path === "/" || path === "/logout");
}

/** `refuseForeign` has compared the Origin; programs without one name themselves. */
function isFromOwnPage(headers: Record<string, unknown>): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  return headers.origin !== undefined || headers["x-requested-with"] !== undefined;
}
