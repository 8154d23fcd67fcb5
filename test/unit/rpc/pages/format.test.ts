import { expect, test } from "@jest/globals";

// The pages' own module, as the browser runs it.
const path = "../../../../web/lib/format.js";
const { formatAgo, formatSpan, formatUnits, formatWei, grouped, parseEther, shorten, words } =
  (await import(path)) as Record<string, (...args: unknown[]) => unknown>;

test.each([
  [0n, "0 ETH"],
  [1n, "1 wei"],
  [999_999n, "999,999 wei"],
  [1_500_000n, "0.0015 gwei"],
  [10n ** 12n, "0.000001 ETH"],
  [1_234_567n * 10n ** 15n, "1,234.567 ETH"],
])("format: %s wei is %s", (wei, text) => {
  expect(formatWei?.(wei)).toBe(text);
});

test("format: amounts are cut, never rounded up", () => {
  expect(formatUnits?.(1_999_999_999_999_999_999n, 18, 6)).toBe("1.999999");
  expect(formatUnits?.(-15n, 1)).toBe("-1.5");
});

test.each([
  ["1", 10n ** 18n],
  ["0.05", 5n * 10n ** 16n],
  [" 2. ", 2n * 10n ** 18n],
  ["0.0000000000000000001", undefined],
  ["-1", undefined],
  ["1e18", undefined],
  ["", undefined],
])("format: the amount %p", (text, wei) => {
  expect(parseEther?.(text)).toBe(wei);
});

test.each([
  [0, "0 s"],
  [59.4, "59 s"],
  [60, "1 min"],
  [200, "3 min 20 s"],
  [7_500, "2 h 5 min"],
  [356_400, "4 d 3 h"],
])("format: %p seconds are %p", (seconds, text) => {
  expect(formatSpan?.(seconds)).toBe(text);
});

test("format: times before and after now, hashes, numbers and names", () => {
  expect(formatAgo?.(100, 112)).toBe("12 s ago");
  expect(formatAgo?.(112, 100)).toBe("in 12 s");
  expect(formatAgo?.(100, 100.2)).toBe("now");
  expect(shorten?.(`0x${"ab".repeat(32)}`)).toBe("0xababab…abab");
  expect(grouped?.(1_234_567n)).toBe("1,234,567");
  expect(words?.("inChallengePeriod")).toBe("in challenge period");
  expect(words?.("proof-maturity")).toBe("proof maturity");
});
