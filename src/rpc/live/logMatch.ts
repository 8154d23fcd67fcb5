import type { Log } from "../../engine/types.js";
import type { LogQuery } from "../params/logFilter.js";

/** True if a log fits the addresses and topics of a query; the block range is not looked at. */
export function matchesLog(log: Log, query: Pick<LogQuery, "addresses" | "topics">): boolean {
  if (query.addresses.length > 0 && !query.addresses.includes(log.address)) return false;
  return query.topics.every((alternatives, index) => {
    const topic = log.topics[index];
    // A position beyond the log's topics excludes it, even when any topic would do.
    return topic !== undefined && (alternatives.length === 0 || alternatives.includes(topic));
  });
}
