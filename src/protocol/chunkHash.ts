import type { Hash } from "../util/hex.js";
import { keccak256, keccakHex } from "../util/keccak.js";
import { CHUNK_BYTES } from "./constants.js";

/**
 * Hash by which entries and records commit to their data: one chunk at a time can be opened against it.
 * Source: docs/protocol/feeds.md#chunk-hash
 */
export function chunkHash(data: Uint8Array): Hash {
  const count = Math.ceil(data.length / CHUNK_BYTES);
  const hashes = new Uint8Array(count * 32);
  for (let i = 0; i < count; i++) {
    hashes.set(keccak256(data.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)), i * 32);
  }
  return keccakHex(hashes);
}
