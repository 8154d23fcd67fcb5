import { keccak256 } from "../../../util/keccak.js";
import { LIMIT } from "../../table.js";

/** How many pages some bytes have. */
export function pageCount(length: number): number {
  return Math.ceil(length / LIMIT.page);
}

/** Joined hashes of the pages of some data, which hash to its `chunkHash`. Source: docs/protocol/feeds.md#chunk-hash */
export function pageHashes(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(pageCount(data.length) * 32);
  for (let page = 0; page * LIMIT.page < data.length; page++) {
    out.set(keccak256(data.subarray(page * LIMIT.page, (page + 1) * LIMIT.page)), page * 32);
  }
  return out;
}

/** The bytes of `count` pages from page `first` on, cut at the end of the data. */
export function pageSlice(data: Uint8Array, first: number, count: number): Uint8Array {
  return data.subarray(first * LIMIT.page, (first + count) * LIMIT.page);
}
