import type { ListMark } from "../../services/indexer/types.js";
import type { Hash } from "../../util/hex.js";
import { type ListQuery, toPageRequest } from "./cursor.js";
import { RestProblem } from "./problems.js";

/** A list whose elements are numbered without gaps. */
export interface IndexedList<T> {
  /** With all filters and the order; a cursor fits no other list. */
  name: string;
  range: { first: bigint; end: bigint };
  at(index: bigint): T | undefined;
  hashOf(element: T): Hash;
}

/** One page, for `listReply`. Errors: cursor-malformed, cursor-reorged. */
export function pageByIndex<T>(
  list: IndexedList<T>,
  query: ListQuery,
): { items: T[]; next: ListMark | null } {
  const { after, limit, order } = toPageRequest(list.name, query);
  if (after) {
    const anchor = list.at(after.position);
    if (!anchor || list.hashOf(anchor) !== after.anchor) throw new RestProblem("cursor-reorged");
  }
  const step = order === "asc" ? 1n : -1n;
  const { first, end } = list.range;
  let index = order === "asc" ? first : end - 1n;
  if (after) index = after.position + step;
  const items: T[] = [];
  while (items.length < limit && index >= first && index < end) {
    const element = list.at(index);
    if (!element) break;
    items.push(element);
    index += step;
  }
  const last = items.at(-1);
  const isEnd = last === undefined || index < first || index >= end;
  return { items, next: isEnd ? null : { position: index - step, anchor: list.hashOf(last) } };
}
