import type { Hash } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { EngineError } from "../errors.js";
import { encodeHeader } from "../header.js";
import type { BlockHeader } from "../types.js";
import { JsonFields, readData } from "../wire/jsonFields.js";

/** A header and the transaction hashes of a block as eth_getBlockBy* answers it, with hashes. */
export interface HeaderAnswer {
  header: BlockHeader;
  transactionHashes: Hash[];
}

/**
 * An L2 block of an external engine. Its hash is computed again from its fields, so that a block of another shape or a lie is not
 * taken for one of this chain. Errors: ENGINE_BAD_WIRE, ENGINE_REMOTE_BAD_ANSWER.
 */
export function decodeBlockAnswer(value: unknown): HeaderAnswer {
  const fields = new JsonFields(value, "block");
  const header: BlockHeader = {
    hash: fields.hash("hash"),
    parentHash: fields.hash("parentHash"),
    stateRoot: fields.hash("stateRoot"),
    transactionsRoot: fields.hash("transactionsRoot"),
    receiptsRoot: fields.hash("receiptsRoot"),
    logsBloom: fields.bytes("logsBloom", 256),
    number: fields.quantity("number"),
    gasLimit: fields.quantity("gasLimit"),
    gasUsed: fields.quantity("gasUsed"),
    timestamp: fields.quantity("timestamp"),
    extraData: fields.bytes("extraData"),
    prevRandao: fields.hash("mixHash"),
    baseFeePerGas: fields.quantity("baseFeePerGas", 256),
    withdrawalsRoot: fields.hash("withdrawalsRoot"),
    blobGasUsed: fields.quantity("blobGasUsed"),
    excessBlobGas: fields.quantity("excessBlobGas"),
    parentBeaconBlockRoot: fields.hash("parentBeaconBlockRoot"),
    requestsHash: fields.hash("requestsHash"),
    feeRecipient: fields.data("miner", 20),
    sizeBytes: Number(fields.quantity("size")),
  };
  const found = keccakHex(encodeHeader(header));
  if (found !== header.hash) {
    throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { block: header.hash, hashOfFields: found });
  }
  const transactionHashes = fields.list("transactions", (item, label) =>
    readData(typeof item === "object" && item !== null ? toHashField(item) : item, label, 32),
  );
  return { header, transactionHashes };
}

function toHashField(transaction: object): unknown {
  return Object.hasOwn(transaction, "hash") ? (transaction as { hash: unknown }).hash : undefined;
}
