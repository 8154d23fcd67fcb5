import type { KeyValueStore } from "../../storage/types.js";
import type { Hex } from "../../util/hex.js";
import { ServiceError } from "../errors.js";
import { indexKey, positionOf, type Table } from "./indexKeys.js";
import type { ListMark, Page, PageRequest } from "./types.js";

/** A list: keys of a table that begin with `term` and end in a position. */
export interface ListOf<T extends { mark: ListMark }> {
  table: Table;
  term?: Hex;
  /** Positions at or above, and below. */
  from?: bigint;
  below?: bigint;
  /** The row at a position; undefined: it is just being taken back. */
  load(position: bigint): T | undefined | Promise<T | undefined>;
  matches?(row: T): boolean;
}

/** Rows that one page looks at, so that a filter that hits nothing costs no more than one that hits everything. */
const MAX_LOOKED_AT = 256;
const MAX_POSITION = (1n << 64n) - 1n;

/** One page of a list. Errors: INDEX_CURSOR_REORGED. */
export async function readPage<T extends { mark: ListMark }>(
  store: KeyValueStore,
  list: ListOf<T>,
  { after, limit, order }: PageRequest,
): Promise<Page<T>> {
  if (after && (await list.load(after.position))?.mark.anchor !== after.anchor) {
    throw new ServiceError("INDEX_CURSOR_REORGED", { ...after });
  }
  const reverse = order === "desc";
  const from = bound(list.from ?? 0n, !reverse && after ? after.position + 1n : 0n, true);
  const below = bound(
    list.below ?? MAX_POSITION,
    reverse && after ? after.position : MAX_POSITION,
    false,
  );
  const items: T[] = [];
  if (from >= below) return { items, next: null };
  const key = (position: bigint) =>
    list.term === undefined
      ? indexKey(list.table, position)
      : indexKey(list.table, list.term, position);
  let last: ListMark | null = null;
  let lookedAt = 0;
  const range = {
    gte: key(from),
    lt: key(below),
    reverse,
    limit: MAX_LOOKED_AT + 1,
    expected: limit + 1,
    keysOnly: true,
  };
  for await (const [found] of store.iterate(range)) {
    if (items.length >= limit || lookedAt >= MAX_LOOKED_AT) return { items, next: last };
    lookedAt += 1;
    const row = await list.load(positionOf(found));
    if (!row) continue;
    last = row.mark;
    if (!list.matches || list.matches(row)) items.push(row);
  }
  return { items, next: null };
}

function bound(a: bigint, b: bigint, larger: boolean): bigint {
  return a > b === larger ? a : b;
}
