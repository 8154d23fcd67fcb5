import type { FoundLog, Receipt } from "../types.js";
import { JsonFields, readData } from "../wire/jsonFields.js";

const OPERATOR_FEE_FACTOR = 100n;

/** A log as an engine answers it. Errors: ENGINE_BAD_WIRE. */
export function decodeLog(value: unknown, label = "log"): FoundLog {
  const fields = new JsonFields(value, label);
  return {
    address: fields.data("address", 20),
    topics: fields.list("topics", (item, of) => readData(item, of, 32)),
    data: fields.bytes("data"),
    blockNumber: fields.quantity("blockNumber"),
    blockHash: fields.hash("blockHash"),
    // Older engines leave it out.
    blockTimestamp: fields.has("blockTimestamp") ? fields.quantity("blockTimestamp") : 0n,
    transactionHash: fields.hash("transactionHash"),
    transactionIndex: Number(fields.quantity("transactionIndex")),
    logIndex: Number(fields.quantity("logIndex")),
    removed: fields.has("removed") && fields.boolean("removed"),
  };
}

/** Receipts of one block, in order. Errors: ENGINE_BAD_WIRE. */
export function decodeReceipts(values: readonly unknown[]): Receipt[] {
  let logs = 0;
  return values.map((value) => {
    const receipt = decodeReceipt(value, logs);
    logs += receipt.logs.length;
    return receipt;
  });
}

/** A receipt; `firstLogIndex` is used if it has no logs that say it. Errors: ENGINE_BAD_WIRE. */
export function decodeReceipt(value: unknown, firstLogIndex = 0): Receipt {
  const fields = new JsonFields(value, "receipt");
  const logs = fields.list("logs", decodeLog);
  const addressOrNull = (name: string) => (fields.has(name) ? fields.data(name, 20) : null);
  return {
    transactionHash: fields.hash("transactionHash"),
    transactionIndex: Number(fields.quantity("transactionIndex")),
    blockHash: fields.hash("blockHash"),
    blockNumber: fields.quantity("blockNumber"),
    type: Number(fields.quantity("type")),
    from: fields.data("from", 20),
    to: addressOrNull("to"),
    contractAddress: addressOrNull("contractAddress"),
    status: fields.quantity("status") === 1n ? 1 : 0,
    gasUsed: fields.quantity("gasUsed"),
    cumulativeGasUsed: fields.quantity("cumulativeGasUsed"),
    effectiveGasPrice: fields.quantity("effectiveGasPrice", 256),
    logsBloom: fields.bytes("logsBloom", 256),
    logs: logs.map(({ address, topics, data }) => ({ address, topics, data })),
    firstLogIndex: logs[0]?.logIndex ?? firstLogIndex,
    depositNonce: fields.has("depositNonce") ? fields.quantity("depositNonce") : null,
    l1: fields.has("l1Fee") ? l1Part(fields) : null,
  };
}

function l1Part(fields: JsonFields): NonNullable<Receipt["l1"]> {
  const numberOf = (name: string) => (fields.has(name) ? fields.quantity(name, 256) : 0n);
  const operatorFeeScalar = numberOf("operatorFeeScalar");
  const operatorFeeConstant = numberOf("operatorFeeConstant");
  const gasUsed = fields.quantity("gasUsed");
  return {
    fee: numberOf("l1Fee"),
    gasUsed: numberOf("l1GasUsed"),
    gasPrice: numberOf("l1GasPrice"),
    blobBaseFee: numberOf("l1BlobBaseFee"),
    baseFeeScalar: Number(numberOf("l1BaseFeeScalar")),
    blobBaseFeeScalar: Number(numberOf("l1BlobBaseFeeScalar")),
    operatorFeeScalar: Number(operatorFeeScalar),
    operatorFeeConstant,
    daFootprintGasScalar: Number(numberOf("daFootprintGasScalar")),
    daFootprint: numberOf("blobGasUsed"),
    operatorFee: gasUsed * operatorFeeScalar * OPERATOR_FEE_FACTOR + operatorFeeConstant,
  };
}
