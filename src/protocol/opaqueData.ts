import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";

/** Bytes before the data: mint, value, gasLimit, isCreation. */
const FIXED_BYTES = 73;

/** Content of `opaqueData` in the portal's TransactionDeposited event, version 0. */
export interface OpaqueData {
  mint: bigint;
  value: bigint;
  gasLimit: bigint;
  isCreation: boolean;
  data: Uint8Array;
}

/** Packs `opaqueData`. Errors: PROTOCOL_BAD_VALUE. Source: docs/protocol/deposits.md#portal-rules */
export function encodeOpaqueData(deposit: OpaqueData): Uint8Array {
  return new ByteWriter(FIXED_BYTES + deposit.data.length)
    .uint(32, deposit.mint)
    .uint(32, deposit.value)
    .uint(8, deposit.gasLimit)
    .uint(1, deposit.isCreation ? 1 : 0)
    .bytes(deposit.data)
    .finish();
}

/** Reverse of `encodeOpaqueData`. Errors: PROTOCOL_BAD_LENGTH, PROTOCOL_BAD_VALUE. */
export function decodeOpaqueData(bytes: Uint8Array): OpaqueData {
  const reader = new ByteReader(bytes);
  const mint = reader.bigUint(32);
  const value = reader.bigUint(32);
  const gasLimit = reader.bigUint(8);
  const isCreation = reader.uint(1);
  if (isCreation > 1) throw new ProtocolError("PROTOCOL_BAD_VALUE", { isCreation });
  return { mint, value, gasLimit, isCreation: isCreation === 1, data: reader.rest() };
}
