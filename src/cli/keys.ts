import { assertKeyAllowed, devAccounts as publicKeys } from "../l1/dev/accounts.js";
import { PrivateKey } from "../l1/privateKey.js";
import type { ChainConfig } from "../protocol/types.js";
import { devAccounts, isDevChain } from "./devKeys.js";
import { cliError, sentenceOf } from "./errors.js";
import { isLoopback } from "./isLoopback.js";
import type { RoleName, Settings } from "./settings.js";

/** Keys by purpose; undefined where this server needs none. */
export interface Keys {
  deployer: PrivateKey | undefined;
  batcher: PrivateKey | undefined;
  proposer: PrivateKey | undefined;
}

const PURPOSES = [
  { name: "deployer", setting: "deployerKey", env: "FOVEA_DEPLOYER_KEY", role: undefined },
  { name: "batcher", setting: "batcherKey", env: "FOVEA_BATCHER_KEY", role: "batcher" },
  { name: "proposer", setting: "proposerKey", env: "FOVEA_PROPOSER_KEY", role: "proposer" },
] as const;

/**
 * The keys that the roles of this server need: those given, else on a development chain the public ones of the chain
 * config's accounts. A server that writes nothing to L1 gets none.
 * Errors: CLI_CONFIG (a key is missing, or public on a real chain or a server that others can reach) with all problems in one
 * sentence.
 */
export function chooseKeys(settings: Settings, chain: ChainConfig): Keys {
  const keys: Keys = { deployer: undefined, batcher: undefined, proposer: undefined };
  const isWriter = (role: RoleName | undefined) =>
    role === undefined
      ? settings.roles.includes("batcher") || settings.roles.includes("proposer")
      : settings.roles.includes(role);
  const problems: string[] = [];
  for (const { name, setting, env, role } of PURPOSES) {
    if (!isWriter(role)) continue;
    const given = settings[setting];
    const text =
      given?.reveal() ??
      (isDevChain(chain.l1ChainId)
        ? devAccounts().find(({ address }) => address === chain[name])?.key
        : undefined);
    if (text === undefined) {
      // Contracts that are there already need no deployer.
      if (role !== undefined) problems.push(`the ${name} needs a key, set ${env}`);
      continue;
    }
    try {
      const key = new PrivateKey(text);
      assertKeyAllowed(key, chain.l1ChainId);
      keys[name] = key;
    } catch (error) {
      problems.push(`${env}: ${sentenceOf(error)}`);
    }
  }
  const isExposed = !isLoopback(settings.host) && !settings.unsafeAllowDevKeys;
  if (isExposed && Object.values(keys).some(isPublic)) {
    problems.push(
      `with --host ${settings.host} other machines reach a server whose keys everybody knows: give keys of your own, leave --host out, or say --unsafe-allow-dev-keys`,
    );
  }
  if (problems.length > 0)
    throw cliError("CLI_CONFIG", `Wrong configuration: ${problems.join("; ")}.`);
  return keys;
}

function isPublic(key: PrivateKey | undefined): boolean {
  return key !== undefined && publicKeys().has(key.address);
}
