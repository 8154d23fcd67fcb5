import type { FoundLog, Receipt } from "../../engine/types.js";
import { toHex } from "../../util/hex.js";
import { quantity } from "./hex.js";
import { encodeLog } from "./log.js";

/** Receipt in op-geth's JSON; `blockTimestamp` is for its logs. */
export function encodeReceipt(receipt: Receipt, blockTimestamp: bigint): Record<string, unknown> {
  return {
    blockHash: receipt.blockHash,
    blockNumber: quantity(receipt.blockNumber),
    contractAddress: receipt.contractAddress,
    cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
    effectiveGasPrice: quantity(receipt.effectiveGasPrice),
    from: receipt.from,
    gasUsed: quantity(receipt.gasUsed),
    logs: receiptLogs(receipt, blockTimestamp).map(encodeLog),
    logsBloom: toHex(receipt.logsBloom),
    ...(receipt.postState === undefined
      ? { status: quantity(receipt.status) }
      : { root: receipt.postState }),
    to: receipt.to,
    transactionHash: receipt.transactionHash,
    transactionIndex: quantity(receipt.transactionIndex),
    type: quantity(receipt.type),
    ...blobFields(receipt),
    ...depositFields(receipt),
    ...l1Fields(receipt),
  };
}

function receiptLogs(receipt: Receipt, blockTimestamp: bigint): FoundLog[] {
  return receipt.logs.map((log, index) => ({
    ...log,
    blockNumber: receipt.blockNumber,
    blockHash: receipt.blockHash,
    blockTimestamp,
    transactionHash: receipt.transactionHash,
    transactionIndex: receipt.transactionIndex,
    logIndex: receipt.firstLogIndex + index,
    removed: false,
  }));
}

function blobFields({ blobGasUsed, blobGasPrice }: Receipt): Record<string, unknown> {
  if (blobGasUsed === undefined) return {};
  return { blobGasUsed: quantity(blobGasUsed), blobGasPrice: quantity(blobGasPrice ?? 0n) };
}

function depositFields(receipt: Receipt): Record<string, unknown> {
  if (receipt.depositNonce === null) return {};
  const version = receipt.depositReceiptVersion === null ? {} : { depositReceiptVersion: "0x1" };
  return { depositNonce: quantity(receipt.depositNonce), ...version };
}

function l1Fields(receipt: Receipt): Record<string, unknown> {
  const { l1 } = receipt;
  if (l1 === null) return {};
  const hasOperatorFee = l1.operatorFeeScalar !== 0 || l1.operatorFeeConstant !== 0n;
  return {
    l1GasPrice: quantity(l1.gasPrice),
    l1GasUsed: quantity(l1.gasUsed),
    l1Fee: quantity(l1.fee),
    ...scalarFields(l1),
    ...(hasOperatorFee
      ? {
          operatorFeeScalar: quantity(l1.operatorFeeScalar),
          operatorFeeConstant: quantity(l1.operatorFeeConstant),
        }
      : {}),
    ...(l1.older
      ? {}
      : {
          daFootprintGasScalar: quantity(l1.daFootprintGasScalar),
          blobGasUsed: quantity(l1.daFootprint),
        }),
  };
}

/** Before Ecotone one scalar, written as a decimal number; two since. */
function scalarFields(l1: NonNullable<Receipt["l1"]>): Record<string, unknown> {
  const form = l1.older?.l1Cost;
  if (l1.older && (form === "bedrock" || form === "regolith")) {
    return { l1FeeScalar: String(Number(l1.older.scalar) / 1_000_000) };
  }
  return {
    l1BaseFeeScalar: quantity(l1.baseFeeScalar),
    l1BlobBaseFee: quantity(l1.blobBaseFee),
    l1BlobBaseFeeScalar: quantity(l1.blobBaseFeeScalar),
  };
}
