import type { ExecutionPayload } from "../../src/protocol/types.js";
import { fromHex, type Hash, type Hex, ZERO_HASH } from "../../src/util/hex.js";

interface JsonWithdrawal {
  index: Hex;
  validatorIndex: Hex;
  address: Hex;
  amount: Hex;
}

/** A payload of `engine_newPayload` V1 to V4, as the call's parameters have it, made into the engine's form. */
export function payloadFromCall(params: readonly unknown[]): ExecutionPayload {
  const [json, , beaconRoot, requests] = params as [
    Record<string, Hex> & { transactions: Hex[]; withdrawals?: JsonWithdrawal[] },
    unknown,
    Hash | undefined,
    Hex[] | undefined,
  ];
  const at = (name: string): Hex => json[name] as Hex;
  const integer = (name: string): bigint => BigInt(json[name] ?? "0x0");
  return {
    blockHash: at("blockHash"),
    parentHash: at("parentHash"),
    feeRecipient: at("feeRecipient"),
    stateRoot: at("stateRoot"),
    receiptsRoot: at("receiptsRoot"),
    logsBloom: fromHex(at("logsBloom")),
    prevRandao: at("prevRandao"),
    blockNumber: integer("blockNumber"),
    gasLimit: integer("gasLimit"),
    gasUsed: integer("gasUsed"),
    timestamp: integer("timestamp"),
    extraData: fromHex(at("extraData")),
    baseFeePerGas: integer("baseFeePerGas"),
    transactions: json.transactions.map(fromHex),
    withdrawalsRoot: ZERO_HASH,
    blobGasUsed: integer("blobGasUsed"),
    excessBlobGas: integer("excessBlobGas"),
    parentBeaconBlockRoot: beaconRoot ?? ZERO_HASH,
    ...(json.withdrawals
      ? {
          withdrawals: json.withdrawals.map((entry) => ({
            index: BigInt(entry.index),
            validatorIndex: BigInt(entry.validatorIndex),
            address: entry.address,
            amountGwei: BigInt(entry.amount),
          })),
        }
      : {}),
    ...(requests ? { executionRequests: requests.map(fromHex) } : {}),
  };
}
