import { expect, test } from "@jest/globals";
import { toJsonRpcError } from "../../../src/rpc/errorMap.js";
import {
  addressOf,
  createPool,
  ETHER,
  GWEI,
  signTx,
  testAccount,
} from "../../helpers/poolHarness.js";

async function sayings(run: (add: (raw: Promise<Uint8Array>) => Promise<unknown>) => unknown) {
  const messages: string[] = [];
  const { pool, view } = createPool({ limits: { globalSlots: 2 } });
  view.balances.set(addressOf(testAccount(0)), ETHER);
  await run(async (raw) => {
    try {
      await pool.add(await raw);
    } catch (error) {
      messages.push(toJsonRpcError(error).message);
    }
  });
  return messages;
}

test("what does not fit the balance is told as geth tells it: alone, with the others, and as a replacement", async () => {
  const fee = 21_000n * 10n * GWEI;
  const half = ETHER / 2n;
  const messages = await sayings(async (add) => {
    await add(signTx({ nonce: 0, value: ETHER }));
    await add(signTx({ nonce: 0, value: half }));
    await add(signTx({ nonce: 1, value: half }));
    const dearer = { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: 2n * GWEI };
    await add(signTx({ nonce: 1, value: 1n }));
    await add(signTx({ nonce: 0, value: ETHER - 2n * fee, ...dearer }));
  });
  const begin = "insufficient funds for gas * price + value: balance 1000000000000000000";
  const queued = half + 2n * fee + 1n;
  const bump = ETHER - (half + fee);
  expect(messages).toEqual([
    `${begin}, tx cost ${ETHER + fee}, overshot ${fee}`,
    `${begin}, queued cost ${half + fee}, tx cost ${half + fee}, overshot ${2n * fee}`,
    `${begin}, queued cost ${queued}, tx bumped ${bump}, overshot ${queued + bump - ETHER}`,
  ]);
});

test("a low tip is told as geth tells it, one below the minimum apart from one that a full pool has no place for", async () => {
  const messages = await sayings(async (add) => {
    await add(signTx({ from: 1, maxPriorityFeePerGas: 0n }));
    await add(signTx({ from: 1, maxPriorityFeePerGas: 5n }));
    await add(signTx({ from: 2, maxPriorityFeePerGas: 5n }));
    await add(signTx({ from: 3, maxPriorityFeePerGas: 5n }));
  });
  expect(messages).toEqual([
    "transaction gas price below minimum: gas tip cap 0, minimum needed 1",
    "transaction underpriced: gas tip cap 5, minimum needed 6",
  ]);
});
