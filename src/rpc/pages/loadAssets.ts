import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { PagesError } from "./errors.js";
import { readImports, rewriteImports } from "./moduleImports.js";

/** One file as it is sent. */
export interface Asset {
  body: Buffer;
  type: string;
}

/** All files of the web pages, in memory: some hundred kilobytes. */
export interface Assets {
  /** By path below `/assets/<version>/`. */
  files: ReadonlyMap<string, Asset>;
  /** Changes with every byte of every file, so that the files may be cached for ever. */
  version: string;
  index: string;
}

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** Modules of node_modules that the pages may load, by specifier; their relative imports come along. */
const PACKAGE_FILES: Record<string, string> = {
  preact: "preact/dist/preact.mjs",
  "preact/hooks": "preact/hooks/dist/hooks.mjs",
  htm: "htm/dist/htm.mjs",
  "micro-eth-signer": "micro-eth-signer/index.js",
  "micro-packed": "micro-packed/index.js",
  "@scure/base": "@scure/base/index.js",
};
/** Packages whose specifiers are paths of files. */
const PATH_PACKAGES = /^@noble\/(curves|hashes)\/[\w/]+\.js$/;

/**
 * Reads web/ and what it imports, once per start.
 * Errors: PAGES_MODULE_UNKNOWN for an import that leads nowhere.
 */
export function loadAssets(root: string, extra: Record<string, string> = {}): Assets {
  const files = new Map<string, Asset>();
  const add = (path: string, body: string | Buffer) => {
    const type = TYPES[extname(path)];
    if (type !== undefined) files.set(path, { body: Buffer.from(body), type });
  };
  const queue: string[] = [];
  const addModule = (path: string, file: string) => {
    const text = readFileSync(file, "utf8");
    const renamed = new Map(
      readImports(text).map((specifier) => [specifier, resolveImport(root, path, specifier)]),
    );
    for (const target of renamed.values()) if (target.startsWith("vendor/")) queue.push(target);
    // Relative paths, so that the files do not depend on where they are served.
    add(
      path,
      rewriteImports(text, (specifier) => {
        const target = renamed.get(specifier);
        return target === undefined ? specifier : relativePath(path, target);
      }),
    );
  };
  for (const path of filesBelow(join(root, "web"))) {
    const file = join(root, "web", path);
    if (extname(path) === ".js") addModule(path, file);
    else add(path, readFileSync(file));
  }
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue;
    const file = join(root, "node_modules", path.slice("vendor/".length));
    if (!existsSync(file)) throw new PagesError("PAGES_MODULE_UNKNOWN", { module: path });
    addModule(path, file);
  }
  for (const [path, body] of Object.entries(extra)) add(path, body);
  const template = readFileSync(join(root, "web/index.html"), "utf8");
  const version = versionOf(files, template);
  return { files, version, index: template.replaceAll("{assets}", `/assets/${version}`) };
}

/** A package's own node_modules come first, as for Node. */
function resolveImport(root: string, from: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  const file = PACKAGE_FILES[specifier] ?? (PATH_PACKAGES.test(specifier) ? specifier : undefined);
  if (file === undefined) throw new PagesError("PAGES_MODULE_UNKNOWN", { module: specifier, from });
  const owner = /^vendor\/((?:@[^/]+\/)?[^/]+)\//.exec(from)?.[1];
  const nested = `${owner}/node_modules/${file}`;
  return `vendor/${owner !== undefined && existsSync(join(root, "node_modules", nested)) ? nested : file}`;
}

function relativePath(from: string, target: string): string {
  const path = posix.relative(posix.dirname(from), target);
  return path.startsWith(".") ? path : `./${path}`;
}

function versionOf(files: ReadonlyMap<string, Asset>, template: string): string {
  const digest = createHash("sha256").update(template);
  for (const [path, { body }] of files) digest.update(`\0${path}\0`).update(body);
  return digest.digest("hex").slice(0, 12);
}

function filesBelow(folder: string, prefix = ""): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    return entry.isDirectory() ? filesBelow(join(folder, entry.name), `${path}/`) : [path];
  });
}
