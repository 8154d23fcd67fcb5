import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { concatHex, encodeAbiParameters, keccak256 as viemKeccak } from "viem";
import { getWithdrawalHashStorageSlot } from "viem/op-stack";
import {
  claimedBlock,
  decodeExtraData,
  decodeProposalExtraData,
  encodeExtraData,
  encodeProposalExtraData,
  isFullClaim,
  nextBaseFee,
  outputRoot,
  periodEndTime,
  periodOf,
  sentMessageSlot,
  withdrawalHash,
} from "../../../src/protocol/index.js";
import { toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { address, check, data, hash, u32, u64, u256 } from "./arbitraries.js";

describe("withdrawal", () => {
  test("the hash is the keccak of the ABI-encoded fields", () => {
    const withdrawals = fc.record({
      nonce: u256,
      sender: address,
      target: address,
      value: u256,
      gasLimit: u256,
      data,
    });
    check(withdrawals, (w) => {
      const types = ["uint256", "address", "address", "uint256", "uint256", "bytes"].map(
        (type) => ({ type }),
      );
      const encoded = encodeAbiParameters(types, [
        w.nonce,
        w.sender,
        w.target,
        w.value,
        w.gasLimit,
        toHex(w.data),
      ]);
      expect(withdrawalHash(w)).toBe(viemKeccak(encoded));
    });
  });

  test("the slot is the one viem asks for", () => {
    check(hash, (value) => {
      expect(sentMessageSlot(value)).toBe(getWithdrawalHashStorageSlot({ withdrawalHash: value }));
    });
  });
});

test("the output root hashes version and three words", () => {
  check(fc.tuple(hash, hash, hash), ([stateRoot, messagePasserStorageRoot, blockHash]) => {
    const words = concatHex([ZERO_HASH, stateRoot, messagePasserStorageRoot, blockHash]);
    expect(outputRoot({ stateRoot, messagePasserStorageRoot, blockHash })).toBe(viemKeccak(words));
  });
});

describe("proposal extraData", () => {
  const values = fc.record({
    l2BlockNumber: u256,
    parentIndex: u256,
    feedEnd: u64,
    feedTipHash: hash,
    machineRoot: hash,
  });

  test("is 160 bytes of ABI, and comes back", () => {
    check(values, (value) => {
      const types = ["uint256", "uint256", "uint64", "bytes32", "bytes32"].map((type) => ({
        type,
      }));
      const bytes = encodeProposalExtraData(value);
      expect(toHex(bytes)).toBe(encodeAbiParameters(types, Object.values(value)));
      expect(decodeProposalExtraData(bytes)).toEqual(value);
    });
  });

  test("another length or a feedEnd over 64 bits is refused", () => {
    expect(() => decodeProposalExtraData(new Uint8Array(159))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_LENGTH" }),
    );
    expect(() => decodeProposalExtraData(new Uint8Array(160).fill(1))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });

  test("a claim ends at the last derived block or 2^15 blocks after the parent", () => {
    expect(claimedBlock(10n, 20n)).toBe(20n);
    expect(claimedBlock(10n, 40_000n)).toBe(32_778n);
    expect([isFullClaim(10n, 32_778n), isFullClaim(10n, 32_777n)]).toEqual([true, false]);
  });
});

test("periods are slices of L1 time from genesis", () => {
  expect([0n, 9n, 10n, 25n].map((t) => periodOf(1_000n + t, 1_000n, 10))).toEqual([0n, 0n, 1n, 2n]);
  expect(periodEndTime(2n, 1_000n, 10)).toBe(1_030n);
  expect(() => periodOf(999n, 1_000n, 10)).toThrow(
    expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
  );
});

describe("base fee", () => {
  const extraData = encodeExtraData({ denominator: 50, elasticity: 6, minBaseFee: 100n });
  const parent = {
    baseFeePerGas: 1_000_000_000n,
    gasLimit: 60_000_000n,
    gasUsed: 10_000_000n,
    blobGasUsed: 0n,
    extraData,
  };

  test("extraData come back, other bytes are refused", () => {
    check(fc.record({ denominator: u32, elasticity: u32, minBaseFee: u64 }), (value) => {
      const bytes = encodeExtraData(value);
      expect(bytes.length).toBe(17);
      expect(decodeExtraData(bytes)).toEqual(value);
    });
    expect(() => decodeExtraData(new Uint8Array(9))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_LENGTH" }),
    );
    expect(() => decodeExtraData(new Uint8Array(17))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });

  test("stays at the target, rises above it by the denominator, falls below it", () => {
    expect(nextBaseFee(parent)).toBe(1_000_000_000n);
    expect(nextBaseFee({ ...parent, gasUsed: 60_000_000n })).toBe(1_100_000_000n);
    expect(nextBaseFee({ ...parent, gasUsed: 0n })).toBe(980_000_000n);
  });

  test("rises by at least 1 wei, and the DA footprint counts like gas", () => {
    expect(nextBaseFee({ ...parent, baseFeePerGas: 200n, gasUsed: 10_000_001n })).toBe(201n);
    expect(nextBaseFee({ ...parent, blobGasUsed: 60_000_000n })).toBe(1_100_000_000n);
  });

  test("never falls below the minimum", () => {
    expect(nextBaseFee({ ...parent, baseFeePerGas: 101n, gasUsed: 0n })).toBe(100n);
    expect(nextBaseFee({ ...parent, baseFeePerGas: 7n })).toBe(100n);
  });

  test("a parent without parameters is refused", () => {
    const none = encodeExtraData({ denominator: 0, elasticity: 0, minBaseFee: 0n });
    expect(() => nextBaseFee({ ...parent, extraData: none })).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_VALUE" }),
    );
  });
});
