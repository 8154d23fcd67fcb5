import { decodeAbiParameters, type Hex } from "viem";
import { fromHex, type Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import type { FeedLog } from "./feedLogs.js";

/** A log whose header is proven; `data` (of records) is not yet. */
export interface LinkedLog<Header> {
  header: Header;
  hash: Hash;
  data: Uint8Array;
  log: FeedLog;
}

/** How to read the logs of one feed. */
export interface LogShape<Header> {
  /** ABI types of the log's data: the header, and for records the data. */
  parameters: readonly { type: "bytes" }[];
  decode(bytes: Uint8Array): Header;
  prevHash(header: Header): Hash;
}

/**
 * Picks of the logs those that form the hash chain ending in `endHash` at index `last`; ascending.
 * Errors: L1_LIED with the index that does not fit.
 */
export function linkLogs<Header extends { index: bigint; l1Number: bigint }>(
  logs: ReadonlyMap<bigint, readonly FeedLog[]>,
  range: { first: bigint; last: bigint; endHash: Hash },
  shape: LogShape<Header>,
): LinkedLog<Header>[] {
  const linked: LinkedLog<Header>[] = [];
  let expected = range.endHash;
  for (let index = range.last; index >= range.first; index--) {
    const candidates = (logs.get(index) ?? []).map((log) => ({
      log,
      parts: decodeLog(log, shape),
    }));
    const found = candidates.find(({ parts }) => parts && keccakHex(parts.header) === expected);
    if (found?.parts === undefined) {
      const what = candidates.length === 0 ? "log missing" : "log does not fit the hash chain";
      throw new L1Error("L1_LIED", { what, index, expected });
    }
    // The hash fits, so a feed contract packed these bytes.
    const header = shape.decode(found.parts.header);
    if (found.log.blockNumber !== header.l1Number) {
      throw new L1Error("L1_LIED", { what: "block of a log", index, l1Number: header.l1Number });
    }
    linked.push({ header, hash: expected, data: found.parts.data, log: found.log });
    expected = shape.prevHash(header);
  }
  return linked.reverse();
}

function decodeLog<Header>(log: FeedLog, shape: LogShape<Header>) {
  try {
    const [header, data] = decodeAbiParameters(shape.parameters, log.data) as readonly Hex[];
    return { header: fromHex(header ?? "0x"), data: fromHex(data ?? "0x") };
  } catch {
    return undefined;
  }
}
