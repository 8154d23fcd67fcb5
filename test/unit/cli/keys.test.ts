import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { devAccounts } from "../../../src/cli/devKeys.js";
import { exitCodeOf, sentenceOf } from "../../../src/cli/errors.js";
import { chooseKeys } from "../../../src/cli/keys.js";
import { type GivenFlags, readSettings } from "../../../src/cli/readSettings.js";
import { parseChainConfig } from "../../../src/protocol/chainConfig.js";

const dev = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
const main = { ...dev, l1ChainId: 1 };
const OTHER_KEY = `0x${"11".repeat(32)}`;

const settingsOf = (roles: string, env: Record<string, string> = {}, flags: GivenFlags = {}) =>
  readSettings({ roles, ...flags }, env).settings;
/** The error of choosing keys. */
function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("keys: a development chain uses the public keys of its config's accounts", () => {
  const keys = chooseKeys(settingsOf("all"), dev);
  expect(keys.batcher?.address).toBe(dev.batcher);
  expect(keys.proposer?.address).toBe(dev.proposer);
  expect(keys.deployer?.address).toBe(dev.deployer);
});

test("keys: a read-only node gets none", () => {
  expect(Object.values(chooseKeys(settingsOf("verifier"), main)).filter(Boolean)).toEqual([]);
});

test("keys: a missing key ends the start with the names of all variables to set", () => {
  const error = failure(() => chooseKeys(settingsOf("all"), main));
  expect(exitCodeOf(error)).toBe(78);
  expect(sentenceOf(error)).toContain("FOVEA_BATCHER_KEY");
  expect(sentenceOf(error)).toContain("FOVEA_PROPOSER_KEY");
});

test("keys: public keys are refused on a chain that is not for development", () => {
  const env = { FOVEA_BATCHER_KEY: devAccounts()[3]?.key ?? "" };
  const error = failure(() => chooseKeys(settingsOf("batcher", env), main));
  expect(exitCodeOf(error)).toBe(78);
  expect(sentenceOf(error)).toContain("publicly known");
  expect(
    chooseKeys(settingsOf("batcher", { FOVEA_BATCHER_KEY: OTHER_KEY }), main).batcher,
  ).toBeDefined();
});

test("keys: public keys are refused where other machines reach the server, unless that is asked for", () => {
  const start = (roles: string, host: string, more: GivenFlags = {}, env = {}) =>
    failure(() => chooseKeys(settingsOf(roles, env, { host, ...more }), dev));
  for (const host of ["0.0.0.0", "::", "192.0.2.7", "fovea.example", "127.0.0.1.evil.example"]) {
    const error = start("all", host);
    expect([host, exitCodeOf(error)]).toEqual([host, 78]);
    expect(sentenceOf(error)).toContain("--unsafe-allow-dev-keys");
  }
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) {
    expect([host, start("all", host)]).toEqual([host, undefined]);
  }
  expect(start("all", "0.0.0.0", { unsafeAllowDevKeys: true })).toBeUndefined();
  // Without keys, and with keys of one's own, there is nothing to protect.
  expect(start("verifier", "0.0.0.0")).toBeUndefined();
  const own = { FOVEA_BATCHER_KEY: OTHER_KEY, FOVEA_PROPOSER_KEY: OTHER_KEY };
  expect(sentenceOf(start("all", "0.0.0.0", {}, own))).toContain("--unsafe-allow-dev-keys");
  const all = { ...own, FOVEA_DEPLOYER_KEY: OTHER_KEY };
  expect(start("all", "0.0.0.0", {}, all)).toBeUndefined();
});
