import { fromHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import type { Log } from "../types.js";

function addTo(bloom: Uint8Array, value: Uint8Array): void {
  const hash = keccak256(value);
  for (let i = 0; i < 6; i += 2) {
    const bit = (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047;
    const at = 255 - (bit >> 3);
    bloom[at] = (bloom[at] as number) | (1 << (bit & 7));
  }
}

/** Bloom filter of addresses and topics. Shapes: returns 256 bytes. Source: Ethereum Yellow Paper, 4.3.1 */
export function logsBloom(logs: readonly Log[]): Uint8Array {
  const bloom = new Uint8Array(256);
  for (const { address, topics } of logs) {
    addTo(bloom, fromHex(address));
    for (const topic of topics) addTo(bloom, fromHex(topic));
  }
  return bloom;
}

/** Adds one filter to another in place. */
export function mergeBloom(into: Uint8Array, bloom: Uint8Array): void {
  for (let i = 0; i < 256; i++) into[i] = (into[i] as number) | (bloom[i] as number);
}
