import { isOpAtLeast, type OpFork } from "../../protocol/index.js";
import type { ExecutionPayload } from "../../protocol/types.js";
import { toHex, ZERO_HASH } from "../../util/hex.js";
import { withdrawalsRootOf } from "../ethereum/ethereumRun.js";
import { JsonFields, quantity, readBytes } from "./jsonFields.js";
import { decodeWithdrawal, encodeWithdrawal } from "./withdrawalsJson.js";

/**
 * Structure of a payload on the wire: 1 Paris, 2 Shanghai (withdrawals), 3 Cancun (blob gas). `isRollup`: an OP payload, whose
 * structure 3 has the field withdrawalsRoot too, from Isthmus on (`opFork`; absent: Jovian).
 */
export interface PayloadShape {
  structure: 1 | 2 | 3;
  isRollup: boolean;
  opFork?: OpFork;
}

/** True if payloads name the storage root of the L2's messages. */
function namesMessages({ isRollup, opFork = "jovian" }: PayloadShape): boolean {
  return isRollup && isOpAtLeast(opFork, "isthmus");
}

const FIELDS_1: readonly string[] = [
  "parentHash",
  "feeRecipient",
  "stateRoot",
  "receiptsRoot",
  "logsBloom",
  "prevRandao",
  "blockNumber",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "baseFeePerGas",
  "blockHash",
  "transactions",
];
const FIELDS_2: readonly string[] = [...FIELDS_1, "withdrawals"];
const FIELDS_3: readonly string[] = [...FIELDS_2, "blobGasUsed", "excessBlobGas"];
/** Fields of the header's RLP by structure. */
const FIELD_COUNTS = { 1: 16, 2: 17, 3: 20 } as const;
const PRAGUE_FIELD_COUNT = 21;

/** A payload as the Engine API writes it. */
export function encodePayload(
  payload: ExecutionPayload,
  shape: PayloadShape,
): Record<string, unknown> {
  const { structure } = shape;
  return {
    parentHash: payload.parentHash,
    feeRecipient: payload.feeRecipient,
    stateRoot: payload.stateRoot,
    receiptsRoot: payload.receiptsRoot,
    logsBloom: toHex(payload.logsBloom),
    prevRandao: payload.prevRandao,
    blockNumber: quantity(payload.blockNumber),
    gasLimit: quantity(payload.gasLimit),
    gasUsed: quantity(payload.gasUsed),
    timestamp: quantity(payload.timestamp),
    extraData: toHex(payload.extraData),
    baseFeePerGas: quantity(payload.baseFeePerGas),
    blockHash: payload.blockHash,
    transactions: payload.transactions.map(toHex),
    ...(structure < 2 ? {} : { withdrawals: (payload.withdrawals ?? []).map(encodeWithdrawal) }),
    ...(structure < 3
      ? {}
      : {
          blobGasUsed: quantity(payload.blobGasUsed),
          excessBlobGas: quantity(payload.excessBlobGas),
          ...(namesMessages(shape) ? { withdrawalsRoot: payload.withdrawalsRoot } : {}),
        }),
  };
}

/** What stands beside the payload in newPayload and in answers of getPayload. */
export type PayloadExtras = Pick<
  Partial<ExecutionPayload>,
  "parentBeaconBlockRoot" | "executionRequests"
>;

/**
 * A payload from the wire, which has exactly the fields of its structure. `extras.executionRequests` makes a payload of plain
 * Ethereum one of Prague. Errors: ENGINE_BAD_WIRE.
 */
export function decodePayload(
  value: unknown,
  shape: PayloadShape,
  extras: PayloadExtras = {},
): ExecutionPayload {
  const { structure, isRollup } = shape;
  const hasMessages = namesMessages(shape);
  const names = structure === 1 ? FIELDS_1 : structure === 2 ? FIELDS_2 : FIELDS_3;
  const fields = new JsonFields(value, "payload");
  fields.only(hasMessages && structure === 3 ? [...names, "withdrawalsRoot"] : names);
  const withdrawals = structure < 2 ? [] : fields.list("withdrawals", decodeWithdrawal);
  const { executionRequests, parentBeaconBlockRoot = ZERO_HASH } = extras;
  const hasBlobGas = structure === 3;
  const rootOfWithdrawals = structure < 2 ? ZERO_HASH : withdrawalsRootOf(withdrawals);
  return {
    parentHash: fields.hash("parentHash"),
    feeRecipient: fields.data("feeRecipient", 20),
    stateRoot: fields.hash("stateRoot"),
    receiptsRoot: fields.hash("receiptsRoot"),
    logsBloom: fields.bytes("logsBloom", 256),
    prevRandao: fields.hash("prevRandao"),
    blockNumber: fields.quantity("blockNumber"),
    gasLimit: fields.quantity("gasLimit"),
    gasUsed: fields.quantity("gasUsed"),
    timestamp: fields.quantity("timestamp"),
    extraData: fields.bytes("extraData"),
    baseFeePerGas: fields.quantity("baseFeePerGas", 256),
    blockHash: fields.hash("blockHash"),
    transactions: fields.list("transactions", readBytes),
    blobGasUsed: hasBlobGas ? fields.quantity("blobGasUsed") : 0n,
    excessBlobGas: hasBlobGas ? fields.quantity("excessBlobGas") : 0n,
    parentBeaconBlockRoot,
    ...(isRollup
      ? {
          withdrawalsRoot: hasMessages ? fields.hash("withdrawalsRoot") : rootOfWithdrawals,
          ...(shape.opFork && withdrawals.length > 0 ? { withdrawals } : {}),
        }
      : {
          withdrawalsRoot: rootOfWithdrawals,
          ...(structure < 2 ? {} : { withdrawals }),
          ...(executionRequests === undefined ? {} : { executionRequests }),
          fieldCount:
            executionRequests === undefined ? FIELD_COUNTS[structure] : PRAGUE_FIELD_COUNT,
        }),
  };
}
