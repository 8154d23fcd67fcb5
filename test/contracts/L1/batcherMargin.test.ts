import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { encodeBatch } from "../../../src/protocol/batch.js";
import { parseChainConfig } from "../../../src/protocol/chainConfig.js";
import { MAX_BATCH_BLOCK_BYTES, MAX_TX_BYTES } from "../../../src/protocol/constants.js";
import { daSizeOfTx, l1Fee } from "../../../src/protocol/fees.js";
import { toHex } from "../../../src/util/hex.js";
import { anvil, appendCall, fitting } from "./feedWorld.js";

const { system } = parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
const GWEI = 10n ** 9n;
/** The smallest that a signed transaction can be, about the worst for the estimate, a token transfer, up to the largest. */
const SIZES = [105, 165, 180, 400, 2_000, 20_000, MAX_TX_BYTES];
/** Bytes of a block beside its transactions, and of each of them. */
const BLOCK_BYTES = 10;
const TX_BYTES = 3;

/** Envelopes that nothing compresses, as many as a batch block holds; `nextSize` says how long each is. */
function fullBlock(nextSize: () => number): Uint8Array[] {
  const transactions: Uint8Array[] = [];
  for (let bytes = BLOCK_BYTES; ; ) {
    const size = nextSize();
    bytes += TX_BYTES + size;
    if (bytes > MAX_BATCH_BLOCK_BYTES) return transactions;
    transactions.push(new Uint8Array(randomBytes(size)));
  }
}

/** What senders pay for L1, and what the batcher pays there, at the same L1 base fee. Units: wei. */
async function balanceOf(transactions: Uint8Array[]): Promise<{ paid: bigint; spent: bigint }> {
  const { baseFeeScalar, blobBaseFeeScalar } = system;
  const parameters = { baseFeeScalar, blobBaseFeeScalar, l1BaseFee: GWEI, blobBaseFee: 1n };
  const paid = transactions.reduce((sum, raw) => sum + l1Fee(daSizeOfTx(raw), parameters), 0n);
  const data = encodeBatch([{ dt: 1, originDelta: 0, hints: [], transactions }]);
  const { gasUsed } = await anvil.send(appendCall(await fitting({ data: toHex(data) })));
  return { paid, spent: gasUsed * GWEI };
}

describe("calldata of full entropy pays for the batch that carries it, its gas on L2 not counted:", () => {
  test.each(SIZES)("transactions of %i bytes", async (size) => {
    const { paid, spent } = await balanceOf(fullBlock(() => size));
    expect(paid).toBeGreaterThanOrEqual(spent);
  });

  test("transactions of many sizes, entry after entry", async () => {
    let sum = 0n;
    for (let entry = 0; entry < 5; entry++) {
      const transactions = fullBlock(() => 105 + (randomBytes(2).readUInt16BE(0) % 5_000));
      const { paid, spent } = await balanceOf(transactions);
      expect(paid).toBeGreaterThanOrEqual(spent);
      sum += paid - spent;
    }
    expect(sum).toBeGreaterThan(0n);
  });
});
