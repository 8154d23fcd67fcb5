import { L1Error } from "../../l1/errors.js";
import type { Address, Hex } from "../../util/hex.js";
import { toWord } from "./staticCall.js";

/** One read of a contract. */
export interface ContractRead {
  target: Address;
  data: Hex;
}

/** `aggregate3((address target, bool allowFailure, bytes callData)[])`. Source: Multicall3 */
const AGGREGATE3 = "0x82ad56cb";
const WORD_DIGITS = 64;
const WORD_BYTES = 32;
/** Target, flag and offset of the data, before the data of a call. */
const CALL_HEAD_WORDS = 3;

/** Calldata of `aggregate3` for reads that may fail. */
export function encodeAggregate3(reads: readonly ContractRead[]): Hex {
  const offsets: string[] = [];
  const calls: string[] = [];
  let offset = reads.length * WORD_BYTES;
  for (const { target, data } of reads) {
    const digits = data.slice(2);
    const words = Math.ceil(digits.length / WORD_DIGITS);
    offsets.push(toWord(BigInt(offset)));
    calls.push(
      toWord(target),
      toWord(1n),
      toWord(BigInt(CALL_HEAD_WORDS * WORD_BYTES)),
      toWord(BigInt(digits.length / 2)),
      digits.padEnd(words * WORD_DIGITS, "0"),
    );
    offset += (CALL_HEAD_WORDS + 1 + words) * WORD_BYTES;
  }
  const head = [toWord(BigInt(WORD_BYTES)), toWord(BigInt(reads.length))];
  return `${AGGREGATE3}${[...head, ...offsets, ...calls].join("")}`;
}

/** What `aggregate3` returned for `count` reads, in order; undefined for one that reverted. Errors: L1_BAD_RESPONSE. */
export function decodeAggregate3(answer: Hex, count: number): (Hex | undefined)[] {
  // Offsets count from the word after the array's length.
  const list = numberAt(answer, 0) + WORD_BYTES;
  if (numberAt(answer, list - WORD_BYTES) !== count) throw bad("length");
  return Array.from({ length: count }, (_, i): Hex | undefined => {
    const result = list + numberAt(answer, list + i * WORD_BYTES);
    const bytes = result + numberAt(answer, result + WORD_BYTES);
    const length = numberAt(answer, bytes);
    const from = digitOf(bytes + WORD_BYTES);
    if (answer.length < from + length * 2) throw bad("data");
    if (numberAt(answer, result) === 0) return undefined;
    return `0x${answer.slice(from, from + length * 2)}`;
  });
}

/** The word at a byte, which must be small. */
function numberAt(answer: Hex, byte: number): number {
  const from = digitOf(byte);
  const digits = answer.slice(from, from + WORD_DIGITS);
  const value = digits.length === WORD_DIGITS ? Number(`0x${digits}`) : Number.NaN;
  if (!Number.isSafeInteger(value) || value > answer.length) throw bad("word");
  return value;
}

function digitOf(byte: number): number {
  return 2 + byte * 2;
}

function bad(field: string): Error {
  return new L1Error("L1_BAD_RESPONSE", { field: `multicall ${field}` });
}
