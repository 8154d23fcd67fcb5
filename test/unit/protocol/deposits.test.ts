import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodePacked, type Log, size } from "viem";
import {
  getL2TransactionHash,
  getSourceHash,
  opaqueDataToDepositData,
  serializeTransaction,
} from "viem/op-stack";
import {
  applyAlias,
  type DepositFeedRecord,
  type DepositTx,
  decodeDepositTx,
  decodeL1Attributes,
  decodeOpaqueData,
  depositTxFromRecord,
  encodeDepositTx,
  encodeL1Attributes,
  encodeOpaqueData,
  hashTx,
  isDepositTx,
  l1AttributesTx,
  l1InfoSourceHash,
  undoAlias,
  userDepositSourceHash,
} from "../../../src/protocol/index.js";
import { fromHex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { address, check, data, hash, u32, u64, u256 } from "./arbitraries.js";

const deposits: fc.Arbitrary<DepositTx> = fc.record({
  sourceHash: hash,
  from: address,
  to: fc.option(address),
  mint: u256,
  value: u256,
  gas: u64,
  isSystemTx: fc.constant(false),
  data,
});

describe("source hashes", () => {
  test("are those of viem", () => {
    check(fc.tuple(hash, u32), ([l1BlockHash, n]) => {
      expect(userDepositSourceHash(l1BlockHash, n)).toBe(
        getSourceHash({ domain: "userDeposit", l1BlockHash, l1LogIndex: n }),
      );
      expect(l1InfoSourceHash(l1BlockHash, BigInt(n))).toBe(
        getSourceHash({ domain: "l1InfoDeposit", l1BlockHash, sequenceNumber: n }),
      );
    });
  });
});

describe("depositTx", () => {
  test("is serialized as viem does, and comes back", () => {
    check(deposits, (tx) => {
      const raw = encodeDepositTx(tx);
      const { to, data: bytes, ...same } = tx;
      const serialized = serializeTransaction({
        ...same,
        ...(to ? { to } : {}),
        data: toHex(bytes),
        type: "deposit",
      });
      expect(toHex(raw)).toBe(serialized);
      expect(isDepositTx(raw)).toBe(true);
      expect(decodeDepositTx(raw)).toEqual(tx);
    });
  });

  test("changed bytes decode to something else or are refused, and never alias", () => {
    check(fc.tuple(deposits, fc.nat(), fc.integer({ min: 1, max: 255 })), ([tx, at, bit]) => {
      const raw = encodeDepositTx(tx);
      const index = at % raw.length;
      raw[index] = (raw[index] as number) ^ bit;
      try {
        expect(encodeDepositTx(decodeDepositTx(raw))).toEqual(raw);
      } catch (error) {
        expect(error).toMatchObject({ code: "PROTOCOL_BAD_DEPOSIT_TX" });
      }
    });
  });

  test("a value over its width is refused", () => {
    const tx = decodeDepositTx(
      encodeDepositTx({
        sourceHash: ZERO_HASH,
        from: `0x${"11".repeat(20)}`,
        to: null,
        mint: 0n,
        value: 0n,
        gas: 0n,
        isSystemTx: true,
        data: new Uint8Array(0),
      }),
    );
    expect(tx.isSystemTx).toBe(true);
    expect(() => encodeDepositTx({ ...tx, gas: 2n ** 64n })).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
    expect(() => encodeDepositTx({ ...tx, mint: -1n })).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });
});

describe("opaqueData", () => {
  const opaque = fc.record({
    mint: u256,
    value: u256,
    gasLimit: u64,
    isCreation: fc.boolean(),
    data,
  });

  test("is read as viem reads it", () => {
    check(opaque, (deposit) => {
      const bytes = encodeOpaqueData(deposit);
      const { gas, data: hex, ...rest } = opaqueDataToDepositData(toHex(bytes));
      expect(decodeOpaqueData(bytes)).toEqual(deposit);
      expect({ ...rest, gasLimit: gas, data: fromHex(hex) }).toEqual(deposit);
    });
  });

  test("fewer than 73 bytes are refused", () => {
    expect(() => decodeOpaqueData(new Uint8Array(72))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_LENGTH" }),
    );
    expect(() => decodeOpaqueData(new Uint8Array(73).fill(2))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });

  test("a record with its hint has the transaction hash that viem computes from the log", () => {
    const inputs = fc.record({
      deposit: opaque,
      from: address,
      to: address,
      blockHash: hash,
      logIndex: u32,
    });
    check(inputs, ({ deposit, from, to, blockHash, logIndex }) => {
      const opaqueData = toHex(encodeOpaqueData(deposit));
      const log = {
        blockHash,
        logIndex,
        args: { from, to, version: 0n, opaqueData },
      } as unknown as Log & Parameters<typeof getL2TransactionHash>[0]["log"];
      const header = { ...deposit, from, to } as unknown as DepositFeedRecord["header"];
      const tx = depositTxFromRecord(
        { header, data: deposit.data },
        userDepositSourceHash(blockHash, logIndex),
      );
      expect(hashTx(encodeDepositTx(tx))).toBe(getL2TransactionHash({ log }));
    });
  });
});

describe("L1 attributes", () => {
  const inputs = fc.record({
    sequenceNumber: u64,
    origin: fc.record({
      number: u64,
      hash,
      time: u64,
      baseFee: u256,
      prevRandao: hash,
      parentBeaconBlockRoot: hash,
    }),
    config: fc.record({
      batcherHash: hash,
      baseFeeScalar: u32,
      blobBaseFeeScalar: u32,
      gasLimit: u64,
      eip1559Denominator: u32,
      eip1559Elasticity: u32,
      operatorFeeScalar: u32,
      operatorFeeConstant: u64,
      minBaseFee: u64,
      daFootprintGasScalar: fc.nat(65_535),
    }),
  });

  test("are the packed layout of setL1BlockValuesJovian", () => {
    check(inputs, (input) => {
      const { origin, config, sequenceNumber } = input;
      const packed = encodePacked(
        [
          "bytes4",
          "uint32",
          "uint32",
          "uint64",
          "uint64",
          "uint64",
          "uint256",
          "uint256",
          "bytes32",
          "bytes32",
          "uint32",
          "uint64",
          "uint16",
        ],
        [
          "0x3db6be2b",
          config.baseFeeScalar,
          config.blobBaseFeeScalar,
          sequenceNumber,
          origin.time,
          origin.number,
          origin.baseFee,
          1n,
          origin.hash,
          config.batcherHash,
          config.operatorFeeScalar,
          config.operatorFeeConstant,
          config.daFootprintGasScalar || 400,
        ],
      );
      const calldata = encodeL1Attributes(input);
      expect(toHex(calldata)).toBe(packed);
      expect(size(packed)).toBe(178);
      expect(decodeL1Attributes(calldata)).toMatchObject({
        sequenceNumber,
        originHash: origin.hash,
        originTime: origin.time,
      });
      expect(decodeDepositTx(l1AttributesTx(input))).toMatchObject({
        sourceHash: l1InfoSourceHash(origin.hash, sequenceNumber),
        from: "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001",
        to: "0x4200000000000000000000000000000000000015",
        gas: 1_000_000n,
        mint: 0n,
        value: 0n,
        isSystemTx: false,
        data: calldata,
      });
    });
  });

  test("other calldata is refused", () => {
    const refused = expect.objectContaining({ code: "PROTOCOL_BAD_L1_ATTRIBUTES" });
    expect(() => decodeL1Attributes(new Uint8Array(178))).toThrow(refused);
    expect(() => decodeL1Attributes(new Uint8Array(2))).toThrow(refused);
  });
});

describe("alias", () => {
  test("adds the offset modulo 2^160 and can be undone", () => {
    expect(applyAlias("0x0000000000000000000000000000000000000000")).toBe(
      "0x1111000000000000000000000000000000001111",
    );
    expect(applyAlias(`0x${"ff".repeat(20)}`)).toBe("0x1111000000000000000000000000000000001110");
    check(address, (value) => expect(undoAlias(applyAlias(value))).toBe(value));
  });
});
