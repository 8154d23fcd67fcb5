import { describe, expect, test } from "@jest/globals";
import { encodeFunctionData, encodeFunctionResult, parseAbi } from "viem";
import { OptimismPortal } from "../../../../src/contracts/generated/OptimismPortal.js";
import {
  type ContractRead,
  decodeAggregate3,
  encodeAggregate3,
} from "../../../../src/services/withdrawals/multicall.js";
import { staticCall, wordAt } from "../../../../src/services/withdrawals/staticCall.js";
import type { Hex } from "../../../../src/util/hex.js";

const abi = parseAbi([
  "struct Call { address target; bool allowFailure; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3(Call[] calls) payable returns (Result[] results)",
]);
const bytes = (length: number): Hex => `0x${"a7".repeat(length)}`;
const reads: ContractRead[] = [0, 4, 31, 32, 36, 68, 200].map((length, i) => ({
  target: `0x${(i + 1).toString(16).padStart(40, "0")}`,
  data: bytes(length),
}));

describe("reads of many contracts in one call", () => {
  test("are encoded as viem encodes them", () => {
    for (const some of [[], reads.slice(0, 1), reads]) {
      const calls = some.map(({ target, data }) => ({
        target,
        allowFailure: true,
        callData: data,
      }));
      expect(encodeAggregate3(some)).toBe(
        encodeFunctionData({ abi, functionName: "aggregate3", args: [calls] }),
      );
    }
  });

  test("are decoded as viem encodes their results; undefined for what reverted", () => {
    const results = reads.map(({ data }, i) => ({ success: i % 3 !== 1, returnData: data }));
    const answer = encodeFunctionResult({ abi, functionName: "aggregate3", result: results });
    expect(decodeAggregate3(answer, results.length)).toEqual(
      results.map(({ success, returnData }) => (success ? returnData : undefined)),
    );
  });

  test("an answer that is cut short, of another length or no answer at all is refused", () => {
    const result = [{ success: true, returnData: bytes(40) }];
    const answer = encodeFunctionResult({ abi, functionName: "aggregate3", result });
    const cut = (digits: number) => answer.slice(0, answer.length - digits) as Hex;
    const huge = answer.replace(/^0x.{64}/, `0x${"f".repeat(64)}`) as Hex;
    for (const wrong of ["0x", cut(64), cut(answer.length - 66), huge] as const) {
      expect(() => decodeAggregate3(wrong, 1)).toThrow(
        expect.objectContaining({ code: "L1_BAD_RESPONSE" }),
      );
    }
    expect(() => decodeAggregate3(answer, 2)).toThrow(
      expect.objectContaining({ code: "L1_BAD_RESPONSE" }),
    );
  });
});

describe("calls with arguments of one word", () => {
  test("are encoded as viem encodes them", () => {
    const hash: Hex = `0x${"1b".repeat(32)}`;
    const account: Hex = `0x${"c3".repeat(20)}`;
    expect(staticCall(OptimismPortal.abi, "proofSubmitters")(hash, 258n)).toBe(
      encodeFunctionData({
        abi: OptimismPortal.abi,
        functionName: "proofSubmitters",
        args: [hash, 258n],
      }),
    );
    expect(staticCall(OptimismPortal.abi, "provenWithdrawals")(hash, account)).toBe(
      encodeFunctionData({
        abi: OptimismPortal.abi,
        functionName: "provenWithdrawals",
        args: [hash, account],
      }),
    );
  });

  test("know no function that is not there, and no word beyond the answer", () => {
    expect(() => staticCall(OptimismPortal.abi, "nothing")).toThrow(RangeError);
    expect(wordAt(bytes(64), 1)).toBe(bytes(32));
    expect(() => wordAt(bytes(63), 1)).toThrow(
      expect.objectContaining({ code: "L1_BAD_RESPONSE" }),
    );
  });
});
