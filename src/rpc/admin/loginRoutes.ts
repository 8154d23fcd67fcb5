import express, { type Response, Router } from "express";
import type { Logger } from "../../telemetry/logger.js";
import { AdminProblem, sendAdminProblem } from "./adminProblem.js";
import type { AdminTokens } from "./adminTokens.js";
import type { Sessions } from "./sessions.js";

/** Longer than any token. */
const MAX_FORM_BYTES = 2_048;

/** GET and POST /login: from a token to a session cookie. */
export function loginRoutes(deps: {
  tokens: AdminTokens;
  sessions: Sessions;
  logger: Logger;
}): Router {
  const router = Router();
  router.get("/login", (_request, response) => sendPage(response, 200, ""));
  router.post(
    "/login",
    express.urlencoded({ extended: false, limit: MAX_FORM_BYTES, parameterLimit: 4 }),
    (request, response) => {
      if (!deps.sessions.mayTry()) {
        response.setHeader("retry-after", "60");
        return sendAdminProblem(response, new AdminProblem("too-many-attempts"));
      }
      const { token } = (request.body ?? {}) as { token?: unknown };
      const role = typeof token === "string" ? deps.tokens.roleOf(token.trim()) : undefined;
      if (role === undefined) {
        deps.sessions.noteFailure();
        deps.logger.warn("login with a wrong token");
        return sendPage(response, 401, "This is not a token of this server.");
      }
      deps.logger.info({ audit: true, actor: role }, "login");
      response.setHeader("set-cookie", deps.sessions.open(role));
      response.redirect(303, "/");
    },
  );
  return router;
}

function sendPage(response: Response, status: number, message: string): void {
  response
    .status(status)
    .type("html")
    .send(
      page(
        "Log in",
        `<form method="post" action="/login">
<p><label for="token">Token</label></p>
<p><input id="token" name="token" type="password" autocomplete="off" required autofocus size="40"></p>
<p><button>Log in</button></p>
<p role="alert">${message}</p>
<p>The tokens are in the data directory: <code>admin.token</code> to operate, <code>viewer.token</code> to look.</p>
</form>`,
      ),
    );
}

/** A page of the admin port; `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea admin: ${title}</title>
<style>:root{color-scheme:light dark;font-family:system-ui,sans-serif;line-height:1.5}body{max-width:44rem;margin:2rem auto;padding:0 1rem}input,button{font:inherit;padding:.4rem;max-width:100%;box-sizing:border-box}</style>
</head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`;
}
