import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type Diagnosis, examine, thisMachine } from "../../../src/cli/doctor/examine.js";
import { sentenceOfFinding } from "../../../src/cli/doctor/types.js";
import { probeRedis } from "../../../src/jobs/redisProbe.js";
import { type RedisServer, startRedis } from "../../../src/jobs/redisServer.js";
import { startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { devChainConfig, startTestL1, type TestL1 } from "../../helpers/devL1.js";
import { freePort } from "../../helpers/freePort.js";

// Every fault is a real one: real processes, ports and files. Only an old Node, a full disk and a wrong clock are told.

let l1: TestL1;
let redis: RedisServer;
let folder = "";
let env: Record<string, string> = {};
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  l1 = await startTestL1();
  redis = await startRedis({ dir: mkdtempSync(join(tmpdir(), "fovea-redis-")) });
}, 60_000);

afterAll(async () => {
  await redis?.close();
  await l1?.end();
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fovea-doctor-"));
  env = {
    FOVEA_DATADIR: join(folder, "data"),
    FOVEA_PORT: String(await freePort()),
    FOVEA_ADMIN_PORT: String(await freePort()),
    FOVEA_L1_RPC_URL: l1.embedded.url,
    REDIS_URL: redis.url,
  };
  await configure("appendonly", "yes");
  // The L1's clock stands between blocks.
  await l1.mine();
});

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const configure = (name: string, value: string) =>
  probeRedis(redis.url, 3_000, (client) => client.configSet(name, value));

interface Change {
  machine?: Partial<typeof thisMachine>;
  serverUrl?: string;
}

/** All problems, `check: sentence` each. A clone whose dist/ is behind is no fault of these tests. */
async function problems({ machine = {}, serverUrl }: Change = {}): Promise<string[]> {
  const packageRoot = folder;
  const found: Diagnosis[] = await examine({
    flags: {},
    env,
    serverUrl,
    machine: { ...thisMachine, packageRoot, ...machine },
  });
  return found.flatMap(({ check, findings }) =>
    findings
      .filter(({ level }) => level === "problem")
      .map((finding) => `${check}: ${sentenceOfFinding(finding)}`),
  );
}

