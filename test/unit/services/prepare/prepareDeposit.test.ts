import { expect, test } from "@jest/globals";
import { isContract, prepareDeposit } from "../../../../src/services/prepare/prepareDeposit.js";
import type { Address, Hex } from "../../../../src/util/hex.js";
import { testRollup } from "../../../helpers/engineChain.js";

const ME: Address = "0x00000000000000000000000000000000000000a1";

/** What the portal would refuse is refused before anybody is asked. */
const refuse = (wish: { gasLimit?: bigint; data?: Hex }) =>
  prepareDeposit(
    testRollup(),
    { from: ME, to: ME, value: 1n, mint: 1n, data: "0x", ...wish },
    {} as never,
  );

test.each([20_999n, 0n, 2n ** 24n + 1n, 2n ** 64n])(
  "a gas limit of %s is refused with the limits",
  async (gasLimit) => {
    expect(await refuse({ gasLimit })).toEqual({
      refused: "gas-limit-out-of-range",
      limits: { minimum: 21_000n, maximum: 2n ** 24n },
    });
  },
);

test("the smallest gas limit grows by 40 a byte", async () => {
  const answer = await refuse({ gasLimit: 21_079n, data: "0x0000" });
  expect(answer).toMatchObject({ limits: { minimum: 21_080n } });
});

test("data of more than 120,000 bytes are refused", async () => {
  const answer = await refuse({ data: `0x${"00".repeat(120_001)}` });
  expect(answer).toMatchObject({ refused: "data-too-large", limits: { dataBytes: 120_001 } });
});

test("an account that delegates by EIP-7702 is no contract", () => {
  expect(isContract("0x")).toBe(false);
  expect(isContract("0x00")).toBe(true);
  expect(isContract(`0xef0100${"11".repeat(20)}`)).toBe(false);
  expect(isContract(`0xef0100${"11".repeat(21)}`)).toBe(true);
});
