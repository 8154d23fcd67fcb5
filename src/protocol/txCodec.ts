import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { type Address, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { ProtocolError } from "./errors.js";
import { createL2Common, type L2Common } from "./l2Common.js";
import { isCanonicalRlp } from "./rlpShape.js";

/** Lists in an access list are the deepest: transaction, access list, item, keys. */
const MAX_TX_RLP_DEPTH = 4;
const MAX_CACHED_COMMONS = 8;
const DECODABLE_TYPES: readonly number[] = [1, 2, 4];

const commons = new Map<number, L2Common>();

/**
 * Decodes a signed envelope of type legacy, 1, 2 or 4 that is canonical and of this chain. The sender is not recovered yet.
 * Errors: PROTOCOL_BAD_TX; the cause is what @ethereumjs/tx found.
 */
export function decodeTx(raw: Uint8Array, l2ChainId: number): TypedTransaction {
  const type = raw[0] ?? 0;
  const isLegacy = type >= 0xc0;
  if (!isLegacy && !DECODABLE_TYPES.includes(type)) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "type", type });
  }
  // Before anybody recurses into it or copies it.
  if (!isCanonicalRlp(isLegacy ? raw : raw.subarray(1), MAX_TX_RLP_DEPTH)) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "canonical RLP" });
  }
  const tx = parse(raw, l2ChainId);
  if ("accessList" in tx && !isAccessList(tx.accessList)) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "access list" });
  }
  if (!tx.isSigned()) throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "signature" });
  if (!equalBytes(tx.serialize(), raw)) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "canonical fields" });
  }
  return tx;
}

/** Sender of a decoded transaction; kept with it, so that a second call costs nothing. Errors: PROTOCOL_BAD_TX. */
export function recoverSender(tx: TypedTransaction): Address {
  try {
    return toHex(keccak256(tx.getSenderPublicKey()).subarray(12));
  } catch (cause) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "signature" }, cause);
  }
}

function parse(raw: Uint8Array, l2ChainId: number): TypedTransaction {
  try {
    return createTxFromRLP(raw, { common: commonOf(l2ChainId) });
  } catch (cause) {
    throw new ProtocolError("PROTOCOL_BAD_TX", { problem: "fields" }, cause);
  }
}

/** @ethereumjs/tx counts lengths only, so that it takes an empty string for a list and a list for an address. */
function isAccessList(list: unknown): boolean {
  return (
    Array.isArray(list) &&
    list.every((item: unknown) => {
      const [address, keys] = Array.isArray(item) ? (item as unknown[]) : [];
      return isBytes(address) && Array.isArray(keys) && keys.every(isBytes);
    })
  );
}

/** By name, because a test runner's Uint8Array may be another class than a library's. */
function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value);
}

function commonOf(l2ChainId: number): L2Common {
  const known = commons.get(l2ChainId);
  if (known !== undefined) return known;
  if (commons.size >= MAX_CACHED_COMMONS) commons.clear();
  const common = createL2Common(l2ChainId);
  commons.set(l2ChainId, common);
  return common;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
