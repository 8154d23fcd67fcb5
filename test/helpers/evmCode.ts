import type { Hex } from "../../src/util/hex.js";

/** Code that creates a contract with the given runtime code (up to 255 bytes). */
export function creationCode(runtime: Hex): Hex {
  const length = ((runtime.length - 2) / 2).toString(16).padStart(2, "0");
  return `0x60${length}80600b6000396000f3${runtime.slice(2)}`;
}

/** One argument as 32 bytes, without prefix. */
export const wordOf = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/** Calldata of words. */
export const words = (...values: (bigint | number)[]): Hex => `0x${values.map(wordOf).join("")}`;

/** Small contracts, written as bytes so that tests need no compiler. */
export const CODE = {
  /** storage[word 0] = word 1 */
  store: "0x60203560003555 00".replace(" ", "") as Hex,
  /** LOG2 with words 0 and 1 as topics, and the second as data. */
  log: "0x6020356000526020356000356020 6000a200".replace(" ", "") as Hex,
  /** Runs until the gas is used up. */
  loop: "0x5b600056",
  /** REVERT with word 0 as data. */
  revert: "0x60003560005260206000fd",
  /** Returns the balance of the origin. */
  originBalance: "0x323160005260206000f3",
  /** SELFDESTRUCT to word 0. */
  destroy: "0x600035ff",
  /** Creates a contract that destroys itself in its init code, with the value of the call; address to slot 0. */
  createAndDestroy: "0x6130ff6000526002601e34f060005500",
  /** storage[0] = storage[0] + 1, returns nothing. */
  count: "0x60005460010160005500",
  /** Calls word 0 with all gas but the kept 1/64th, stores the success flag in slot 1 and word 1 in slot 2. */
  callAndStore: "0x60006000600060006000600035 5af160015560203560025500".replace(" ", "") as Hex,
  /** TSTORE 0 -> slot 3 keeps what TLOAD saw before. */
  transient: "0x60005c60035560 0160005d00".replace(" ", "") as Hex,
} as const satisfies Record<string, Hex>;
