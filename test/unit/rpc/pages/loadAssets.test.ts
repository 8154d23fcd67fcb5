import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { loadAssets } from "../../../../src/rpc/pages/loadAssets.js";
import { readImports } from "../../../../src/rpc/pages/moduleImports.js";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function makeRoot(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "fovea-pages-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ "web/index.html": "{assets}", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test("assets: every import of every served module is served as well", () => {
  const { files } = loadAssets(".");
  const missing = [...files].flatMap(([path, { body, type }]) => {
    if (!type.startsWith("text/javascript")) return [];
    return readImports(body.toString())
      .map((specifier) => posix.join(posix.dirname(path), specifier))
      .filter((target) => !files.has(target));
  });
  expect(missing).toEqual([]);
  expect(files.has("main.js")).toBe(true);
});

test("assets: the pages themselves are small", () => {
  const { files } = loadAssets(".");
  const scripts = [...files].filter(([path]) => path.endsWith("js"));
  // The signer for test accounts is loaded only when one is chosen.
  const own = scripts.filter(([path]) => !/@noble|@scure|micro-/.test(path));
  const bytes = own.reduce((sum, [, { body }]) => sum + body.length, 0);
  expect(bytes).toBeLessThan(150_000);
});

test("assets: no page makes markup of text, and no module reaches out of the server", () => {
  for (const [path, { body }] of loadAssets(".").files) {
    if (path.startsWith("vendor/")) continue;
    const text = body.toString();
    expect([
      path,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/i.test(text),
    ]).toEqual([path, false]);
    expect([path, /https?:\/\/(?!www\.w3\.org)/.exec(text)?.[0]]).toEqual([path, undefined]);
  }
});

test("assets: the version changes with any file, and is the same otherwise", () => {
  const one = makeRoot({ "web/main.js": "1;" });
  const two = makeRoot({ "web/main.js": "2;" });
  expect(loadAssets(one).version).toBe(loadAssets(one).version);
  expect(loadAssets(two).version).not.toBe(loadAssets(one).version);
  expect(loadAssets(one, { "abis.json": "{}" }).version).not.toBe(loadAssets(one).version);
  expect(loadAssets(one).index).toBe(`/assets/${loadAssets(one).version}`);
});

test("assets: a package's own modules come before those of the root", () => {
  const root = makeRoot({
    "web/main.js": 'import "micro-eth-signer";',
    "node_modules/micro-eth-signer/index.js": 'import "micro-packed";',
    "node_modules/micro-packed/index.js": "0;",
    "node_modules/micro-eth-signer/node_modules/micro-packed/index.js": "1;",
  });
  const { files } = loadAssets(root);
  expect([...files.keys()]).toContain("vendor/micro-eth-signer/node_modules/micro-packed/index.js");
  expect([...files.keys()]).not.toContain("vendor/micro-packed/index.js");
});

test.each([
  ["a package that is not for browsers", { "web/main.js": 'import "express";' }],
  ["a package that is not installed", { "web/main.js": 'import "preact";' }],
])("assets: %s is refused at the start", (_name, files) => {
  expect(() => loadAssets(makeRoot(files as unknown as Record<string, string>))).toThrow(
    expect.objectContaining({ code: "PAGES_MODULE_UNKNOWN" }),
  );
});
