import { getAddress } from "viem";
import type { Address, Hash } from "../../../util/hex.js";

/** Checksummed, as people read addresses. */
export function encodeAddress(address: Address): string {
  return getAddress(address);
}

/** Seconds as RFC 3339 and as they are. Shapes: spread it into an object, `prefix` names both fields. */
export function encodeTime(seconds: bigint | number): { time: string; timestamp: number } {
  return { time: isoTime(Number(seconds) * 1_000), timestamp: Number(seconds) };
}

/** RFC 3339, in seconds. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -".000Z".length)}Z`;
}

/** Number and hash of a block. */
export function encodeBlockRef({ number, hash }: { number: bigint; hash: Hash }) {
  return { number: Number(number), hash };
}

/** The same with its time. */
export function encodeHead(block: { number: bigint; hash: Hash; time: bigint }) {
  return { ...encodeBlockRef(block), ...encodeTime(block.time) };
}

/** Where something stands on L1, with how sure that is. */
export function encodeL1Ref(
  place: {
    blockNumber: bigint;
    blockHash: Hash;
    txHash: Hash;
    logIndex: number;
    timestamp: bigint;
  },
  heads: { head: { number: bigint }; finalized: { number: bigint } } | undefined,
) {
  const head = heads?.head.number ?? place.blockNumber;
  const above = head - place.blockNumber + 1n;
  return {
    blockNumber: Number(place.blockNumber),
    blockHash: place.blockHash,
    txHash: place.txHash,
    logIndex: place.logIndex,
    ...encodeTime(place.timestamp),
    confirmations: above > 0n ? Number(above) : 0,
    finalized: heads !== undefined && place.blockNumber <= heads.finalized.number,
  };
}
