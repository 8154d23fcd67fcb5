import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseSignature } from "viem";
import { encodeRlp, integerToBytes } from "../../../src/engine/state/rlp.js";
import { isDepositTx } from "../../../src/protocol/index.js";
import { type Address, fromHex } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import {
  accounts,
  depositTx,
  EngineChain,
  signTx,
  type TxSpec,
  testRollup,
} from "../../helpers/engineChain.js";
import { CODE, creationCode } from "../../helpers/evmCode.js";

const TO: Address = "0x00000000000000000000000000000000000000aa";
const ETHER = 10n ** 18n;

/** Transactions that are not valid on a fresh chain wherever they stand, by what is wrong with them. */
const INVALID: Record<string, Omit<TxSpec, "from">> = {
  "nonce too high": { nonce: 40, to: TO },
  "no funds": { nonce: 0, to: TO, value: 20_000n * ETHER },
  "fee cap below the base fee": { nonce: 0, to: TO, maxFeePerGas: 10n, maxPriorityFeePerGas: 1n },
  "gas above the cap": { nonce: 0, to: TO, gas: 2n ** 24n + 1n },
  "intrinsic gas": { nonce: 0, to: TO, gas: 20_999n },
  "init code size": { nonce: 0, data: `0x${"00".repeat(49_153)}`, gas: 3_000_000n },
  "calldata floor": { nonce: 0, to: TO, data: `0x${"11".repeat(2_000)}`, gas: 60_000n },
};

/** viem refuses to sign a tip above the fee cap, so the bytes are put together here. */
async function tipAboveCap(): Promise<Uint8Array> {
  const gwei = 10n ** 9n;
  const none = new Uint8Array();
  const fields = [901n, 0n, 3n * gwei, 2n * gwei, 21_000n].map(integerToBytes);
  const body = [...fields, fromHex(TO), none, none, []];
  const hash = keccakHex(Uint8Array.of(2, ...encodeRlp(body)));
  const { r, s, yParity } = parseSignature(await accounts[2].sign({ hash }));
  const signature = [BigInt(yParity), BigInt(r), BigInt(s)].map(integerToBytes);
  return Uint8Array.of(2, ...encodeRlp([...body, ...signature]));
}

describe("drop rule", () => {
  test.each(Object.keys(INVALID))(
    "%s: strict mode answers INVALID, dropInvalid leaves it out",
    async (name) => {
      const chain = await EngineChain.open();
      const bad = await signTx({ ...(INVALID[name] as TxSpec), from: 0 });
      const good = await signTx({ from: 1, nonce: 0, to: TO, value: 1n });
      await expect(chain.build([bad, good], { dropInvalid: false })).rejects.toThrow("not built");
      const payload = await chain.build([bad, good]);
      expect(payload.transactions.slice(1)).toEqual([good]);
      await chain.engine.close();
    },
  );

  test("a tip above the fee cap is left out", async () => {
    const chain = await EngineChain.open();
    expect((await chain.build([await tipAboveCap()])).transactions).toHaveLength(1);
    await chain.engine.close();
  });

  test("the state after a block with invalid transactions anywhere is the state without them", async () => {
    const chain = await EngineChain.open();
    const valid = await Promise.all([
      signTx({ nonce: 0, to: TO, value: 1n }),
      signTx({ nonce: 1, data: creationCode(CODE.count), gas: 200_000n }),
      signTx({ from: 1, nonce: 0, to: TO, value: 3n }),
      signTx({ nonce: 2, data: creationCode(CODE.revert), gas: 55_000n }),
    ]);
    const invalid = [
      ...(await Promise.all(Object.values(INVALID).map((spec) => signTx({ ...spec, from: 2 })))),
      await signTx({ from: 2, nonce: 0, to: TO }, 902),
      await tipAboveCap(),
      Uint8Array.of(1, 2, 3),
      new Uint8Array(),
      Uint8Array.of(3, 0xc0),
    ];
    const clean = await chain.build(valid);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(valid.length), fc.nat(invalid.length - 1)), { maxLength: 6 }),
        async (insertions) => {
          const list = valid.slice();
          for (const [at, which] of insertions) list.splice(at, 0, invalid[which] as Uint8Array);
          const attributes = await chain.attributes(list);
          const first = clean.transactions[0] as Uint8Array;
          const payload = await chain.build([], {
            ...attributes,
            transactions: [first, ...attributes.transactions.slice(1)],
          });
          expect(payload.blockHash).toBe(clean.blockHash);
        },
      ),
      { numRuns: 40, seed: 3 },
    );
    await chain.engine.close();
  });

  test("strict mode on the accepted transactions gives the block that dropInvalid gave", async () => {
    const chain = await EngineChain.open();
    const list = await Promise.all([
      signTx({ nonce: 1, to: TO }),
      signTx({ nonce: 0, to: TO, value: 1n }),
      signTx({ nonce: 0, to: TO, value: 2n }),
      signTx({ nonce: 1, to: TO, value: 2n }),
    ]);
    const dropped = await chain.build([depositTx({ mint: 5n }), ...list]);
    expect(dropped.transactions).toHaveLength(4);
    const attributes = { transactions: dropped.transactions, dropInvalid: false };
    expect((await chain.build([], attributes)).blockHash).toBe(dropped.blockHash);
    await chain.engine.close();
  });

  test("what does not fit the gas or the DA footprint that is left is left out, smaller ones still come in", async () => {
    const small = testRollup((c) => ({ ...c, system: { ...c.system, gasLimit: 21_000_000n } }));
    const chain = await EngineChain.open({ rollup: small });
    const big = await signTx({ nonce: 0, to: TO, gas: 16_000_000n });
    const toobig = await signTx({
      from: 1,
      nonce: 0,
      data: creationCode(CODE.loop),
      gas: 16_700_000n,
    });
    const loop = await signTx({ from: 2, nonce: 0, data: "0x5b600056", gas: 10_000_000n });
    const payload = await chain.build([loop, toobig, big]);
    expect(payload.transactions.slice(1)).toEqual([loop]);
    // 100 bytes at least, at 400 gas each: 525 transactions fill 21 million.
    const heavy = testRollup((c) => ({
      ...c,
      system: { ...c.system, gasLimit: 21_000_000n, daFootprintGasScalar: 65_535 },
    }));
    const other = await EngineChain.open({ rollup: heavy });
    const many = await Promise.all([0, 1, 2, 3].map((nonce) => signTx({ nonce, to: TO })));
    const footprint = 100n * 65_535n;
    const full = await other.build(many);
    expect(full.transactions.filter((raw) => !isDepositTx(raw))).toHaveLength(3);
    expect(full.blobGasUsed).toBe(3n * footprint);
    await chain.engine.close();
    await other.engine.close();
  });
});
