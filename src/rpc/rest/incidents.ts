import type { Incident } from "../../services/health/types.js";
import { ZERO_HASH } from "../../util/hex.js";
import { encodeListCursor, toListQuery, toPageRequest } from "./cursor.js";
import { isoTime } from "./encode/common.js";
import type { RestReply } from "./route.js";

/** One page of the log of incidents, newest first. No reorg touches it, so a cursor never gets stale. Errors: cursor-malformed. */
export function incidentsPage(
  incidents: readonly Incident[],
  query: Record<string, unknown>,
): RestReply {
  const { since, status } = query as { since?: string; status?: "open" | "past" };
  const sinceMs = since === undefined ? 0 : new Date(since).getTime();
  const list = `incidents/${sinceMs}/${status ?? "all"}`;
  const { limit, after } = toPageRequest(list, toListQuery(query));
  const found = incidents.filter(
    ({ id, endedAtMs }) =>
      (endedAtMs === null || endedAtMs >= sinceMs) &&
      (status === undefined || (endedAtMs === null) === (status === "open")) &&
      (after === undefined || BigInt(id) < after.position),
  );
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last
    ? encodeListCursor(list, { position: BigInt(last.id), anchor: ZERO_HASH })
    : null;
  return { body: { data: page.map(encodeIncident), nextCursor } };
}

function encodeIncident(incident: Incident) {
  const { isCritical, isInterrupted, startedAtMs, endedAtMs, ...rest } = incident;
  return {
    ...rest,
    critical: isCritical,
    interrupted: isInterrupted ?? false,
    startedAt: isoTime(startedAtMs),
    endedAt: endedAtMs === null ? null : isoTime(endedAtMs),
  };
}
