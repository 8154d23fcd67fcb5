import type { ListMark, Page, PageRequest } from "../../services/indexer/types.js";
import type { RollupNodeView } from "../../services/types.js";
import type { Hash } from "../../util/hex.js";
import { RestProblem } from "./problems.js";
import type { RestReply } from "./route.js";

/** The state of both chains that an answer was read at. */
export interface AsOf {
  l1: { number: number; hash: Hash };
  l2: { number: number; hash: Hash };
}

type BlockId = { number: bigint; hash: Hash };

/** Paging parameters, the same for all lists. */
export interface ListQuery {
  /** 1 to 100. */
  limit: number;
  order: "asc" | "desc";
  cursor: string | undefined;
}

const MAX_CURSOR_CHARS = 512;

/** The heads that lists are read at. */
export async function readAsOf(node: Pick<RollupNodeView, "syncStatus">): Promise<AsOf> {
  return toAsOf(await node.syncStatus());
}

/** The same from heads that were read already. */
export function toAsOf({ headL1, unsafeL2 }: Record<"headL1" | "unsafeL2", BlockId>): AsOf {
  return {
    l1: { number: Number(headL1.number), hash: headL1.hash },
    l2: { number: Number(unsafeL2.number), hash: unsafeL2.hash },
  };
}

/** Paging parameters of a validated request. */
export function toListQuery(
  query: Record<string, unknown>,
  defaultOrder: ListQuery["order"] = "desc",
): ListQuery {
  return {
    limit: typeof query.limit === "number" ? query.limit : 25,
    order: query.order === "asc" || query.order === "desc" ? query.order : defaultOrder,
    cursor: typeof query.cursor === "string" ? query.cursor : undefined,
  };
}

/** Opaque text of a cursor. `list` names the list with its order and filters: a cursor fits no other. */
export function encodeListCursor(list: string, { position, anchor }: ListMark): string {
  return Buffer.from(JSON.stringify([list, position.toString(), anchor])).toString("base64url");
}

/** Inverse of `encodeListCursor`. Errors: cursor-malformed, also for a cursor of another list. */
export function decodeListCursor(list: string, text: string): ListMark {
  const parts = parseParts(text);
  const [name, position, anchor] = parts ?? [];
  if (parts?.length !== 3 || name !== list) throw new RestProblem("cursor-malformed");
  if (!/^\d{1,20}$/.test(String(position)) || !/^0x[0-9a-f]{64}$/.test(String(anchor))) {
    throw new RestProblem("cursor-malformed");
  }
  return { position: BigInt(String(position)), anchor: anchor as Hash };
}

/** The page of an index that a request asks for. Errors: cursor-malformed. */
export function toPageRequest(list: string, { limit, order, cursor }: ListQuery): PageRequest {
  return cursor === undefined
    ? { limit, order }
    : { limit, order, after: decodeListCursor(list, cursor) };
}

function parseParts(text: string): unknown[] | undefined {
  if (text.length > MAX_CURSOR_CHARS) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The envelope of every list. `next` null: this was the last page. */
export function listReply<T>(
  list: string,
  { items, next }: Page<T>,
  asOf: AsOf,
  encode: (item: T) => unknown,
): RestReply {
  const nextCursor = next && encodeListCursor(list, next);
  return { body: { data: items.map(encode), nextCursor, asOf } };
}
