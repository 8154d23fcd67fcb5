import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createPublicClient, createWalletClient, defineChain, http, parseEther } from "viem";
import { type CliRun, runCli } from "../helpers/foveaCli.js";
import { devAccount, devKey, type FoveaServer, startFovea, until } from "../helpers/foveaServer.js";
import { freePort } from "../helpers/freePort.js";

// The commands of a person who uses the rollup, as processes against a real server.

const RECIPIENT = "0x00000000000000000000000000000000000f1a11";
let server: FoveaServer;
/** Journeys of a minute each; they begin together, and each is looked at in its test. */
let withdrawal: Promise<CliRun & { tookMs: number }>;
let demo: Promise<CliRun>;
/** L2 hash of a deposit that is looked at when it is new, and again when much time has passed. */
let followed: string;

beforeAll(async () => {
  server = await startFovea();
  const startedMs = Date.now();
  withdrawal = fovea(
    ...["withdraw", "--to", RECIPIENT, "--value", "0.123456789", "--wait", "--json"],
  ).then((run) => ({ ...run, tookMs: Date.now() - startedMs }));
  demo = fovea("demo", "withdrawal", "--account", "4");
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
});

const fovea = (...args: string[]) => runCli(server, args);

/** Expects success and parses the one document. */
function document(run: CliRun): Record<string, unknown> {
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

/** `fovea tx` and the REST API agree on a transaction, but for what changed between two looks at the API. */
async function expectToldByRest(hash: string): Promise<void> {
  type Told = { batch: object | null; steps: { name: string; done: boolean }[] };
  const read = async () =>
    (await (await fetch(`${server.url}/api/v1/transactions/${hash}/lifecycle`)).json()) as Told;
  const before = await read();
  const life = document(await fovea("tx", hash, "--json"));
  const after = await read();
  const names = { safe: "safe", finalized: "finalized", proposed: "proposed" };
  for (const [ours, told] of Object.entries({ ...names, confirmed: "finalizable" })) {
    const [first, last] = [before, after].map(
      ({ steps }) => steps.find(({ name }) => name === told)?.done,
    );
    const step = (life.steps as { name: string; isReached: boolean }[]).find(
      ({ name }) => name === ours,
    );
    if (first === last) expect([ours, step?.isReached]).toEqual([ours, last]);
  }
  if (before.batch !== null) expect(life.batch).toEqual(before.batch);
}

/** Parses each line. */
function lines(run: CliRun): Record<string, unknown>[] {
  return run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const balanceOf = async (url: string, address: string) => {
  const chain = defineChain({
    id: 1,
    name: "any",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const client = createPublicClient({ chain, transport: http(url) });
  return client.getBalance({ address: address as `0x${string}` });
};

test("cli: a deposit arrives on L2 with its value, and tx tells its life by either hash", async () => {
  const to = "0x00000000000000000000000000000000000de905";
  const sent = document(
    await fovea("deposit", "--to", to, "--value", "1.5", "--account", "2", "--json"),
  );
  expect(sent.status).toBe("on-l2");
  expect(sent.valueWei).toBe(parseEther("1.5").toString());
  expect(await balanceOf(server.url, to)).toBe(parseEther("1.5"));
  for (const hash of [sent.l1Hash, sent.l2Hash] as string[]) {
    const life = document(await fovea("tx", hash, "--json"));
    expect(life.l2Hash).toBe(sent.l2Hash);
    expect(life.isSuccess).toBe(true);
    expect(life.l2BlockNumber).toBe(sent.l2BlockNumber);
  }
  const words = await fovea("tx", sent.l2Hash as string);
  expect(words.stdout).toMatch(/✓ unsafe +succeeded in L2 block \d+/);
}, 120_000);

test("cli: tx tells what the REST API tells, with the times left", async () => {
  const sent = document(
    await fovea("deposit", "--to", RECIPIENT, "--value", "1wei", "--account", "5", "--json"),
  );
  followed = sent.l2Hash as string;
  const { stdout } = await fovea("tx", followed);
  expect(stdout).toMatch(/… confirmed +waits for the proposal's confirmation, about \d+ s\n/);
  await expectToldByRest(followed);
}, 120_000);

test("cli: withdraw --wait tells every stage and ends finalized within three minutes, exact to the wei", async () => {
  const run = await withdrawal;
  expect(run.tookMs).toBeLessThan(180_000);
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  const told = lines(run);
  const stages = told.map(({ event }) => event).filter((event) => event !== "waiting");
  expect(stages).toEqual([
    "initiated",
    "safe",
    "provable",
    "proven",
    "finalizable",
    "finalized",
    "result",
  ]);
  expect(told.at(-1)).toMatchObject({
    status: "finalized",
    isCallSuccessful: true,
    valueWei: parseEther("0.123456789").toString(),
  });
  expect(await balanceOf(server.l1Url, RECIPIENT)).toBe(parseEther("0.123456789"));
  // Once more: nothing is left to do, and nothing is paid twice.
  const hash = told.at(-1)?.l2Hash as string;
  for (const command of ["prove", "finalize"]) {
    const again = document(await fovea(command, hash, "--json"));
    expect(again).toMatchObject({ status: "finalized", finalizeHash: null });
  }
  expect(await balanceOf(server.l1Url, RECIPIENT)).toBe(parseEther("0.123456789"));
  const life = document(await fovea("tx", hash, "--json"));
  expect(life.withdrawals).toMatchObject([{ stage: "finalized" }]);
}, 240_000);

test("cli: step by step, prove and finalize say what they wait for", async () => {
  const to = "0x00000000000000000000000000000000000572e9";
  const begun = document(
    await fovea("withdraw", "--to", to, "--value", "1gwei", "--account", "2", "--json"),
  );
  const hash = begun.l2Hash as string;
  const early = await fovea("finalize", hash);
  expect(early.code).toBe(75);
  expect(early.stderr).toMatch(/^fovea: It (cannot be proven yet|is not proven yet)/);
  // Another account proves, and our own finalizes with its proof.
  const proven = await fovea("prove", hash, "--wait", "--account", "3", "--json");
  expect(proven.code).toBe(0);
  expect(lines(proven).at(-1)).toMatchObject({ event: "result", status: "proven" });
  const soon = await fovea("finalize", hash, "--json");
  expect(soon.code).toBe(75);
  expect(soon.stderr).toMatch(/challenge period is not over; add --wait/);
  expect(soon.stdout).toBe("");
  const final = await fovea("finalize", hash, "--wait", "--timeout", "120");
  expect(final.code).toBe(0);
  expect(final.stdout).toMatch(/✓ finalized: 0\.000000001 ETH paid to/);
  expect(await balanceOf(server.l1Url, to)).toBe(10n ** 9n);
}, 240_000);

test("cli: demo withdrawal tells the story to its end", async () => {
  const run = await demo;
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/✓ on L2 in block \d+/);
  expect(run.stdout).toMatch(/✓ finalized: 0\.5 ETH paid to/);
  expect(run.stdout).toMatch(/has 0\.5 ETH more on L1/);
  // Neither a terminal nor colors.
  expect(run.stdout).not.toContain("\u001b");
}, 240_000);

test("cli: doctor finds a running server well, and nothing to force", async () => {
  const well = document(await fovea("doctor", "--json"));
  expect(well).toMatchObject({ ok: true });
  expect(document(await fovea("force", "--json"))).toMatchObject({ status: "nothing-waits" });
}, 120_000);

test("cli: doctor ends with 1 and a sentence for each fault", async () => {
  const run = await runCli(undefined, [
    "doctor",
    "--datadir",
    mkdtempSync(join(tmpdir(), "fovea-cli-")),
    "--port",
    String(server.ports.rpc),
    "--admin-port",
    String(await freePort()),
    "--l1-rpc-url",
    `http://127.0.0.1:${await freePort()}`,
  ]);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain(
    `✗ ports   Port ${server.ports.rpc} is taken by pid ${server.process.pid}`,
  );
  expect(run.stdout).toMatch(/✗ L1 +The L1 at .* does not answer \(.*ECONNREFUSED/);
  expect(run.stdout).toMatch(/2 to cure\.\n$/);
}, 120_000);

test("cli: ETH_RPC_URL names the L2, and keys come from the environment or a file", async () => {
  const elsewhere = { ETH_RPC_URL: server.url, FOVEA_L1_RPC_URL: server.l1Url };
  const cwdData = { FOVEA_DATADIR: "" };
  const contracts = await runCli(undefined, ["contracts", "--json"], { ...elsewhere, ...cwdData });
  expect(document(contracts)).toEqual(await server.contracts());
  const args = ["withdraw", "--value", "1wei", "--json"];
  const byEnv = await runCli(undefined, args, { ...elsewhere, FOVEA_PRIVATE_KEY: devKey(5) });
  expect(document(byEnv).from).toBe(devAccount(5).address);
  const file = join(mkdtempSync(join(tmpdir(), "fovea-cli-")), "key");
  writeFileSync(file, devKey(6), { mode: 0o600 });
  const byFile = await runCli(undefined, [...args, "--private-key-file", file], elsewhere);
  expect(document(byFile).from).toBe(devAccount(6).address);
}, 120_000);

test("cli: failures are one sentence and the exit code that belongs to them", async () => {
  const unknown = `0x${"12".repeat(32)}`;
  const gone = { ETH_RPC_URL: `http://127.0.0.1:${await freePort()}` };
  const other = { ETH_RPC_URL: server.url, FOVEA_L1_RPC_URL: server.url };
  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [["deposit"], 64, /required option '--value/],
    [["deposit", "--value", "lots"], 64, /no amount/],
    [["withdraw", "--value", "1", "--key", "0x"], 64, /unknown option/],
    [["tx", "0x12"], 64, /no transaction hash/],
    [["demo", "dispute"], 64, /Allowed choices are withdrawal/],
    [["tx", unknown], 65, /Neither layer knows/],
    [["prove", unknown], 65, /No L2 transaction/],
    [["withdraw", "--value", "99999999", "--json"], 65, /too little for 99999999 ETH/],
    [["tx", unknown], 69, /No Fovea server answers/, gone],
    [["tx", unknown], 78, /has chain id 901, but the server's L1 has 900/, other],
    [["deposit", "--value", "1"], 78, /FOVEA_PRIVATE_KEY/, { FOVEA_PRIVATE_KEY: "0xzz" }],
  ];
  for (const [args, code, pattern, env] of cases) {
    const run = await runCli(env?.ETH_RPC_URL === undefined ? server : undefined, args, env);
    expect([args.join(" "), run.code]).toEqual([args.join(" "), code]);
    expect(run.stderr).toMatch(pattern);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(run.stdout).toBe("");
  }
  // A contract that refuses: a plain withdrawal of a transaction that began none.
  const plain = createWalletClient({
    account: devAccount(7),
    transport: http(server.url),
  });
  const hash = await plain.sendTransaction({
    chain: null,
    to: "0x00000000000000000000000000000000000000aa",
    value: 1n,
  } as never);
  const client = createPublicClient({ transport: http(server.url), pollingInterval: 200 });
  await client.waitForTransactionReceipt({ hash });
  const none = await fovea("prove", hash);
  expect(none.code).toBe(65);
  expect(none.stderr).toMatch(/began no withdrawal/);
}, 300_000);

test("cli: tx of a transaction of some time ago has every stage behind it", async () => {
  await until("a confirmed proposal", async () => {
    const life = document(await fovea("tx", followed, "--json"));
    return life.status === "confirmed";
  });
  await expectToldByRest(followed);
  const { stdout } = await fovea("tx", followed);
  expect(stdout).toMatch(/✓ safe +its block is on L1 \(safe\): batch \d+, L1 transaction 0x/);
  expect(stdout).toMatch(/✓ confirmed +proposal \d+ is confirmed on L1/);
  expect(stdout).not.toContain("…");
}, 120_000);
