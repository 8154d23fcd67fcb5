import { getAddress, isAddress, parseEther, parseUnits } from "viem";
import type { Address, Hex } from "../../util/hex.js";
import { cliError } from "../errors.js";

const UNITS: Record<string, number> = { wei: 0, gwei: 9, eth: 18, ether: 18 };

/** `0.5` and `0.5ether` are ETH; `20gwei` and `1000wei` are what they say. Units: wei. Errors: CLI_USAGE. */
export function parseAmount(flag: string, text: string): bigint {
  const [, number, unit = "ether"] = /^(\d+(?:\.\d+)?)\s*([a-z]+)?$/i.exec(text.trim()) ?? [];
  const decimals = UNITS[unit.toLowerCase()];
  const fraction = number?.split(".")[1]?.length ?? 0;
  if (number === undefined || decimals === undefined || fraction > decimals) {
    throw cliError(
      "CLI_USAGE",
      `${flag} ${JSON.stringify(text)} is no amount; write ETH as 0.5 or 0.5ether, or a unit as in 20gwei and 1000wei.`,
    );
  }
  return decimals === 18 ? parseEther(number) : parseUnits(number, decimals);
}

/** Errors: CLI_USAGE. */
export function parseAddress(flag: string, text: string): Address {
  // Mixed case is a checksum, and a wrong one a typing error.
  if (isAddress(text)) return getAddress(text).toLowerCase() as Address;
  throw cliError(
    "CLI_USAGE",
    `${flag} ${JSON.stringify(text)} is no address: it takes 0x and 40 hex digits, with a right checksum if they are of mixed case.`,
  );
}

/** Hash of a transaction. Errors: CLI_USAGE. */
export function parseHash(text: string): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hex;
  throw cliError(
    "CLI_USAGE",
    `${JSON.stringify(text)} is no transaction hash: it takes 0x and 64 hex digits.`,
  );
}

/** Bytes in hex; nothing is `0x`. Errors: CLI_USAGE. */
export function parseData(flag: string, text: string | undefined): Hex {
  if (text === undefined) return "0x";
  if (/^0x([0-9a-fA-F]{2})*$/.test(text)) return text.toLowerCase() as Hex;
  throw cliError("CLI_USAGE", `${flag} takes whole bytes in hex, starting with 0x.`);
}

/** A whole number of at least `min`. Errors: CLI_USAGE. */
export function parseInteger(flag: string, text: string, min = 0): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min) return value;
  throw cliError("CLI_USAGE", `${flag} takes a whole number of at least ${min}.`);
}
