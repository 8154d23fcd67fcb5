import { type Abi, getAbiItem, toFunctionSelector } from "viem";
import { L1Error } from "../../l1/errors.js";
import type { Hex } from "../../util/hex.js";

/** An argument of one word: a number, an address or a hash. */
export type WordArgument = bigint | Hex;

const WORD_DIGITS = 64;

/**
 * Makes the calldata of a function whose arguments are all of one word, a hundred times as fast as a general encoder: a list of
 * withdrawals asks for hundreds.
 */
export function staticCall(abi: Abi, name: string): (...args: WordArgument[]) => Hex {
  const item = getAbiItem({ abi, name });
  if (item?.type !== "function") throw new RangeError(`no function ${name}`);
  const selector = toFunctionSelector(item);
  return (...args) => `${selector}${args.map(toWord).join("")}`;
}

/** Word `index` of what a function returned. Errors: L1_BAD_RESPONSE. */
export function wordAt(data: Hex, index: number): Hex {
  const from = 2 + index * WORD_DIGITS;
  if (data.length < from + WORD_DIGITS) throw new L1Error("L1_BAD_RESPONSE", { field: "word" });
  return `0x${data.slice(from, from + WORD_DIGITS)}`;
}

/** A number or a short hex string as the digits of one word. */
export function toWord(value: WordArgument): string {
  const digits = typeof value === "bigint" ? value.toString(16) : value.slice(2);
  return digits.padStart(WORD_DIGITS, "0");
}
