import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { chooseAccount } from "../../../../src/cli/client/signer.js";
import { devAccounts } from "../../../../src/cli/devKeys.js";
import { sentenceOf } from "../../../../src/cli/errors.js";

const DEV = 900;
const REAL = 11_155_111;
const KEY = `0x${"11".repeat(32)}`;
const ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";
const file = join(mkdtempSync(join(tmpdir(), "fovea-key-")), "key");
writeFileSync(file, `${KEY}\n`, { mode: 0o600 });

const failure = (...args: Parameters<typeof chooseAccount>) => {
  try {
    chooseAccount(...args);
  } catch (error) {
    return { code: (error as { code: string }).code, sentence: sentenceOf(error) };
  }
  return undefined;
};
const addressOf = (index: number) => devAccounts()[index]?.address;

test("signer: a file, the environment, or an account of the development chain", () => {
  expect(chooseAccount({ privateKeyFile: file }, {}, REAL).address).toBe(ADDRESS);
  expect(chooseAccount({}, { FOVEA_PRIVATE_KEY: KEY }, REAL).address).toBe(ADDRESS);
  expect(chooseAccount({}, { FOVEA_PRIVATE_KEY: KEY.slice(2) }, REAL).address).toBe(ADDRESS);
  const chosen = (account?: string) => chooseAccount({ account }, {}, DEV).address.toLowerCase();
  expect(chosen("7")).toBe(addressOf(7));
  expect(chosen()).toBe(addressOf(1));
});

test("signer: what was said more clearly wins", () => {
  const env = { FOVEA_PRIVATE_KEY: `0x${"22".repeat(32)}` };
  expect(chooseAccount({ privateKeyFile: file }, env, DEV).address).toBe(ADDRESS);
  expect(chooseAccount({ account: "2" }, env, DEV).address.toLowerCase()).toBe(addressOf(2));
  expect(failure({ account: "2", privateKeyFile: file }, {}, DEV)?.code).toBe("CLI_USAGE");
});

test("signer: public keys and accounts are refused on a real chain", () => {
  expect(failure({ account: "1" }, {}, REAL)?.code).toBe("CLI_USAGE");
  expect(failure({}, {}, REAL)?.code).toBe("CLI_CONFIG");
  const publicKey = devAccounts()[0]?.key;
  expect(failure({}, { FOVEA_PRIVATE_KEY: publicKey }, REAL)?.code).toBe("CLI_CONFIG");
});

test("signer: a wrong key is not repeated, and a file for everybody not read", () => {
  const wrong = "not a key, but secret all the same";
  const found = failure({}, { FOVEA_PRIVATE_KEY: wrong }, DEV);
  expect(found?.code).toBe("CLI_CONFIG");
  expect(found?.sentence).not.toContain(wrong);
  expect(failure({ privateKeyFile: "/nowhere" }, {}, DEV)?.sentence).toContain("ENOENT");
  chmodSync(file, 0o644);
  expect(failure({ privateKeyFile: file }, {}, DEV)?.sentence).toContain("chmod 600");
  for (const account of ["10", "-1", "x", ""]) {
    expect(failure({ account }, {}, DEV)?.code).toBe("CLI_USAGE");
  }
});