async function expectOne(pattern: RegExp, cure: RegExp, change: Change = {}): Promise<void> {
  const found = await problems(change);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(pattern);
  expect(found[0]).toMatch(cure);
  // One sentence: no full stop but the last.
  expect(found[0]).toMatch(/^[^\n]*[^.]\.$/);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  endings.push(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

async function extraAnvil(options: Parameters<typeof startAnvil>[0]): Promise<TestAnvil> {
  const anvil = await startAnvil(options);
  endings.push(() => anvil.close());
  return anvil;
}

/** The development chain's config with other values, as a file. */
function chainFile(change: Record<string, unknown>): string {
  const file = join(folder, "chain.json");
  const config = JSON.parse(readFileSync("config/dev.json", "utf8"));
  writeFileSync(file, JSON.stringify({ ...config, ...change }));
  return file;
}

/** A clone with this package's prepare script, modules as locked, and dist/ built from what src/ holds. */
function fakeClone(): { root: string; lock: string; stamp: string } {
  const root = join(folder, "clone");
  for (const name of ["scripts", "node_modules", "src", "dist"]) {
    mkdirSync(join(root, name), { recursive: true });
  }
  cpSync("scripts/prepare.mjs", join(root, "scripts/prepare.mjs"));
  for (const name of ["package-lock.json", "tsconfig.json", "tsconfig.build.json", "src/a.ts"]) {
    writeFileSync(join(root, name), "{}");
  }
  return {
    root,
    lock: join(root, "node_modules/.fovea-lock"),
    stamp: join(root, "dist/.fovea-build"),
  };
}

test("doctor: a machine where all is well has no problem", async () => {
  expect(await problems()).toEqual([]);
});

test("doctor: an old Node", async () => {
  const machine = { nodeVersion: "18.20.1" };
  await expectOne(/node: Node 18\.20\.1 is too old/, /install Node 20\.19 or later/, { machine });
});

test("doctor: modules that are not those of the lock file, and a build that is behind", async () => {
  const { root, lock } = fakeClone();
  writeFileSync(lock, "of another lock file");
  const found = await problems({ machine: { packageRoot: root } });
  expect(found).toEqual([
    "build: The installed modules are not those of package-lock.json; run `npm ci`.",
    "build: dist/ was built from other sources than src/; run `npm run build`.",
  ]);
});

test("doctor: a data directory that is a file", async () => {
  writeFileSync(env.FOVEA_DATADIR as string, "");
  await expectOne(
    /data: The data directory .*data cannot be used, because .* is a file/,
    /--datadir/,
  );
});

test("doctor: a data directory that nobody can write", async () => {
  env.FOVEA_DATADIR = "/proc/fovea";
  // Not even root may; the disk of /proc has no room either.
  await expectOne(
    /data: The data directory \/proc\/fovea cannot be read and written/,
    /--datadir/,
    {
      machine: { freeBytes: () => 1e12 },
    },
  );
});

test("doctor: a full disk", async () => {
  const machine = { freeBytes: () => 200_000_000 };
  await expectOne(/disk: .*nearly full, 0\.2 GB are left/, /free at least 1 GB/, { machine });
});

test("doctor: the lock of a server that was killed", async () => {
  const child = spawn("sleep", ["60"]);
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const since = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  mkdirSync(env.FOVEA_DATADIR as string);
  const lock = join(env.FOVEA_DATADIR as string, "lock.json");
  writeFileSync(lock, JSON.stringify({ pid: child.pid, since }));
  // As long as the process lives it is no stale lock.
  expect(await problems()).toEqual([]);
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await ended;
  await expectOne(/lock: .*lock\.json is of a server that is gone/, /delete it with `rm /);
});

test("doctor: taken ports, with the process that has them", async () => {
  env.FOVEA_PORT = String(await listen(createServer()));
  await expectOne(
    new RegExp(`ports: Port ${env.FOVEA_PORT} is taken by pid ${process.pid}`),
    /choose another with --port/,
  );
});

test("doctor: an L1 that does not answer", async () => {
  env.FOVEA_L1_RPC_URL = `http://127.0.0.1:${await freePort()}`;
  await expectOne(/L1: The L1 at .* does not answer \(.*ECONNREFUSED/, /correct --l1-rpc-url/);
});

test("doctor: another L1 chain", async () => {
  env.FOVEA_L1_RPC_URL = (await extraAnvil({ chainId: 1 })).url;
  await expectOne(/L1: .*has chain id 1, but the chain config wants 900/, /--chain-config/);
});

test("doctor: an L1 without our contracts, for a server that cannot deploy them", async () => {
  env.FOVEA_L1_RPC_URL = (await extraAnvil({})).url;
  // Roles that write would deploy them.
  expect(await problems()).toEqual([]);
  env.FOVEA_ROLES = "verifier";
  await expectOne(/L1: The contracts of L2 chain 901 are not on this L1/, /FOVEA_DEPLOYER_KEY/);
});

test("doctor: contracts of another chain config", async () => {
  env.FOVEA_CHAIN_CONFIG = chainFile({ periodSeconds: 11 });
  await expectOne(/L1: The contracts on this L1 belong to another chain config/, /--chain-config/);
});

test("doctor: keys without funds, and a stake that cannot be paid", async () => {
  const { batcher, proposer } = devChainConfig();
  const set = (address: string, wei: bigint) =>
    l1.embedded.rpc.call("anvil_setBalance", [address, `0x${wei.toString(16)}`]);
  endings.push(
    () => set(batcher, 10n ** 22n),
    () => set(proposer, 10n ** 22n),
  );
  await set(batcher, 0n);
  await expectOne(/L1: The batcher 0x.* has 0 ETH on L1, too little for fees/, /send it at least/);
  await set(batcher, 10n ** 22n);
  await set(proposer, 4n * 10n ** 18n);
  await expectOne(
    /The proposer 0x.* has 4 ETH on L1, too little for its stake of 5 ETH/,
    /send it/,
  );
});

test("doctor: a clock that is wrong, either way", async () => {
  for (const [offsetMs, pattern] of [
    [-300_000, /L1: This machine's clock is (29|30)\d s behind the newest L1 block/],
    [300_000, /L1: The newest L1 block is (29|30)\d s old by this machine's clock/],
  ] as const) {
    const machine = { nowMs: () => Date.now() + offsetMs };
    await expectOne(pattern, /set the clock/, { machine });
  }
});

test("doctor: a Redis that does not answer", async () => {
  env.REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
  await expectOne(/redis: The Redis at 127\.0\.0\.1:\d+ does not answer/, /correct REDIS_URL/);
});

test("doctor: a wrong Redis password, which is not repeated", async () => {
  env.REDIS_URL = redis.url.replace(/:[^:@]+@/, ":no-such-password@");
  await expectOne(/redis: The Redis at .* refuses our user or password/, /correct those/);
  expect((await problems()).join()).not.toContain("no-such-password");
});

test("doctor: a Redis without persistence", async () => {
  await configure("appendonly", "no");
  await expectOne(/redis: .*without persistence \(appendonly no\)/, /CONFIG SET appendonly yes/);
});

test("doctor: a Redis that throws jobs away", async () => {
  endings.push(() => configure("maxmemory-policy", "noeviction"));
  await configure("maxmemory-policy", "allkeys-lru");
  await expectOne(
    /redis: .*maxmemory-policy allkeys-lru/,
    /CONFIG SET maxmemory-policy noeviction/,
  );
});

test("doctor: missing keys, one sentence each", async () => {
  env.FOVEA_CHAIN_CONFIG = chainFile({ l1ChainId: 11155111 });
  env.FOVEA_L1_RPC_URL = (await extraAnvil({ chainId: 11155111 })).url;
  const found = (await problems()).filter((sentence) => sentence.startsWith("config"));
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/the batcher needs a key, set FOVEA_BATCHER_KEY; /);
  expect(found[1]).toMatch(/the proposer needs a key, set FOVEA_PROPOSER_KEY; /);
});

test("doctor: settings that are wrong or misspelled, and a key file for everybody", async () => {
  const file = join(folder, "key");
  writeFileSync(file, `0x${"11".repeat(32)}`, { mode: 0o644 });
  Object.assign(env, { FOVEA_BLOCK_TIME: "soon", FOVEA_PRT: "1", FOVEA_BATCHER_KEY_FILE: file });
  const found = (await problems()).filter((sentence) => sentence.startsWith("config"));
  expect(found).toHaveLength(3);
  expect(found.join("\n")).toMatch(/--block-time|FOVEA_BLOCK_TIME must be a whole number/);
  expect(found.join("\n")).toMatch(
    /FOVEA_PRT is unknown \(did you mean FOVEA_PORT\?\); correct it/,
  );
  expect(found.join("\n")).toMatch(/others may read .*key \(run `chmod 600/);
});

test("doctor: an engine secret that is short, not hex, or for everybody", async () => {
  mkdirSync(env.FOVEA_DATADIR as string);
  const file = join(env.FOVEA_DATADIR as string, "jwt.hex");
  for (const [text, mode, pattern, cure] of [
    ["ab".repeat(31), 0o600, /jwt: .* has 31 bytes and not 32/, /openssl rand -hex 32/],
    ["zz".repeat(32), 0o600, /jwt: .* is not hex/, /openssl rand -hex 32/],
    ["ab".repeat(32), 0o644, /jwt: Others may read/, /chmod 600/],
  ] as const) {
    writeFileSync(file, text);
    chmodSync(file, mode);
    await expectOne(pattern, cure);
  }
  chmodSync(file, 0o600);
  expect(await problems()).toEqual([]);
});

test("doctor: a server that does not answer, and one that is not ready", async () => {
  const serverUrl = `http://127.0.0.1:${await freePort()}`;
  await expectOne(/server: .* does not answer \(ECONNREFUSED\)/, /fovea start/, { serverUrl });
  const gateway = createHttpServer((_, response) => {
    response.writeHead(503, { "content-type": "application/json" });
    response.end('{"ready":false,"reasons":["node: is behind L1"]}');
  });
  const url = `http://127.0.0.1:${await listen(gateway)}`;
  await expectOne(/server: .* is not ready: node: is behind L1/, /fovea status/, {
    serverUrl: url,
  });
});
