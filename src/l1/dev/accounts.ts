import { mnemonicToAccount } from "viem/accounts";
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
  cached ??= new Map(
    Array.from({ length: ACCOUNTS }, (_, addressIndex) => {
      const account = mnemonicToAccount(MNEMONIC, { addressIndex });
      const key = account.getHdKey().privateKey as Uint8Array;
      return [account.address.toLowerCase() as Address, new PrivateKey(toHex(key))];
    }),
  );
  return cached;
}

/** Checks that a key is not publicly known, unless the chain is for development. Errors: L1_DEV_KEYS_REFUSED. */
export function assertKeyAllowed(key: PrivateKey, chainId: number): void {
  if (DEV_CHAIN_IDS.includes(chainId)) return;
  if (devAccounts().has(key.address)) {
    throw new L1Error("L1_DEV_KEYS_REFUSED", { address: key.address, chainId });
  }
}
