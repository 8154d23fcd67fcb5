import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type BatchBlock,
  batchBlockSize,
  encodeBatch,
  readBatch,
} from "../../../src/protocol/index.js";
import { check, data, u32 } from "./arbitraries.js";

const blocks: fc.Arbitrary<BatchBlock> = fc.record({
  dt: fc.nat(65_535),
  originDelta: u32,
  hints: fc.array(u32, { maxLength: 5 }),
  transactions: fc.array(data, { maxLength: 5 }),
});
const block = (fields: Partial<BatchBlock> = {}): BatchBlock => ({
  dt: 2,
  originDelta: 0,
  hints: [],
  transactions: [],
  ...fields,
});

describe("batch", () => {
  test("what is encoded is read back", () => {
    check(fc.array(blocks, { maxLength: 8 }), (list) => {
      const bytes = encodeBatch(list);
      expect(bytes.length).toBe(list.reduce((size, b) => size + batchBlockSize(b), 3));
      expect(readBatch(bytes)).toEqual(list);
    });
  });

  test("cut at any byte, the whole blocks before the cut are read", () => {
    check(fc.tuple(fc.array(blocks, { maxLength: 4 }), fc.nat()), ([list, cut]) => {
      const bytes = encodeBatch(list);
      const length = cut % (bytes.length + 1);
      let whole = 0;
      for (let end = 3; whole < list.length; whole++) {
        end += batchBlockSize(list[whole] as BatchBlock);
        if (end > length) break;
      }
      expect(readBatch(bytes.slice(0, length))).toEqual(list.slice(0, whole));
    });
  });

  test("bytes after the last block are ignored", () => {
    check(fc.tuple(fc.array(blocks, { maxLength: 4 }), data), ([list, rest]) => {
      expect(readBatch(Uint8Array.from([...encodeBatch(list), ...rest]))).toEqual(list);
    });
  });

  test("reading never throws", () => {
    check(
      fc.uint8Array({ maxLength: 300 }),
      (bytes) => {
        readBatch(bytes);
        readBatch(Uint8Array.from([1, 0, 3, ...bytes]));
      },
      3_000,
    );
  });

  test("another version or fewer than three bytes is no block", () => {
    const bytes = encodeBatch([block()]);
    bytes[0] = 2;
    expect(readBatch(bytes)).toEqual([]);
    expect(readBatch(Uint8Array.of(1, 0))).toEqual([]);
  });

  test("only 1,024 blocks are read", () => {
    const one = encodeBatch([block()]).subarray(3);
    const many = new Uint8Array(3 + 1_025 * one.length);
    many.set([1, 4, 1]);
    for (let i = 0; i < 1_025; i++) many.set(one, 3 + i * one.length);
    expect(readBatch(many).length).toBe(1_024);
    expect(() => encodeBatch(Array.from({ length: 1_025 }, () => block()))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BATCH_LIMIT" }),
    );
  });

  test("a block of 120,000 bytes is read, a larger one ends the batch", () => {
    const fits = block({ transactions: [new Uint8Array(119_987)] });
    expect(batchBlockSize(fits)).toBe(120_000);
    const bytes = encodeBatch([fits, block()]);
    expect(readBatch(bytes).length).toBe(2);
    const large = Uint8Array.from([
      ...bytes.subarray(0, 3),
      ...new Uint8Array(10),
      ...new Uint8Array(119_991),
      ...bytes.subarray(120_003),
    ]);
    large.set([0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0x01, 0xd4, 0xb4], 3);
    expect(readBatch(large)).toEqual([]);
    expect(() => encodeBatch([block({ transactions: [new Uint8Array(119_988)] })])).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BATCH_LIMIT" }),
    );
  });

  test("a block with more than 16,384 transactions ends the batch", () => {
    const most = block({ transactions: Array.from({ length: 16_384 }, () => new Uint8Array(0)) });
    const bytes = encodeBatch([most]);
    expect(readBatch(bytes)[0]?.transactions.length).toBe(16_384);
    const over = Uint8Array.from([...bytes, 0, 0, 0]);
    over.set([0x40, 0x01], 11);
    expect(readBatch(over)).toEqual([]);
  });
});
