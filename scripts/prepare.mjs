// Makes a clone ready: right Node, modules as locked, and (with --build) dist/ as src/ says. Quick when nothing is to do.
// Has no dependencies, because it runs before there are any.
// Usage: node scripts/prepare.mjs [--build]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCK_STAMP = join(ROOT, "node_modules/.fovea-lock");
const BUSY_FILE = join(ROOT, ".cache/preparing");
const BUILD_STAMP = join(ROOT, "dist/.fovea-build");

function fail(sentence) {
  console.error(`fovea: ${sentence}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old; install Node 20.19 or later (https://nodejs.org), then run this again.`,
  );
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
const hash = (...parts) => {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part).update("\0");
  return digest.digest("hex");
};

/** True if somebody has installed by hand: npm's own note lists every locked package in its locked version. */
function isInstalledByHand(lockText) {
  const noteText = read(join(ROOT, "node_modules/.package-lock.json"));
  if (noteText === undefined) return false;
  const installed = JSON.parse(noteText).packages;
  const wanted = Object.entries(JSON.parse(lockText).packages);
  return wanted.every(
    ([path, { version, optional }]) =>
      path === "" || optional === true || installed[path]?.version === version,
  );
}

function readLockfile() {
  const text = read(join(ROOT, "package-lock.json"));
  return text ?? fail("package-lock.json is missing; run `git checkout package-lock.json`.");
}

function isInstalled() {
  return read(LOCK_STAMP) === hash(readLockfile());
}

function install() {
  const lockText = readLockfile();
  if (!isInstalledByHand(lockText)) {
    console.error("fovea: installing modules (npm ci, about a minute the first time) ...");
    const npm = process.env.npm_execpath;
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const options = { cwd: ROOT, stdio: ["ignore", 2, 2] };
    const result = npm?.endsWith(".js")
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
    if (result.status !== 0) fail("npm ci failed (see above); is the npm registry reachable?");
  }
  writeFileSync(LOCK_STAMP, hash(lockText));
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** Compiled files whose source is gone would still be found by imports. */
function removeOrphans(sources) {
  const wanted = new Set(sources.map((file) => file.replace(/\.ts$/, "")));
  for (const path of filesBelow(join(ROOT, "dist"))) {
    const name = relative(join(ROOT, "dist"), path);
    if (name.startsWith(".")) continue;
    if (!wanted.has(name) && !wanted.has(name.replace(/\.js(\.map)?$/, ""))) rmSync(path);
  }
}

/** Sources, in a fixed order. */
const sourcesOf = () => [...filesBelow(join(ROOT, "src"))].sort();

/** Changes with every source, the compiler's settings and the modules. */
function buildStamp(sources) {
  const settings = ["tsconfig.json", "tsconfig.build.json"].map((name) => join(ROOT, name));
  const files = [...settings, ...sources];
  return hash(
    read(LOCK_STAMP) ?? "",
    ...files.flatMap((file) => [relative(ROOT, file), readFileSync(file)]),
  );
}

function isBuilt() {
  return read(BUILD_STAMP) === buildStamp(sourcesOf());
}

function build() {
  const sources = sourcesOf();
  const stamp = buildStamp(sources);
  console.error("fovea: building ...");
  rmSync(BUILD_STAMP, { force: true });
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const result = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) fail("src/ does not compile (see above).");
  const names = sources.map((file) => relative(join(ROOT, "src"), file));
  for (const name of names) {
    if (name.endsWith(".ts")) continue;
    mkdirSync(dirname(join(ROOT, "dist", name)), { recursive: true });
    cpSync(join(ROOT, "src", name), join(ROOT, "dist", name));
  }
  removeOrphans(names);
  writeFileSync(BUILD_STAMP, stamp);
}

/** Runs `work` while no other process of this clone does the same: two builds at once would read each other's halves. */
function exclusively(work) {
  mkdirSync(dirname(BUSY_FILE), { recursive: true });
  for (;;) {
    try {
      writeFileSync(BUSY_FILE, String(process.pid), { flag: "wx" });
      break;
    } catch {
      const owner = Number(read(BUSY_FILE));
      // Empty for the moment between its creation and its writing.
      const isLeftover = owner === 0 ? isOlderThan(BUSY_FILE, 5_000) : !isAlive(owner);
      if (isLeftover) rmSync(BUSY_FILE, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  const release = () => rmSync(BUSY_FILE, { force: true });
  process.once("exit", release);
  work();
  process.removeListener("exit", release);
  release();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isOlderThan(file, ms) {
  try {
    return Date.now() - statSync(file).mtimeMs > ms;
  } catch {
    return false;
  }
}

/** What `prepare` would renew; `fovea doctor` asks. */
export function staleParts() {
  const isDue = { modules: !isInstalled(), build: existsSync(join(ROOT, "src")) && !isBuilt() };
  return Object.keys(isDue).filter((part) => isDue[part]);
}

/** Does what is due; ends the process with one sentence if it cannot. Nothing is built where src/ is not delivered. */
export function prepare(options = {}) {
  checkNode();
  const mustBuild = options.build && existsSync(join(ROOT, "src"));
  if (isInstalled() && (!mustBuild || isBuilt())) return;
  exclusively(() => {
    if (!isInstalled()) install();
    if (mustBuild && !isBuilt()) build();
  });
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  prepare({ build: process.argv.includes("--build") });
}
