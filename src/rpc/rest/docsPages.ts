import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import express, { type RequestHandler, Router } from "express";
import { API_BASE } from "./openApi.js";
import { PROBLEMS } from "./problems.js";
import { sendProblem } from "./sendProblem.js";

const require = createRequire(import.meta.url);

/** Folder with the bundle of Swagger UI, found through the package that brings it. */
function swaggerFolder(): string {
  const fromExpress = createRequire(require.resolve("swagger-ui-express/package.json"));
  return dirname(fromExpress.resolve("swagger-ui-dist/package.json"));
}

const PROBLEMS_STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; }
tr:target { background: #fc06; }
`;

/** Scripts, images and all else from this server only; styles from one source. */
function policyOf(styleSource: string): string {
  return [
    "default-src 'self'",
    "img-src 'self' data:",
    `style-src ${styleSource}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Allows one inline style and no other. Source: CSP 3 */
function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const ASSETS = /^\/(swagger-ui\.css|swagger-ui-bundle\.js|favicon-(16x16|32x32)\.png)$/;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea REST API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/docs/start.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Narrow windows, and the colours of the system, of which Swagger UI knows nothing. */
const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; }
@media (max-width: 720px) {
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .opblock-body pre.microlight { overflow-wrap: anywhere; white-space: pre-wrap; }
  .swagger-ui table.responses-table, .swagger-ui table.parameters { table-layout: fixed; }
  .swagger-ui .response-col_status, .swagger-ui .col_header.response-col_status { width: 52px; }
  .swagger-ui .response-col_links { display: none; }
}
`;

const START = `const isDark = matchMedia("(prefers-color-scheme: dark)");
const colour = () => document.documentElement.classList.toggle("dark-mode", isDark.matches);
isDark.addEventListener("change", colour);
colour();
window.ui = SwaggerUIBundle({
  url: "${API_BASE}/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** Swagger UI at /docs and the catalogue of problems at /problems; everything from this server. */
export function createDocsRouter(): Router {
  const router = Router();
  router.use("/docs", secure(policyOf("'self'")));
  router.get("/docs", (_request, response) => {
    response.type("html").setHeader("cache-control", "no-cache").send(PAGE);
  });
  router.get("/docs/start.js", (_request, response) => {
    response.type("text/javascript").setHeader("cache-control", "no-cache").send(START);
  });
  router.get("/docs/start.css", (_request, response) => {
    response.type("text/css").setHeader("cache-control", "no-cache").send(STYLE);
  });
  const assets = express.static(swaggerFolder(), { index: false, maxAge: "1h", dotfiles: "deny" });
  router.use("/docs/assets", (request, response, next) => {
    if (ASSETS.test(request.path)) assets(request, response, next);
    else next();
  });
  router.use("/problems", secure(policyOf(hashSource(PROBLEMS_STYLE))));
  router.get("/problems", (request, response) => {
    if (request.accepts(["json", "html"]) === "html") response.type("html").send(problemsPage());
    else response.json({ data: catalogue() });
  });
  router.get("/problems/:code", (request, response) => {
    const found = catalogue().find(({ code }) => code === request.params.code);
    if (!found) return sendProblem(request, response, "route-unknown");
    if (request.accepts(["json", "html"]) === "html") {
      return response.redirect(303, `/problems#${found.code}`);
    }
    response.json(found);
  });
  return router;
}

function secure(policy: string): RequestHandler {
  return (_request, response, next) => {
    response.setHeader("content-security-policy", policy);
    response.setHeader("referrer-policy", "no-referrer");
    next();
  };
}

function catalogue() {
  return Object.entries(PROBLEMS).map(([code, { status, title, hint }]) => ({
    code,
    type: `/problems/${code}`,
    status,
    title,
    hint,
  }));
}

/** The texts are constants of this package, without markup. */
function problemsPage(): string {
  const rows = catalogue()
    .map(
      ({ code, status, title, hint }) =>
        `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${title}</td><td>${hint}</td></tr>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fovea problems</title>
<style>${PROBLEMS_STYLE}</style>
</head>
<body>
<h1>Problems</h1>
<p>Every error of the <a href="/docs">REST API</a> has one of these codes.</p>
<table>
<tr><th>Code</th><th>Status</th><th>What</th><th>What to do</th></tr>
${rows}
</table>
</body>
</html>
`;
}
