import { ByteReader } from "../../protocol/byteReader.js";
import { ProofError } from "../errors.js";
import { Vector } from "../state/vector.js";
import { verifyFrontier } from "./frontier.js";
import type { Item, Range, Witness } from "./types.js";

/** Deepest range: gindices have 32 bits. */
const DEPTH_MAX = 31;

/** A witness with the root of the state that it is about. */
export interface OpenedWitness extends Witness {
  readonly pre: Uint8Array;
}

/**
 * Opens a packed witness and checks all that can be checked without its step: structure, tiling, words of ranges.
 * Shapes: the parts are views of `packed`.
 * Errors: PROOF_BAD_WITNESS with `{ place, reason }`, the place written as in `items[3].gindex`.
 */
export function unpackWitness(packed: Uint8Array): OpenedWitness {
  const reader = new PlacedReader(packed);
  const items = list(reader.uint(2, "items"), (index): Item => {
    const g = reader.uint(4, `items[${index}].gindex`);
    return { g, value: reader.bytes(32, `items[${index}].value`) };
  });
  const ranges = list(reader.uint(1, "ranges"), (index) => readRange(reader, `ranges[${index}]`));
  const nodes = list(reader.uint(2, "nodes"), (index) => {
    const length = reader.uint(2, `nodes[${index}]`);
    return reader.bytes(length, `nodes[${index}]`);
  });
  const code = reader.bytes(reader.uint(4, "code"), "code");
  const aux = reader.bytes(reader.uint(4, "aux"), "aux");
  reader.assertEnd();
  const { pre } = verifyFrontier(items.map(({ g, value }) => ({ g, pre: value, post: value })));
  checkRanges(items, ranges);
  return { items, ranges, nodes, code, aux, pre };
}

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function readRange(reader: PlacedReader, place: string): Range {
  const g = reader.uint(4, `${place}.gindex`);
  const log2 = reader.uint(1, `${place}.log2`);
  const count = reader.uint(2, `${place}.words`);
  if (log2 > DEPTH_MAX) throw bad(`${place}.log2`, "too deep");
  if (count > 2 ** log2) throw bad(`${place}.words`, "more words than the subtree has");
  return { g, log2, words: list(count, (i) => reader.bytes(32, `${place}.words[${i}]`)) };
}

function checkRanges(items: readonly Item[], ranges: readonly Range[]): void {
  const values = new Map(items.map(({ g, value }) => [g, value]));
  const seen = new Set<string>();
  ranges.forEach(({ g, log2, words }, index) => {
    const place = `ranges[${index}]`;
    const value = values.get(g);
    if (value === undefined) throw bad(`${place}.gindex`, "not the gindex of an item");
    const key = `${g}/${log2}`;
    if (seen.has(key)) throw bad(`${place}.gindex`, "given twice");
    seen.add(key);
    const root = new Vector(log2, words).node(0, 0);
    if (!Buffer.from(root).equals(value)) throw bad(`${place}.words`, "not the item's words");
  });
}

function bad(place: string, reason: string, data: Record<string, unknown> = {}): Error {
  return new ProofError("PROOF_BAD_WITNESS", { place, reason, ...data });
}

/** Reads, and says what it was reading when the bytes ended. */
class PlacedReader {
  readonly #reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new ByteReader(bytes);
  }

  uint(size: number, place: string): number {
    this.#need(size, place);
    return this.#reader.uint(size);
  }

  bytes(size: number, place: string): Uint8Array {
    this.#need(size, place);
    return this.#reader.bytes(size);
  }

  assertEnd(): void {
    const { offset, remaining } = this.#reader;
    if (remaining > 0) throw bad("$", "goes on behind its end", { offset, remaining });
  }

  #need(size: number, place: string): void {
    const { offset, remaining } = this.#reader;
    if (remaining < size) throw bad(place, "ends too early", { offset, remaining, size });
  }
}
