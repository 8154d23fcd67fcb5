import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { devAccounts } from "../../../src/cli/devKeys.js";
import { exitCodeOf, sentenceOf } from "../../../src/cli/errors.js";
import { chooseKeys } from "../../../src/cli/keys.js";
import { readSettings } from "../../../src/cli/readSettings.js";
import { parseChainConfig } from "../../../src/protocol/chainConfig.js";

const dev = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
const main = { ...dev, l1ChainId: 1 };
const OTHER_KEY = `0x${"11".repeat(32)}`;

const settingsOf = (roles: string, env: Record<string, string> = {}) =>
  readSettings({ roles }, env).settings;
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
