import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { concatHex, encodePacked, keccak256 as viemKeccak } from "viem";
import {
  chunkHash,
  decodeEntryHeader,
  decodeRecordHeader,
  type EntryHeader,
  encodeEntryHeader,
  encodeRecordHeader,
  hashEntryHeader,
  hashRecordHeader,
  type RecordHeader,
} from "../../../src/protocol/index.js";
import { type Hash, toHex } from "../../../src/util/hex.js";
import { address, check, hash, u8, u32, u64, u256 } from "./arbitraries.js";

const entries: fc.Arbitrary<EntryHeader> = fc.record({
  format: u8,
  index: u64,
  l1Number: u64,
  l1Time: u64,
  firstOrigin: u64,
  lastOrigin: u64,
  originsHash: hash,
  depTo: u64,
  depRecordHash: hash,
  dataLength: u32,
  dataHash: hash,
  prevEntryHash: hash,
});
const records: fc.Arbitrary<RecordHeader> = fc.record({
  kind: u8,
  index: u64,
  l1Number: u64,
  l1Time: u64,
  from: address,
  to: address,
  isCreation: fc.boolean(),
  mint: u256,
  value: u256,
  gasLimit: u64,
  dataLength: u32,
  dataHash: hash,
  prevRecordHash: hash,
});

describe("entryHeader", () => {
  test("is Solidity's abi.encodePacked of the fields, and comes back", () => {
    check(entries, (h) => {
      const packed = encodePacked(
        [
          "uint8",
          "uint64",
          "uint64",
          "uint64",
          "uint64",
          "uint64",
          "bytes32",
          "uint64",
          "bytes32",
          "uint32",
          "bytes32",
          "bytes32",
        ],
        [
          h.format,
          h.index,
          h.l1Number,
          h.l1Time,
          h.firstOrigin,
          h.lastOrigin,
          h.originsHash,
          h.depTo,
          h.depRecordHash,
          h.dataLength,
          h.dataHash,
          h.prevEntryHash,
        ],
      );
      const bytes = encodeEntryHeader(h);
      expect(bytes.length).toBe(181);
      expect(toHex(bytes)).toBe(packed);
      expect(decodeEntryHeader(bytes)).toEqual(h);
      expect(hashEntryHeader(h)).toBe(viemKeccak(packed));
    });
  });

  test("another length or a field over its width is refused", () => {
    const badLength = expect.objectContaining({ code: "PROTOCOL_BAD_LENGTH" });
    expect(() => decodeEntryHeader(new Uint8Array(180))).toThrow(badLength);
    expect(() => decodeEntryHeader(new Uint8Array(182))).toThrow(badLength);
    const header = decodeEntryHeader(new Uint8Array(181));
    const badValue = expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" });
    expect(() => encodeEntryHeader({ ...header, index: 2n ** 64n })).toThrow(badValue);
    expect(() => encodeEntryHeader({ ...header, index: -1n })).toThrow(badValue);
    expect(() => encodeEntryHeader({ ...header, format: 256 })).toThrow(badValue);
    expect(() => encodeEntryHeader({ ...header, format: 0.5 })).toThrow(badValue);
    expect(() => encodeEntryHeader({ ...header, format: Number.NaN })).toThrow(badValue);
    expect(() => encodeEntryHeader({ ...header, dataHash: "0x12" })).toThrow(badValue);
  });
});

describe("recordHeader", () => {
  test("is Solidity's abi.encodePacked of the fields, and comes back", () => {
    check(records, (h) => {
      const packed = encodePacked(
        [
          "uint8",
          "uint64",
          "uint64",
          "uint64",
          "address",
          "address",
          "uint8",
          "uint256",
          "uint256",
          "uint64",
          "uint32",
          "bytes32",
          "bytes32",
        ],
        [
          h.kind,
          h.index,
          h.l1Number,
          h.l1Time,
          h.from,
          h.to,
          h.isCreation ? 1 : 0,
          h.mint,
          h.value,
          h.gasLimit,
          h.dataLength,
          h.dataHash,
          h.prevRecordHash,
        ],
      );
      const bytes = encodeRecordHeader(h);
      expect(bytes.length).toBe(206);
      expect(toHex(bytes)).toBe(packed);
      expect(decodeRecordHeader(bytes)).toEqual(h);
      expect(hashRecordHeader(h)).toBe(viemKeccak(packed));
    });
  });

  test("another length or an isCreation other than 0 and 1 is refused", () => {
    expect(() => decodeRecordHeader(new Uint8Array(205))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_LENGTH" }),
    );
    const bytes = new Uint8Array(206);
    bytes[65] = 2;
    expect(() => decodeRecordHeader(bytes)).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });
});

describe("chunkHash", () => {
  test("empty data have no chunk", () => {
    expect(chunkHash(new Uint8Array(0))).toBe(viemKeccak("0x"));
  });

  test("hashes the hashes of 4,096-byte chunks, the last one shorter", () => {
    for (const length of [1, 4_095, 4_096, 4_097, 8_192, 126_976]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 31);
      const hashes: Hash[] = [];
      for (let at = 0; at < length; at += 4_096)
        hashes.push(viemKeccak(bytes.slice(at, at + 4_096)));
      expect(chunkHash(bytes)).toBe(viemKeccak(concatHex(hashes)));
    }
  });
});
