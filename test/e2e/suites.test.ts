import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { runCli } from "../helpers/foveaCli.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-suites-"));
const file = (name: string, contents: string): string => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};
/** A transfer; gas price 0, so that nothing but the two balances and the nonce change. */
const stateTest = (hash: string) =>
  JSON.stringify({
    transfer: {
      env: {
        currentCoinbase: `0x${"c0".repeat(20)}`,
        currentGasLimit: "0x7270e00",
        currentNumber: "0x1",
        currentTimestamp: "0x3e8",
        currentDifficulty: "0x20000",
      },
      pre: {
        [`0x${"aa".repeat(20)}`]: { balance: "0x5", nonce: "0x0", code: "0x", storage: {} },
      },
      transaction: {
        nonce: "0x0",
        gasPrice: "0x0",
        gasLimit: ["0x5208"],
        to: `0x${"bb".repeat(20)}`,
        value: ["0x05"],
        data: ["0x"],
        sender: `0x${"aa".repeat(20)}`,
      },
      post: { Berlin: [{ hash, indexes: { data: 0, gas: 0, value: 0 } }] },
    },
  });

afterAll(() => rmSync(folder, { recursive: true }));

test("statetest prints a JSON array of results, and tells by its exit code if all pass", async () => {
  const wrong = await runCli(undefined, ["statetest", file("wrong.json", stateTest("0x"))]);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain("0 of 1 state tests pass");
  const [result] = JSON.parse(wrong.stdout);
  expect(result).toMatchObject({ name: "transfer", fork: "Berlin", pass: false });
  const right = await runCli(undefined, [
    "statetest",
    file("ok.json", stateTest(result.stateRoot)),
  ]);
  expect(right.code).toBe(0);
  expect(JSON.parse(right.stdout)).toEqual([
    { name: "transfer", fork: "Berlin", pass: true, stateRoot: result.stateRoot },
  ]);
  const all = await runCli(undefined, ["statetest", "--fork", "Berlin", folder]);
  expect(all.code).toBe(1);
  expect(JSON.parse(all.stdout)).toHaveLength(2);
}, 120_000);

test("a file without tests ends the command with a sentence, after the results so far", async () => {
  const none = await runCli(undefined, ["blocktest", join(folder, "none.json")]);
  expect(none).toMatchObject({ code: 64, stdout: "[]\n" });
  expect(none.stderr).toContain("There is no file");
  const first = file("first.json", stateTest("0x"));
  const broken = await runCli(undefined, ["statetest", first, file("broken.json", "{")]);
  expect(broken.code).toBe(64);
  expect(JSON.parse(broken.stdout)).toHaveLength(1);
  expect(broken.stderr).toContain("broken.json is not a file of test fixtures");
}, 120_000);
