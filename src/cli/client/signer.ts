import { readFileSync, statSync } from "node:fs";
import { createWalletClient, getAddress, http, type PublicClient, type WalletClient } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { assertKeyAllowed } from "../../l1/dev/accounts.js";
import { PrivateKey } from "../../l1/privateKey.js";
import type { Hex } from "../../util/hex.js";
import { devAccounts, isDevChain } from "../devKeys.js";
import { cliError, sentenceOf } from "../errors.js";

/** How a person says who signs. A key is never part of a command line: everybody on a machine can read those. */
export interface SignerFlags {
  account?: string | undefined;
  privateKeyFile?: string | undefined;
}

/** Environment variable with the key of a user. */
export const KEY_ENV = "FOVEA_PRIVATE_KEY";
/** Account (0) deploys and owns; the first that is nobody's is (1). */
const DEFAULT_DEV_ACCOUNT = 1;

/**
 * The account that signs: `--private-key-file`, else `--account` (development chains only), else FOVEA_PRIVATE_KEY, else
 * account (1) of a development chain.
 * Errors: CLI_USAGE, CLI_CONFIG.
 */
export function chooseAccount(
  flags: SignerFlags,
  env: Record<string, string | undefined>,
  l1ChainId: number,
): PrivateKeyAccount {
  const { account, privateKeyFile } = flags;
  if (account !== undefined && privateKeyFile !== undefined) {
    throw cliError("CLI_USAGE", "Give either --account or --private-key-file, not both.");
  }
  if (privateKeyFile !== undefined) {
    return checkedAccount(readKeyFile(privateKeyFile), "--private-key-file", l1ChainId);
  }
  const given = env[KEY_ENV];
  if (account === undefined && given !== undefined && given !== "") {
    return checkedAccount(given, KEY_ENV, l1ChainId);
  }
  if (isDevChain(l1ChainId)) return devAccount(account ?? String(DEFAULT_DEV_ACCOUNT));
  throw cliError(
    account === undefined ? "CLI_CONFIG" : "CLI_USAGE",
    account === undefined
      ? `No key to sign with: give --private-key-file <file>, or set ${KEY_ENV}.`
      : `--account names the public accounts of development chains, and L1 chain ${l1ChainId} is none; give --private-key-file <file>, or set ${KEY_ENV}.`,
  );
}

/** A client of `layer` that signs with `account`. */
export function walletOn(layer: PublicClient, account: PrivateKeyAccount): WalletClient {
  const url = layer.chain?.rpcUrls.default.http[0];
  return createWalletClient({
    account,
    chain: layer.chain,
    transport: http(url, { timeout: 10_000 }),
    cacheTime: 0,
  });
}

/** How messages name an account. */
export function nameOf(account: PrivateKeyAccount): string {
  const dev = devAccounts().find(({ address }) => address === account.address.toLowerCase());
  return `${getAddress(account.address)}${dev === undefined ? "" : ` (development account ${dev.index})`}`;
}

function devAccount(text: string): PrivateKeyAccount {
  const found = devAccounts().find(({ index }) => String(index) === text);
  if (found !== undefined) return privateKeyToAccount(found.key);
  throw cliError(
    "CLI_USAGE",
    `--account takes a number from 0 to ${devAccounts().length - 1}, the accounts of \`npx fovea accounts\`.`,
  );
}

function readKeyFile(path: string): string {
  try {
    if ((statSync(path).mode & 0o077) === 0) return readFileSync(path, "utf8").trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw cliError(
      "CLI_CONFIG",
      `The key file ${path} cannot be read (${code}); correct --private-key-file.`,
      cause,
    );
  }
  throw cliError("CLI_CONFIG", `Others may read the key file ${path}; run \`chmod 600 ${path}\`.`);
}

/** The texts of these errors never hold the key. */
function checkedAccount(text: string, source: string, l1ChainId: number): PrivateKeyAccount {
  try {
    assertKeyAllowed(new PrivateKey(text), l1ChainId);
  } catch (error) {
    throw cliError("CLI_CONFIG", `${source}: ${sentenceOf(error)}`);
  }
  return privateKeyToAccount((text.startsWith("0x") ? text : `0x${text}`) as Hex);
}
