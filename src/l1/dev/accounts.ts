import { pbkdf2Sync } from "node:crypto";
import { HDKey } from "viem/accounts";
import type { Address } from "../../util/hex.js";
import { toHex } from "../../util/hex.js";
import { L1Error } from "../errors.js";
import { PrivateKey } from "../privateKey.js";

const MNEMONIC = "test test test test test test test test test test test junk";
const ACCOUNTS = 10;
/** Chains on which everybody knows that the keys are public. */
const DEV_CHAIN_IDS: readonly number[] = [900, 901, 1337, 31337];

let cached: ReadonlyMap<Address, PrivateKey> | undefined;

/** The publicly known development keys by address, in their usual order. */
export function devAccounts(): ReadonlyMap<Address, PrivateKey> {
  cached ??= deriveAccounts();
  return cached;
}

/** BIP-39 and BIP-32. Node's own PBKDF2 takes milliseconds where the JavaScript one takes half a second. */
function deriveAccounts(): ReadonlyMap<Address, PrivateKey> {
  const root = HDKey.fromMasterSeed(pbkdf2Sync(MNEMONIC, "mnemonic", 2048, 64, "sha512"));
  const keys = Array.from({ length: ACCOUNTS }, (_, i) => {
    const { privateKey } = root.derive(`m/44'/60'/0'/0/${i}`);
    return new PrivateKey(toHex(privateKey as Uint8Array));
  });
  return new Map(keys.map((key) => [key.address, key]));
}

/** Checks that a key is not publicly known, unless the chain is for development. Errors: L1_DEV_KEYS_REFUSED. */
export function assertKeyAllowed(key: PrivateKey, chainId: number): void {
  if (DEV_CHAIN_IDS.includes(chainId)) return;
  if (devAccounts().has(key.address)) {
    throw new L1Error("L1_DEV_KEYS_REFUSED", { address: key.address, chainId });
  }
}
