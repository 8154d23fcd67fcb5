import { encodePacked } from "viem";
import type { Hash, Hex } from "../../../src/util/hex.js";

/** What `setL1BlockValuesJovian` writes, by the names of the getters. */
export interface AttributeValues {
  baseFeeScalar: number;
  blobBaseFeeScalar: number;
  sequenceNumber: bigint;
  timestamp: bigint;
  number: bigint;
  basefee: bigint;
  blobBaseFee: bigint;
  hash: Hash;
  batcherHash: Hash;
  operatorFeeScalar: number;
  operatorFeeConstant: bigint;
  daFootprintGasScalar: number;
}

/** Calldata by the table in docs/protocol/deposits.md, written independently of the codec of the protocol room. */
export function attributesCalldata(values: AttributeValues): Hex {
  return encodePacked(
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
      values.baseFeeScalar,
      values.blobBaseFeeScalar,
      values.sequenceNumber,
      values.timestamp,
      values.number,
      values.basefee,
      values.blobBaseFee,
      values.hash,
      values.batcherHash,
      values.operatorFeeScalar,
      values.operatorFeeConstant,
      values.daFootprintGasScalar,
    ],
  );
}
