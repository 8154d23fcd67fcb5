import { describe, expect, test } from "@jest/globals";
import { decodeBlock, encodeBlock, findBodyMismatch } from "../../../src/engine/blockCodec.js";
import { EMPTY_REQUESTS_HASH, HEADER_FIELDS, sealHeader } from "../../../src/engine/header.js";
import { listRoot } from "../../../src/engine/state/trie.js";
import type { Block } from "../../../src/engine/types.js";
import { fromHex, type Hash, toHex } from "../../../src/util/hex.js";
import { keccak256 } from "../../../src/util/keccak.js";

const hash = (byte: number): Hash => `0x${byte.toString(16).padStart(2, "0").repeat(32)}`;
const ZERO = hash(0);
/** A legacy transaction's shape, and one of type 2: contents do not matter here. */
const LEGACY = fromHex("0xc3010203");
const TYPED = fromHex("0x02c20102");

function blockOf(fork: keyof typeof HEADER_FIELDS): Block {
  const fieldCount = HEADER_FIELDS[fork];
  const has = (other: keyof typeof HEADER_FIELDS) => fieldCount >= HEADER_FIELDS[other];
  const transactions = fork === "frontier" ? [LEGACY] : [LEGACY, TYPED];
  const ommers = fork === "frontier" ? [fromHex("0xc20a0b")] : [];
  const withdrawals = has("shanghai")
    ? [{ index: 3n, validatorIndex: 4n, address: `0x${"aa".repeat(20)}` as const, amountGwei: 5n }]
    : undefined;
  const parts = { transactions, ommers, ...(withdrawals ? { withdrawals } : {}) };
  const { header } = sealHeader(
    {
      parentHash: hash(1),
      feeRecipient: `0x${"bb".repeat(20)}`,
      stateRoot: hash(2),
      transactionsRoot: toHex(listRoot(transactions)),
      receiptsRoot: hash(3),
      logsBloom: new Uint8Array(256),
      number: 7n,
      gasLimit: 30_000_000n,
      gasUsed: 21_000n,
      timestamp: 1_700_000_000n,
      extraData: fromHex("0x0102"),
      prevRandao: hash(4),
      baseFeePerGas: has("london") ? 7n : 0n,
      withdrawalsRoot: has("shanghai") ? hash(5) : ZERO,
      blobGasUsed: has("cancun") ? 131_072n : 0n,
      excessBlobGas: 0n,
      parentBeaconBlockRoot: has("cancun") ? hash(6) : ZERO,
      requestsHash: has("prague") ? EMPTY_REQUESTS_HASH : ZERO,
      ...(has("prague") ? {} : { fieldCount }),
      ...(fork === "frontier"
        ? {
            difficulty: 131_072n,
            nonce: "0x00000000000000ff" as const,
            ommersHash: toHex(keccak256(fromHex("0xc3c20a0b"))),
          }
        : {}),
    },
    parts,
  );
  return {
    header,
    transactions,
    transactionHashes: transactions.map((raw) => toHex(keccak256(raw))),
    ...(ommers.length > 0 ? { ommers } : {}),
    ...(withdrawals ? { withdrawals } : {}),
  };
}

describe("RLP of blocks", () => {
  test.each(Object.keys(HEADER_FIELDS) as (keyof typeof HEADER_FIELDS)[])(
    "a block of %s comes back from its RLP as it was, its size included",
    (fork) => {
      const block = blockOf(fork);
      const rlp = encodeBlock(block);
      expect(decodeBlock(rlp)).toEqual(block);
      expect(block.header.sizeBytes).toBe(rlp.length);
    },
  );

  test("another body than the header's is noticed, part by part", () => {
    const frontier = blockOf("frontier");
    expect(findBodyMismatch(frontier)).toBeUndefined();
    expect(findBodyMismatch({ ...frontier, transactions: [] })).toBe("transactionsRoot");
    expect(findBodyMismatch({ ...frontier, ommers: [] })).toBe("ommersHash");
    expect(findBodyMismatch(blockOf("shanghai"))).toBe("withdrawalsRoot");
  });

  test("integers that are longer than the header's fields are refused", () => {
    const { header, ...rest } = blockOf("london");
    for (const name of ["number", "gasLimit", "gasUsed", "timestamp"] as const) {
      const rlp = encodeBlock({ ...rest, header: { ...header, [name]: 2n ** 64n } });
      expect(() => decodeBlock(rlp)).toThrow(/RLP/);
    }
  });

  test("what is no block is refused with the place", () => {
    const rlp = encodeBlock(blockOf("london"));
    expect(() => decodeBlock(rlp.subarray(0, -1))).toThrow(/RLP/);
    expect(() => decodeBlock(fromHex("0xc0"))).toThrow();
    expect(() => decodeBlock(fromHex("0xc3c0c0c0"))).toThrow();
  });
});
