import type { Hex } from "../../util/hex.js";

/** Integer to QUANTITY. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}
