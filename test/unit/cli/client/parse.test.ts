import { expect, test } from "@jest/globals";
import {
  parseAddress,
  parseAmount,
  parseData,
  parseHash,
  parseInteger,
} from "../../../../src/cli/client/parse.js";

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "none";
};

test.each([
  ["0.5", 500_000_000_000_000_000n],
  ["1", 10n ** 18n],
  ["0.000000000000000001", 1n],
  ["2ether", 2n * 10n ** 18n],
  ["2 ETH", 2n * 10n ** 18n],
  ["20gwei", 20_000_000_000n],
  ["1.5gwei", 1_500_000_000n],
  ["1000wei", 1000n],
  ["0", 0n],
])("parse: %s is an amount", (text, wei) => {
  expect(parseAmount("--value", text)).toBe(wei);
});

test.each(["", "-1", "1e18", "0x10", "1.5wei", "1.0000000000000000001", "ether", "1 finney", ".5"])(
  "parse: %s is no amount",
  (text) => {
    expect(codeOf(() => parseAmount("--value", text))).toBe("CLI_USAGE");
  },
);

test("parse: an address with a wrong checksum is a typing error", () => {
  const right = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
  expect(parseAddress("--to", right)).toBe(right.toLowerCase());
  expect(parseAddress("--to", right.toLowerCase())).toBe(right.toLowerCase());
  for (const wrong of [right.replace("f39F", "F39F"), right.slice(0, -1), "vitalik.eth", ""]) {
    expect(codeOf(() => parseAddress("--to", wrong))).toBe("CLI_USAGE");
  }
});

test("parse: hashes, bytes and numbers", () => {
  expect(parseHash(`0x${"AB".repeat(32)}`)).toBe(`0x${"ab".repeat(32)}`);
  expect(parseData("--data", undefined)).toBe("0x");
  expect(parseData("--data", "0xAB")).toBe("0xab");
  expect(parseInteger("--gas", "21000", 21_000)).toBe(21_000);
  for (const work of [
    () => parseHash("0x12"),
    () => parseHash("ab".repeat(32)),
    () => parseData("--data", "0xabc"),
    () => parseData("--data", "ab"),
    () => parseInteger("--gas", "20999", 21_000),
    () => parseInteger("--gas", "1.5"),
    () => parseInteger("--gas", "9".repeat(16)),
  ]) {
    expect(codeOf(work)).toBe("CLI_USAGE");
  }
});
