import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type FoveaServer, rpc, startFovea, until } from "../helpers/foveaServer.js";
import { freePort } from "../helpers/freePort.js";

// The command line as a person uses it: real processes, real files, free ports.

const ROOT = resolve(".");
const READY_MS = 10_000;
const STOP_MS = 5_000;

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one command to its end. */
function fovea(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [join(ROOT, "bin/fovea.mjs"), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  return outcomeOf(child);
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const outcome: Outcome = { code: null, stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    outcome.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    outcome.stderr += chunk;
  });
  return new Promise((done) => {
    child.once("close", (code) => done({ ...outcome, code }));
  });
}

/** Command lines of living processes that mention the folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(folder) && !line.includes("jest") ? [line] : [];
      } catch {
        return [];
      }
    });
}

const isGone = (folder: string) => async () => processesOf(folder).length === 0;
const blockHash = async (server: FoveaServer, number: string) =>
  ((await rpc(server.url, "eth_getBlockByNumber", [number, false])) as { hash: string } | null)
    ?.hash;
const heightOf = async (server: FoveaServer) =>
  Number((await rpc(server.url, "eth_blockNumber")) as string);

describe("start: a whole server", () => {
  let server: FoveaServer;

  beforeAll(async () => {
    server = await startFovea();
  }, 90_000);

  afterAll(async () => {
    await server?.stop();
    server?.clean();
  });

  const restart = async (args: string[] = []) => {
    server = await startFovea({ dataDir: server.dataDir, ports: server.ports, args });
  };

  test("answers the chain ids of L1 and L2, and one flat object of contracts", async () => {
    expect(await rpc(server.url, "eth_chainId")).toBe("0x385");
    expect(await rpc(server.l1Url, "eth_chainId")).toBe("0x384");
    const contracts = await server.contracts();
    const names = [
      ...[
        "portal",
        "disputeGameFactory",
        "anchorStateRegistry",
        "systemConfig",
        "l1StandardBridge",
      ],
      ...["l1CrossDomainMessenger", "multicall3", "sequencerFeed", "depositFeed", "blockOracle"],
    ];
    expect(contracts).toMatchObject({ l1ChainId: 900, l2ChainId: 901 });
    for (const name of names) expect(contracts[name]).toMatch(/^0x[0-9a-fA-F]{40}$/);
    const { stdout } = await fovea(["contracts", "--json", "--datadir", server.dataDir]);
    expect(JSON.parse(stdout)).toEqual(contracts);
  });

  test("says where everything is in JSON lines when its output is not a terminal", () => {
    const events = server
      .output()
      .split("\n")
      .filter((line) => line.includes('"event"'))
      .map((line) => JSON.parse(line) as { event: string; url?: string });
    expect(events[0]?.event).toBe("starting");
    expect(events.find(({ event }) => event === "ready")?.url).toBe(server.url);
  });

  test("derives its own blocks: the safe head follows the unsafe one", async () => {
    await until("a safe block", async () => {
      const safe = (await rpc(server.url, "eth_getBlockByNumber", ["safe", false])) as {
        number: string;
      };
      return Number(safe.number) > 0;
    });
  }, 60_000);

  test("status, accounts and the admin port answer", async () => {
    const { stdout, code } = await fovea(["status", "--json", "--datadir", server.dataDir]);
    const status = JSON.parse(stdout);
    expect({ code, problems: status.problems }).toEqual({ code: 0, problems: [] });
    expect(status.roles.map((role: { name: string }) => role.name)).toEqual(
      expect.arrayContaining(["node", "sequencer", "batcher", "proposer", "verifier"]),
    );
    const accounts = await fovea(["accounts", "--json", "--datadir", server.dataDir]);
    expect(JSON.parse(accounts.stdout)).toHaveLength(10);
    expect((await fetch(`${server.adminUrl}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text();
    expect(metrics).toContain("fovea_engine_unsafe_head_block");
  });

  test("a second server on the same data directory ends and names the first", async () => {
    const { code, stderr } = await fovea(["start", "--datadir", server.dataDir, "--port", "0"]);
    expect(code).toBe(73);
    expect(stderr).toContain(`in use by pid ${server.process.pid}`);
  });

  test("a second start goes on with the same chain, and is ready in time", async () => {
    const height = await heightOf(server);
    const hash = await blockHash(server, `0x${height.toString(16)}`);
    const genesis = await blockHash(server, "0x0");
    const stopMs = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - stopMs).toBeLessThan(STOP_MS);
    await until("all children are gone", isGone(server.dataDir), STOP_MS);
    const startMs = Date.now();
    await restart();
    expect(Date.now() - startMs).toBeLessThan(READY_MS);
    expect(await blockHash(server, "0x0")).toBe(genesis);
    expect(await blockHash(server, `0x${height.toString(16)}`)).toBe(hash);
    await until("new blocks", async () => (await heightOf(server)) > height);
  }, 60_000);

  test("after SIGKILL no child stays, and the next start goes on", async () => {
    const height = await heightOf(server);
    const hash = await blockHash(server, `0x${height.toString(16)}`);
    await server.kill();
    await until("all children are gone", isGone(server.dataDir), STOP_MS);
    await restart();
    expect(await blockHash(server, `0x${height.toString(16)}`)).toBe(hash);
    await until("new blocks", async () => (await heightOf(server)) > height);
  }, 60_000);

  test("a start right after SIGKILL works as well", async () => {
    await server.kill();
    await restart();
    expect(await rpc(server.url, "eth_chainId")).toBe("0x385");
  }, 60_000);

  test("rebuild deletes everything but L1 and comes back to the same safe head", async () => {
    const safe = async () =>
      (await rpc(server.url, "eth_getBlockByNumber", ["safe", false])) as {
        hash: string;
        number: string;
      };
    await until("a safe block", async () => Number((await safe()).number) > 2);
    await server.stop();
    const args = ["--datadir", server.dataDir, "--l1-port", String(server.ports.l1)];
    const refused = await fovea(["rebuild", ...args]);
    expect({ code: refused.code, asks: refused.stderr.includes("--yes") }).toEqual({
      code: 64,
      asks: true,
    });
    const { code, stdout, stderr } = await fovea(["rebuild", "--yes", "--json", ...args]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const result = JSON.parse(stdout) as { number: string; before: string; after: string };
    expect(result.after).toBe(result.before);
    expect(BigInt(result.number)).toBeGreaterThan(2n);
    await restart();
    expect(await blockHash(server, `0x${BigInt(result.number).toString(16)}`)).toBe(result.before);
  }, 120_000);

  test("--fresh begins a new chain", async () => {
    const genesis = await blockHash(server, "0x0");
    await server.stop();
    await restart(["--fresh"]);
    expect(await blockHash(server, "0x0")).not.toBe(genesis);
  }, 60_000);
});

describe("start: what cannot work ends with one sentence", () => {
  const folders: string[] = [];
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), "fovea-start-"));
    folders.push(folder);
    return folder;
  };
  const quiet = ["--port", "0", "--admin-port", "0", "--l1-port", "0"];

  afterEach(async () => {
    for (const folder of folders.splice(0)) {
      await until("all children are gone", isGone(folder), STOP_MS);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  /** Runs `start`, expects it to fail, and checks that it says so in one sentence on one line. */
  async function failingStart(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const outcome = await fovea(
      ["start", "--log-level", "silent", "--datadir", join(newFolder(), "data"), ...quiet, ...args],
      env,
    );
    const lines = outcome.stderr.trim().split("\n");
    expect({ lines, isOne: lines.length === 1 }).toEqual({ lines, isOne: true });
    return outcome;
  }

  test("a port that is taken, and by which flag to choose another", async () => {
    const blocker = createServer();
    await new Promise<void>((done) => blocker.listen(0, "127.0.0.1", done));
    const address = blocker.address();
    const port = String(typeof address === "object" && address ? address.port : 0);
    try {
      for (const flag of ["--port", "--admin-port", "--l1-port"]) {
        const { code, stderr } = await failingStart([flag, port]);
        expect({ flag, code }).toEqual({ flag, code: 73 });
        expect(stderr).toContain(`Port ${port} is in use`);
        expect(stderr).toContain(flag);
      }
    } finally {
      blocker.close();
    }
  }, 60_000);

  test("an L1 that does not answer", async () => {
    const { code, stderr } = await failingStart(["--l1-rpc-url", "http://127.0.0.1:1"]);
    expect(code).toBe(69);
    expect(stderr).toContain("--l1-rpc-url");
  }, 60_000);

  test("an L1 with another chain id, with both numbers", async () => {
    const other = createHttpStub({ eth_chainId: "0x1" });
    const url = await other.listen();
    try {
      const { code, stderr } = await failingStart(["--l1-rpc-url", url]);
      expect(code).toBe(78);
      expect(stderr).toContain("has chain id 1, but the chain config wants 900");
    } finally {
      other.close();
    }
  }, 60_000);

  test("a data directory that is a file", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    const { code, stderr } = await failingStart(["--datadir", file]);
    expect(code).toBe(73);
    expect(stderr).toContain("--datadir");
  }, 60_000);

  test("a Redis that does not answer is an error, never replaced by another", async () => {
    const { code, stderr } = await failingStart([], { REDIS_URL: "redis://:hidden@127.0.0.1:1" });
    expect(code).toBe(69);
    expect(stderr).toContain("REDIS_URL");
    expect(stderr).not.toContain("hidden");
  }, 60_000);

  test("missing keys and public keys on a chain that is not for development", async () => {
    const folder = newFolder();
    const config = join(folder, "main.json");
    const dev = JSON.parse(readFileSync("config/dev.json", "utf8"));
    writeFileSync(config, JSON.stringify({ ...dev, l1ChainId: 1 }));
    const missing = await failingStart(["--chain-config", config]);
    expect(missing.code).toBe(78);
    expect(missing.stderr).toContain("FOVEA_BATCHER_KEY");
    expect(missing.stderr).toContain("FOVEA_PROPOSER_KEY");
    const publicKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    const known = await failingStart(["--chain-config", config], {
      FOVEA_BATCHER_KEY: publicKey,
      FOVEA_PROPOSER_KEY: publicKey,
    });
    expect(known.code).toBe(78);
    expect(known.stderr).toContain("publicly known");
    expect(known.stderr).not.toContain(publicKey.slice(2));
  }, 60_000);

  test("wrong settings, all of them at once, and unknown flags", async () => {
    const { code, stderr } = await failingStart(["--block-time", "soon"], { FOVEA_ROLES: "king" });
    expect(code).toBe(78);
    expect(stderr).toContain("--block-time");
    expect(stderr).toContain("FOVEA_ROLES");
    const unknown = await fovea(["start", "--datadri", "x"]);
    expect(unknown.code).toBe(64);
    expect(unknown.stderr).toContain("--datadir");
  }, 60_000);

  test("Ctrl-C during the start ends everything that was started", async () => {
    const folder = newFolder();
    const child = spawn(
      process.execPath,
      [join(ROOT, "bin/fovea.mjs"), "start", "--datadir", folder, ...quiet],
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_OPTIONS: "" } },
    );
    const outcome = outcomeOf(child);
    await until("anvil runs", async () =>
      processesOf(folder).some((line) => line.includes("anvil")),
    );
    child.kill("SIGINT");
    expect((await outcome).code).toBe(0);
  }, 60_000);
});

/** An HTTP server that answers JSON-RPC with fixed results. */
function createHttpStub(results: Record<string, unknown>) {
  let stub: import("node:http").Server | undefined;
  return {
    async listen(): Promise<string> {
      const http = await import("node:http");
      const port = await freePort();
      stub = http.createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => {
          body += chunk;
        });
        request.on("end", () => {
          const { id, method } = JSON.parse(body) as { id: number; method: string };
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ jsonrpc: "2.0", id, result: results[method] ?? null }));
        });
      });
      await new Promise<void>((done) => stub?.listen(port, "127.0.0.1", done));
      return `http://127.0.0.1:${port}`;
    },
    close: () => stub?.close(),
  };
}
