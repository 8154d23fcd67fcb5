import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readProofFile, stepCalldata } from "../../src/proof/file/index.js";
import { toHex } from "../../src/util/hex.js";
import { runCli } from "../helpers/foveaCli.js";
import {
  devAccount,
  type FoveaServer,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";

// Steps of a real server's blocks, as a person asks for them.

let server: FoveaServer;
let dir: string;
/** A safe block with a transaction. */
let block: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "fovea-steps-"));
  server = await startFovea();
  const account = devAccount(0);
  const { l2Public, l2Wallet } = await viemClients(server, account);
  const hash = await l2Wallet.sendTransaction({ to: account.address, value: 1n } as never);
  const { blockNumber } = await l2Public.waitForTransactionReceipt({ hash });
  block = String(blockNumber);
  await until("the block is safe", async () => (await step("1")).code === 0);
}, 180_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
  rmSync(dir, { recursive: true, force: true });
});

const fovea = (...args: string[]) => runCli(server, args);
const step = (position: string, ...more: string[]) =>
  fovea("prove", "step", "--block", block, "--position", position, ...more);

test("a step is shown to a person, and as the document of the REST route", async () => {
  const shown = await step("1");
  expect(shown.stdout).toMatch(/^block +\d+ 0x[0-9a-f]{64}\nposition +1\nstep +[A-Z0-9_]+\n/);
  for (const name of ["pre root", "post root", "calldata"]) expect(shown.stdout).toContain(name);
  const { stdout } = await step("1", "--json");
  const path = `/api/v1/proofs/steps?block=${block}&position=1`;
  expect(JSON.parse(stdout)).toEqual(await (await fetch(`${server.url}${path}`)).json());
}, 60_000);

test("what cannot be proven ends with a sentence and a code", async () => {
  const beyond = await step("99999999");
  expect([beyond.code, beyond.stdout]).toEqual([65, ""]);
  expect(beyond.stderr).toMatch(/^fovea: Block \d+ has \d+ steps\./);
  const wrong = await step("-1");
  expect([wrong.code, wrong.stdout]).toEqual([64, ""]);
  const noVerifier = await step("1", "--on-chain");
  expect([noVerifier.code, noVerifier.stdout]).toEqual([78, ""]);
  expect(noVerifier.stderr).toContain("Run: npx fovea deploy-verifier");
  const nothing = `0x${"00".repeat(19)}99`;
  const empty = await step("1", "--on-chain", "--verifier", nothing);
  expect([empty.code, empty.stderr]).toEqual([78, expect.stringContaining("no step verifier at")]);
  // The command above it is what it was.
  expect((await fovea("prove", "0x12")).code).toBe(64);
  expect((await fovea("prove", "--help")).stdout).toContain("step");
}, 60_000);

test("a verifier deployed on L1 comes to the same roots", async () => {
  const deployed = await fovea("deploy-verifier", "--account", "6", "--json");
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  const { verifier } = JSON.parse(deployed.stdout);
  expect(JSON.parse((await fovea("deploy-verifier", "--json")).stdout).deployed).toEqual([]);
  for (const position of ["0", "1", "2", "30", "60"]) {
    const run = await step(position, "--on-chain", "--json");
    expect(run.stderr).toBe("");
    const { postRoot, onChain } = JSON.parse(run.stdout);
    expect(onChain).toMatchObject({ verifier, postRoot, agrees: true });
    expect(onChain.gas).toBeGreaterThan(21_000);
  }
  const shown = await step("1", "--on-chain");
  expect(shown.stdout).toContain("answers the same root");
}, 180_000);

test("the generator writes a file from which each step's calldata follows", async () => {
  const out = join(dir, "steps.json");
  const run = await fovea("witness", "--block", block, "--out", out, "--json");
  expect(run.stderr).toBe("");
  const facts = JSON.parse(run.stdout) as { steps: number; lastRoot: string };
  const file = readProofFile(readFileSync(out, "utf8"));
  expect(file.access).toHaveLength(facts.steps);
  expect(file.steps).toHaveLength(facts.steps + 1);
  for (const position of [0, 1, facts.steps - 1]) {
    const told = JSON.parse((await step(String(position), "--json")).stdout);
    const { pre, packed } = stepCalldata(file, position);
    expect({ pre, packed: toHex(packed) }).toEqual({ pre: told.preRoot, packed: told.witness });
    expect(file.steps[position + 1]).toBe(told.postRoot);
  }
  const strided = await fovea(
    ...["witness", "--block", block, "--from", "3", "--count", "4", "--stride", "5", "--out", out],
  );
  expect(strided.stdout).toContain(`4 steps of block ${block}, 5 roots`);
  const late = await fovea(...["witness", "--block", block, "--from", "9999999", "--out", out]);
  expect([late.code, late.stderr]).toEqual([65, expect.stringContaining("none at position")]);
}, 120_000);
