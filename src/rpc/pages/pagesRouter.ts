import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Response, Router } from "express";
import { knownAbis } from "./knownAbis.js";
import { loadAssets } from "./loadAssets.js";

/** What the pages must know of the server besides the API. */
export interface PagesSettings {
  version: string;
  l1ChainId: number;
  l2ChainId: number;
  /** L1 for the browser; absent when the operator's L1 address is nobody's business. */
  l1RpcUrl?: string;
  /** The admin port, if the person at the browser is at the machine. */
  adminUrl?: string;
  /** Public test accounts; only on a development chain. */
  devAccounts?: readonly { address: string; key: string }[];
}

/** Below it are web/ and node_modules, from src/rpc/pages and from dist/rpc/pages alike. */
const PACKAGE_ROOT = join(fileURLToPath(import.meta.url), "../../../..");
const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * The web pages: `/` for browsers, their files below `/assets/<version>/`, and `/pages/settings.json`.
 * Other clients that ask for `/` fall through.
 */
export function createPagesRouter(settings: PagesSettings): Router {
  const { files, version, index } = loadAssets(PACKAGE_ROOT, {
    "abis.json": JSON.stringify(knownAbis()),
  });
  const policy = contentPolicy(settings);
  const router = Router();
  const secure = (response: Response) => {
    response.set({
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  };

  router.get("/", (request, response, next) => {
    response.vary("Accept");
    // A program that takes anything gets JSON; a browser asks for HTML first.
    if (request.accepts(["json", "html"]) !== "html") return next();
    secure(response);
    response.set("cache-control", "no-cache").type("html").send(index);
  });
  router.get(`/assets/${version}/*path`, (request, response, next) => {
    const asset = files.get(request.path.slice(`/assets/${version}/`.length));
    if (asset === undefined) return next();
    secure(response);
    response.set({ "cache-control": FOR_EVER, "content-type": asset.type });
    response.send(asset.body);
  });
  router.get("/favicon.ico", (_request, response) => {
    response.redirect(302, `/assets/${version}/icon.svg`);
  });
  router.get("/pages/settings.json", (_request, response) => {
    secure(response);
    response.set("cache-control", "no-store").json(settings);
  });
  return router;
}

/** Scripts and styles from here only; text that became markup would still run nothing. Source: CSP 3, Trusted Types */
function contentPolicy({ l1RpcUrl }: PagesSettings): string {
  const l1 = l1RpcUrl === undefined ? "" : ` ${new URL(l1RpcUrl).origin}`;
  return [
    "default-src 'self'",
    `connect-src 'self'${l1}`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
