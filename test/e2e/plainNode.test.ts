import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fromHex } from "../../src/util/hex.js";
import { signJwt } from "../../src/util/jwt.js";
import { readForksChain } from "../helpers/forksChain.js";
import { runCli } from "../helpers/foveaCli.js";
import { freePort } from "../helpers/freePort.js";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const chain = readForksChain();
const folder = mkdtempSync(join(tmpdir(), "fovea-plain-"));
const datadir = join(folder, "data");
const genesis = join(folder, "genesis.json");
const blocks = join(folder, "chain.rlp");
const file = Buffer.concat(chain.blocks.map(({ rlp }) => rlp));
writeFileSync(genesis, chain.genesis);
writeFileSync(blocks, file);
const head = chain.blocks.at(-1)?.hash;
const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function ask(url: string, method: string, params: unknown[], token?: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return (await response.json()) as { result?: Record<string, unknown>; error?: unknown };
}

/** Starts `fovea node` and waits for the line that names its addresses. */
async function startNode(
  args: string[],
): Promise<{ http: string; authrpc: string; stop(): Promise<number | null> }> {
  const ports = ["--http", `127.0.0.1:${await freePort()}`, "--authrpc", `${await freePort()}`];
  const child = spawn(
    process.execPath,
    [join(ROOT, "bin/fovea.mjs"), "node", "--datadir", datadir, "--json", ...ports, ...args],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
  );
  running.push(child);
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.trimEnd().endsWith("}")) break;
  }
  const facts = JSON.parse(text) as { http: string; authrpc: string };
  return {
    ...facts,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

describe("the commands for plain Ethereum", () => {
  test("genesis-hash, init and import end in the head of the client that made the chain", async () => {
    expect(await runCli(undefined, ["genesis-hash", genesis])).toMatchObject({
      code: 0,
      stdout: `${chain.genesisHash}\n`,
    });
    const early = await runCli(undefined, ["import", "--datadir", datadir, blocks]);
    expect(early.code).toBe(78);
    expect(early.stderr).toContain("fovea init");
    const init = await runCli(undefined, ["init", "--genesis", genesis, "--datadir", datadir]);
    expect(init).toMatchObject({ code: 0, stderr: "" });
    expect(init.stdout).toContain(chain.genesisHash);

    const strange = join(folder, "strange.json");
    const { config, ...rest } = JSON.parse(chain.genesis) as { config: object };
    writeFileSync(strange, JSON.stringify({ ...rest, config: { ...config, verkleTime: 5 } }));
    const unknown = await runCli(undefined, ["init", "--genesis", strange, "--datadir", datadir]);
    expect(unknown.code).toBe(65);
    expect(unknown.stderr).toMatch(/^fovea: strange\.json: .*config\.verkleTime.*\n$/);

    const cut = join(folder, "cut.rlp");
    writeFileSync(cut, file.subarray(0, file.length - 10));
    const short = await runCli(undefined, ["import", "--datadir", datadir, cut]);
    expect(short.code).toBe(65);
    expect(short.stderr).toMatch(/^fovea: cut\.rlp is cut short: its block 12, .* byte \d+.*\n$/);
    expect(short.stdout).toContain(`head 12 ${chain.blocks[11]?.hash}`);

    const whole = await runCli(undefined, ["import", "--datadir", datadir, "--json", blocks]);
    expect(whole.code).toBe(0);
    expect(JSON.parse(whole.stdout)).toMatchObject({ imported: 1, known: 12, hash: head });
  }, 60_000);

  test("node serves the chain, and its Engine API whoever has the secret", async () => {
    const jwt = join(datadir, "jwt.hex");
    const node = await startNode(["--http.api", "eth,web3"]);
    const block = await ask(node.http, "eth_getBlockByNumber", ["latest", false]);
    expect(block.result).toMatchObject({ hash: head, number: "0xd", difficulty: "0x0" });
    expect((await ask(node.http, "eth_chainId", [])).result).toBe("0x1092");
    // Not in the list of namespaces.
    expect((await ask(node.http, "net_version", [])).error).toMatchObject({ code: -32601 });

    const secret = fromHex(`0x${readFileSync(jwt, "utf8").trim().replace(/^0x/, "")}`);
    const token = signJwt(secret, Date.now() / 1_000);
    const state = {
      headBlockHash: head,
      safeBlockHash: head,
      finalizedBlockHash: `0x${"00".repeat(32)}`,
    };
    const moved = await ask(node.authrpc, "engine_forkchoiceUpdatedV3", [state, null], token);
    expect(moved.result).toMatchObject({ payloadStatus: { status: "VALID" } });
    const refused = await fetch(node.authrpc, { method: "POST", body: "{}" });
    expect(refused.status).toBe(401);

    const second = await runCli(undefined, ["import", "--datadir", datadir, blocks]);
    expect(second.code).toBe(73);
    expect(second.stderr).toContain("is in use by pid");
    expect(await node.stop()).toBe(0);
  }, 60_000);

  test("node --genesis begins a chain on the fly, and refuses the data of another", async () => {
    const other = join(folder, "other.json");
    writeFileSync(other, JSON.stringify({ ...JSON.parse(chain.genesis), extraData: "0x99" }));
    const run = await runCli(undefined, ["node", "--datadir", datadir, "--genesis", other]);
    expect(run.code).toBe(78);
    expect(run.stderr).toContain(chain.genesisHash);
    rmSync(datadir, { recursive: true });
    const node = await startNode(["--genesis", genesis]);
    const block = await ask(node.http, "eth_getBlockByNumber", ["latest", false]);
    expect(block.result).toMatchObject({ hash: chain.genesisHash });
    expect(await node.stop()).toBe(0);
  }, 60_000);
});
