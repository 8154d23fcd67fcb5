import { mnemonicToAccount } from "viem/accounts";
import { type Address, type Hex, toHex } from "../util/hex.js";

/** The mnemonic that anvil and Hardhat use too. Everybody knows its keys. */
export const DEV_MNEMONIC = "test test test test test test test test test test test junk";
/** Chains on which everybody knows that these keys are public. */
const DEV_CHAIN_IDS = [900, 901, 1337, 31337];
const ACCOUNTS = 10;

/** A publicly known account. */
export interface DevAccount {
  index: number;
  address: Address;
  key: Hex;
}

let cached: DevAccount[] | undefined;

/** The funded accounts of a development chain. */
export function devAccounts(): DevAccount[] {
  cached ??= Array.from({ length: ACCOUNTS }, (_, index) => {
    const account = mnemonicToAccount(DEV_MNEMONIC, { addressIndex: index });
    return {
      index,
      address: account.address.toLowerCase() as Address,
      key: toHex(account.getHdKey().privateKey as Uint8Array),
    };
  });
  return cached;
}

/** True if public keys are expected on this chain. */
export function isDevChain(chainId: number): boolean {
  return DEV_CHAIN_IDS.includes(chainId);
}
