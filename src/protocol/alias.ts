import type { Address } from "../util/hex.js";

const OFFSET = 0x1111000000000000000000000000000000001111n;
const ADDRESS_SPACE = 1n << 160n;

/** L2 sender of an L1 contract's deposit. Source: docs/protocol/deposits.md#portal-rules */
export function applyAlias(address: Address): Address {
  return toAddress((BigInt(address) + OFFSET) % ADDRESS_SPACE);
}

/** Reverse of `applyAlias`. */
export function undoAlias(address: Address): Address {
  return toAddress((BigInt(address) - OFFSET + ADDRESS_SPACE) % ADDRESS_SPACE);
}

function toAddress(value: bigint): Address {
  return `0x${value.toString(16).padStart(40, "0")}`;
}
