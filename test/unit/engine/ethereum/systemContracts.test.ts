import { describe, expect, test } from "@jest/globals";
import { DAO_ACCOUNTS, DAO_REFUND_CONTRACT } from "../../../../src/engine/ethereum/daoAccounts.js";
import type { GenesisAccount } from "../../../../src/engine/ethereum/gethGenesis.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { type Address, fromHex, type Hex } from "../../../../src/util/hex.js";
import { networkChain, nextBlock, rich } from "../../../helpers/blockFixture.js";

const WITHDRAWALS: Address = "0x00000961ef480eb55e80d19ad83579a64c007002";
const CONSOLIDATIONS: Address = "0x0000bbddc7ce488642fb579f8b00f3a590007251";
const BEACON_ROOTS: Address = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02";
/** Returns two bytes 0xabcd. */
const RETURNS: Hex = "0x61abcd6000526002601ef3";
const REVERTS: Hex = "0x60006000fd";
const ENDLESS: Hex = "0x5b600056";

const contract = (code: Hex): GenesisAccount => ({ ...rich(0n), nonce: 1n, code: fromHex(code) });

describe("Prague's system contracts", () => {
  const alloc = (
    withdrawals: Hex | undefined,
    consolidations: Hex | undefined,
    beacon: Hex = "0x00",
  ) =>
    new Map([
      ...(withdrawals ? ([[WITHDRAWALS, contract(withdrawals)]] as const) : []),
      ...(consolidations ? ([[CONSOLIDATIONS, contract(consolidations)]] as const) : []),
      [BEACON_ROOTS, contract(beacon)] as const,
    ]);

  test.each([
    ["no withdrawal request contract", alloc(undefined, RETURNS)],
    ["no consolidation request contract", alloc(RETURNS, undefined)],
    ["withdrawal request contract: revert", alloc(REVERTS, RETURNS)],
    ["consolidation request contract: out of gas", alloc(RETURNS, ENDLESS)],
  ])("make a block invalid: %s", async (reason, accounts) => {
    const chain = await networkChain("Prague", accounts);
    await expect(nextBlock(chain, [])).rejects.toMatchObject({
      code: "ENGINE_INVALID_BLOCK",
      data: { reason },
    });
  });

  test("give their requests, and may fail at the start of a block", async () => {
    const chain = await networkChain("Prague", alloc(RETURNS, "0x00", REVERTS));
    const inserted = await chain.insert(await nextBlock(chain, []));
    expect(inserted).toHaveProperty("header");
    // sha256(sha256(0x01abcd)): the other types have none.
    expect(chain.head.requestsHash).toBe(
      "0x38e4329c066e9d67f6c4651dedff074b8fe9dc5542a14aede748a9fd8fa961a4",
    );
  });
});

test("the DAO fork moves the balances of its accounts, and marks ten blocks", async () => {
  const [first, second] = DAO_ACCOUNTS as [Address, Address];
  const chain = await networkChain(
    "HomesteadToDaoAt5",
    new Map([
      [first, rich(7n)],
      [second, rich(8n)],
    ]),
  );
  expect(new Set(DAO_ACCOUNTS).size).toBe(116);
  for (let number = 1; number < 5; number++) {
    expect(await chain.insert(await nextBlock(chain, []))).toHaveProperty("header");
  }
  expect(await chain.insert(await nextBlock(chain, []))).toEqual({
    invalid: "extraData of the DAO fork",
  });
  const marked = await nextBlock(chain, [], [], Buffer.from("dao-hard-fork"));
  expect(await chain.insert(marked)).toHaveProperty("header");
  const state = new BlockState(chain.stores.states, fromHex(chain.head.stateRoot));
  expect(state.readAccount(DAO_REFUND_CONTRACT)?.balance).toBe(15n);
  expect(state.readAccount(first)?.balance).toBe(0n);
});

test("proof of work ends with the terminal total difficulty, not before and not after", async () => {
  // Genesis has 0x20000, so has block 1; the third block would be above 0x60000 with the second.
  const chain = await networkChain("LondonToParisAtDiff50000", new Map());
  expect(await chain.insert(await nextBlock(chain, []))).toHaveProperty("header");
  expect(await chain.insert(await nextBlock(chain, [], [], undefined, "stake"))).toEqual({
    invalid: "proof of stake below the terminal total difficulty",
  });
  expect(await chain.insert(await nextBlock(chain, []))).toHaveProperty("header");
  expect(await chain.insert(await nextBlock(chain, []))).toEqual({
    invalid: "proof of work above the terminal total difficulty",
  });
  expect(await chain.insert(await nextBlock(chain, [], [], undefined, "stake"))).toHaveProperty(
    "header",
  );
  expect(chain.head.difficulty).toBeUndefined();
});
