import { expect, test } from "@jest/globals";
import { type Alloc, type EvmMessage, messageStep, runMachine } from "../../helpers/proofEvm.js";
import { runReference } from "../../helpers/referenceEvm.js";

const CALLER = 0xaan;
const TARGET = 0xbb00n;

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

function allocOf(code: string): Alloc {
  return new Map([
    [CALLER, { nonce: 5n, balance: 10n ** 18n, code: bytes(""), storage: new Map() }],
    [TARGET, { nonce: 1n, balance: 7n, code: bytes(code), storage: new Map([[1n, 5n]]) }],
  ]);
}

const CASES: [string, string][] = [
  ["a sum is stored", "6001600201600055"],
  ["a loop uses up the gas", "5b600056"],
  ["a log of one byte", "600160005360016000a0"],
  ["a log with topics", "6001602060406000a2"],
  ["a slot is cleared", "6000600155"],
  ["a creation that returns nothing", "600060006000f0"],
  ["a call of sha256", "60206000604060006002620fffff fa".replace(" ", "")],
  ["returned data", "60206000f3"],
  ["reverted data", "60206000fd"],
  ["SELFDESTRUCT to another", "6101ffff"],
  ["the hash of memory", "60206000205f52"],
];

for (const [name, code] of CASES) {
  test(`${name} as in @ethereumjs/evm`, async () => {
    const message: EvmMessage = {
      caller: CALLER,
      to: TARGET,
      value: 3n,
      data: bytes("0102"),
      gas: 100_000,
    };
    const reference = await runReference(allocOf(code), message);
    const { steps, modes, ...mine } = runMachine(messageStep(allocOf(code), message));
    expect(mine).toEqual({ ...reference, steps: undefined, modes: undefined });
    expect(steps).toBeGreaterThan(0);
    expect(modes.size).toBe(0);
  });
}
