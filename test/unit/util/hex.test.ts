import { expect, test } from "@jest/globals";
import { bytesToHex, hexToBytes } from "viem";
import { fromHex, toHex } from "../../../src/util/hex.js";

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);

test("bytes of any length become digits and bytes again, as with viem", () => {
  for (const length of [0, 1, 20, 32, 63, 64, 65, 1_000]) {
    const bytes = bytesOf(length);
    const hex = toHex(bytes);
    expect(hex).toBe(bytesToHex(bytes));
    expect(fromHex(hex)).toEqual(bytes);
    expect(fromHex(`0x${hex.slice(2).toUpperCase()}`)).toEqual(bytes);
  }
});

test("a view into a larger buffer gives its own bytes only", () => {
  const large = bytesOf(100);
  expect(toHex(large.subarray(10, 15))).toBe(bytesToHex(large.slice(10, 15)));
});

test("what is no string of whole bytes is treated as viem treats it", () => {
  const odd = [
    "0x1",
    "0xg0",
    "0x0g",
    "1234",
    "0x12 4",
    `0x${"00".repeat(100)}zz`,
    "0x0İ",
    "",
    "0x",
  ];
  const outcome = (run: (hex: `0x${string}`) => Uint8Array, hex: string): unknown => {
    try {
      return run(hex as `0x${string}`);
    } catch {
      return "refused";
    }
  };
  for (const hex of odd) expect(outcome(fromHex, hex)).toEqual(outcome(hexToBytes, hex));
});
