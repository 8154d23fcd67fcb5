import { expect, test } from "@jest/globals";
import { OSAKA_RULES } from "../../../../src/engine/execution/forks.js";
import { OP } from "../../../../src/engine/tracing/opcodes.js";
import { type AnnouncedStep, stepCost } from "../../../../src/engine/tracing/stepCost.js";

const step = (fields: Partial<AnnouncedStep>): AnnouncedStep => ({
  opcode: 0x01,
  isDefined: true,
  gas: 100_000n,
  fixedGas: 3n,
  fee: 3n,
  stack: [],
  memoryBytes: 0,
  isStatic: false,
  returnDataBytes: 0,
  ...fields,
});
const costOf = (fields: Partial<AnnouncedStep>) => stepCost(step(fields), OSAKA_RULES);

test("the height of the stack is looked at first, then gas", () => {
  expect(costOf({ stack: [1n] })).toMatchObject({
    gasCost: 3n,
    error: "stack underflow (1 <=> 2)",
  });
  const full = new Array<bigint>(1_024).fill(0n);
  const push = { opcode: 0x60, stack: full, gas: 0n };
  expect(costOf(push).error).toBe("stack limit reached 1024 (1023)");
  expect(costOf({ stack: [1n, 2n], gas: 2n })).toMatchObject({ gasCost: 3n, error: "out of gas" });
  expect(costOf({ stack: [1n, 2n], gas: 3n })).toMatchObject({ gasCost: 3n, error: undefined });
});

test("an opcode that the fork does not know costs nothing yet", () => {
  expect(costOf({ opcode: 0x0c, isDefined: false, gas: 0n })).toMatchObject({
    gasCost: 0n,
    error: undefined,
  });
});

test("memory that no gas could pay for is an overflow", () => {
  const mload = { opcode: OP.mload, fee: 3n };
  expect(costOf({ ...mload, stack: [2n ** 64n] }).error).toBe("gas uint64 overflow");
  expect(costOf({ ...mload, stack: [2n ** 40n] }).error).toBe("out of gas: gas uint64 overflow");
  // Nothing of nowhere is no memory.
  expect(costOf({ opcode: OP.return, fixedGas: 0n, fee: 0n, stack: [0n, 2n ** 80n] }).error).toBe(
    undefined,
  );
});

test("what a frame may not write, and what SSTORE keeps back", () => {
  const words = "out of gas: write protection";
  expect(costOf({ opcode: OP.sstore, stack: [1n, 1n], isStatic: true }).error).toBe(words);
  const call = { opcode: OP.call, fee: 100n, isStatic: true };
  expect(costOf({ ...call, stack: [0n, 0n, 0n, 0n, 1n, 1n, 9n] }).error).toBe(words);
  expect(costOf({ ...call, stack: [0n, 0n, 0n, 0n, 0n, 1n, 9n] }).error).toBe(undefined);
  expect(costOf({ opcode: OP.sstore, fee: 0n, stack: [1n, 1n], gas: 2_300n }).error).toBe(
    "out of gas: not enough gas for reentrancy sentry",
  );
});

test("a call costs what it hands on, at most all but a 64th; a creation does not", () => {
  const stack = [0n, 0n, 0n, 0n, 0n, 1n, 2n ** 255n];
  const call = costOf({ opcode: OP.call, fee: 100n, stack, gas: 6_500n });
  expect(call).toMatchObject({ forwarded: 6_300n, gasCost: 6_400n });
  const create = { opcode: OP.create, fixedGas: 32_000n, fee: 32_000n, stack: [0n, 0n, 0n] };
  expect(costOf({ ...create, gas: 38_400n })).toMatchObject({
    forwarded: 6_300n,
    gasCost: 32_000n,
  });
  const large = { ...create, stack: [49_153n, 0n, 0n] };
  expect(costOf(large).error).toBe(
    "out of gas: max initcode size exceeded: code size 49153 limit 49152",
  );
});

test("return data that are not there cost what the copy would have", () => {
  const copy = { opcode: OP.returndatacopy, returnDataBytes: 10, stack: [33n, 0n, 0n] };
  expect(costOf(copy)).toMatchObject({ gasCost: 3n + 6n + 6n, error: undefined });
});
