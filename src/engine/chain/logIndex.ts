import type { KeyValueStore } from "../../storage/types.js";
import { fromHex, type Hex } from "../../util/hex.js";
import type { StoredReceipt } from "../receipts.js";
import type { LogFilter } from "../types.js";
import { chainKeys } from "./chainKeys.js";

/**
 * For each term (an address, or a topic at a position) the numbers of the canonical blocks whose logs have it,
 * so that the cost of a search follows from the matches of its rarest term and not from the length of the chain.
 */

/** What a term names; the number is the first byte of its key. */
const ADDRESS = 0;
/** Any log at all. Topics at position i are 1 + i. */
const ANY = 5;
/** Keys keep the end of a value: addresses whole, and of topics what differs most. */
const KEPT_BYTES = 20;
/** Postings read at once from one list. */
const PAGE = 64;
const BLOCK_NUMBER_BYTES = 8;

function termOf(kind: number, value: Hex | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? fromHex(value) : value;
  const term = new Uint8Array(1 + KEPT_BYTES);
  term[0] = kind;
  term.set(bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES)), 1);
  return term;
}

const ANY_TERM = termOf(ANY, new Uint8Array());

/** Distinct terms of a block's logs. */
export function postingTerms(receipts: readonly StoredReceipt[]): Uint8Array[] {
  const terms = new Map<string, Uint8Array>();
  const add = (term: Uint8Array): void => {
    terms.set(Buffer.from(term).toString("latin1"), term);
  };
  for (const { logs } of receipts) {
    for (const { address, topics } of logs) {
      add(ANY_TERM);
      add(termOf(ADDRESS, address));
      for (const [position, topic] of topics.entries()) add(termOf(1 + position, topic));
    }
  }
  return [...terms.values()];
}

/** The blocks of one term, ascending; skips ahead cheaply. */
class PostingList {
  readonly #store: KeyValueStore;
  readonly #term: Uint8Array;
  readonly #end: bigint;
  #page: bigint[] = [];
  #isDone = false;

  constructor(store: KeyValueStore, term: Uint8Array, end: bigint) {
    this.#store = store;
    this.#term = term;
    this.#end = end;
  }

  /** First block at or after `number`, or undefined. Calls ask for rising numbers. */
  async seek(number: bigint): Promise<bigint | undefined> {
    let found = this.#page.find((candidate) => candidate >= number);
    if (found === undefined && !this.#isDone) {
      await this.#readPage(number);
      found = this.#page[0];
    }
    return found;
  }

  async #readPage(from: bigint): Promise<void> {
    this.#page = [];
    const range = {
      gte: chainKeys.logPosting(this.#term, from),
      lt: chainKeys.logPosting(this.#term, this.#end),
      limit: PAGE,
    };
    for await (const [key] of this.#store.iterate(range)) {
      const tail = key.subarray(key.length - BLOCK_NUMBER_BYTES);
      this.#page.push(new DataView(tail.buffer, tail.byteOffset).getBigUint64(0));
    }
    this.#isDone = this.#page.length < PAGE;
  }
}

async function seekAny(lists: PostingList[], number: bigint): Promise<bigint | undefined> {
  let first: bigint | undefined;
  for (const list of lists) {
    const found = await list.seek(number);
    if (found !== undefined && (first === undefined || found < first)) first = found;
  }
  return first;
}

/** Numbers of the canonical blocks that may hold logs for a filter, ascending. */
export async function* findLogBlocks(
  store: KeyValueStore,
  filter: LogFilter,
): AsyncGenerator<bigint> {
  const { addresses, topics, fromBlock, toBlock } = filter;
  const wanted = [
    addresses.map((address) => termOf(ADDRESS, address)),
    ...topics.map((values, position) => values.map((topic) => termOf(1 + position, topic))),
  ].filter((terms) => terms.length > 0);
  if (wanted.length === 0) wanted.push([ANY_TERM]);
  const criteria = wanted.map((terms) =>
    terms.map((term) => new PostingList(store, term, toBlock + 1n)),
  );
  let number = fromBlock;
  while (number <= toBlock) {
    const start = number;
    for (const lists of criteria) {
      const found = await seekAny(lists, number);
      if (found === undefined) return;
      number = found;
    }
    // All criteria agree only if none of them moved the number on.
    if (number !== start) {
      if (!(await allHave(criteria, number))) continue;
    }
    yield number;
    number++;
  }
}

async function allHave(criteria: PostingList[][], number: bigint): Promise<boolean> {
  for (const lists of criteria) if ((await seekAny(lists, number)) !== number) return false;
  return true;
}
