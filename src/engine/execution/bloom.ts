import { fromHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import type { Log, LogFilter } from "../types.js";

/** The three bits of a value, each as the byte it is in and a mask. */
function bitsOf(value: Uint8Array): [at: number, mask: number][] {
  const hash = keccak256(value);
  return [0, 2, 4].map((i) => {
    const bit = (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047;
    return [255 - (bit >> 3), 1 << (bit & 7)];
  });
}

function addTo(bloom: Uint8Array, value: Uint8Array): void {
  for (const [at, mask] of bitsOf(value)) bloom[at] = (bloom[at] as number) | mask;
}

/** Tells of blooms whether their blocks may hold logs that a filter wants; never false for a block that does. */
export function bloomTest({
  addresses,
  topics,
}: Pick<LogFilter, "addresses" | "topics">): (bloom: Uint8Array) => boolean {
  const wanted = [addresses, ...topics]
    .filter((values) => values.length > 0)
    .map((values) => values.map((value) => bitsOf(fromHex(value))));
  return (bloom) =>
    wanted.every((values) =>
      values.some((bits) => bits.every(([at, mask]) => ((bloom[at] as number) & mask) !== 0)),
    );
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
