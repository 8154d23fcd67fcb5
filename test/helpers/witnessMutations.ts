import { hashPair } from "../../src/proof/state/zeroNodes.js";
import { packWitness } from "../../src/proof/witness/packWitness.js";
import type { Item, Witness } from "../../src/proof/witness/types.js";

/** A witness with one thing changed, and what. */
export interface Mutation {
  readonly name: string;
  readonly packed: Uint8Array;
}

/** One bit of some bytes turned over; nothing if there are none. */
function flipped(bytes: Uint8Array, place: number): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) {
    const at = place % copy.length;
    copy[at] = (copy[at] as number) ^ (1 << (place % 8));
  }
  return copy;
}

/** A list with one entry changed, left out, doubled, or in the place of the next. */
function* listMutations<T>(
  name: string,
  list: readonly T[],
  changes: (entry: T, index: number) => readonly (readonly [what: string, entry: T])[],
): Generator<[string, T[]]> {
  for (const [i, entry] of list.entries()) {
    for (const [what, changed] of changes(entry, i)) {
      yield [`${name}[${i}] ${what}`, list.with(i, changed)];
    }
    yield [`${name}[${i}] left out`, list.toSpliced(i, 1)];
    yield [`${name}[${i}] doubled`, list.toSpliced(i, 0, entry)];
    const next = list[i + 1];
    if (next !== undefined) {
      yield [`${name}[${i}] swapped with the next`, list.toSpliced(i, 2, next, entry)];
    }
  }
}

/** Two neighbours that are siblings as the one item above them: a witness of the same state that shows less. */
function* coarser(items: readonly Item[]): Generator<[string, Item[]]> {
  for (const [i, left] of items.entries()) {
    const right = items[i + 1];
    if (right === undefined || left.g % 2 === 1 || right.g !== left.g + 1) continue;
    const above = { g: left.g / 2, value: hashPair(left.value, right.value) };
    yield [`items[${i}] and the next as one`, items.toSpliced(i, 2, above)];
  }
}

/**
 * Witnesses that differ from the given one in one place each: every item's value and index, every node, range, code and the
 * auxiliary bytes; dropped, doubled and swapped entries; items that show less; lengths of the packed form.
 */
export function* witnessMutations(witness: Witness): Generator<Mutation> {
  const made = (name: string, parts: Partial<Witness>): Mutation => ({
    name,
    packed: packWitness({ ...witness, ...parts }),
  });
  const itemChanges = ({ g, value }: Item, i: number) =>
    [
      ["value", { g, value: flipped(value, 7 * i + 3) }],
      ["value's last byte", { g, value: flipped(value, 31) }],
      ["value 0", { g, value: new Uint8Array(32) }],
      ["gindex + 1", { g: g + 1, value }],
      ["gindex's parent", { g: Math.floor(g / 2), value }],
      ["gindex's child", { g: Math.min(2 * g, 2 ** 32 - 1), value }],
    ] as const;
  for (const [name, items] of listMutations("items", witness.items, itemChanges)) {
    yield made(name, { items });
  }
  for (const [name, items] of coarser(witness.items)) yield made(name, { items });
  const nodeChanges = (node: Uint8Array, i: number) =>
    [
      ["byte", flipped(node, 13 * i + 5)],
      ["last byte", flipped(node, node.length - 1)],
      ["one byte shorter", node.slice(0, -1)],
      ["one byte longer", Uint8Array.of(...node, 0)],
    ] as const;
  for (const [name, nodes] of listMutations("nodes", witness.nodes, nodeChanges)) {
    yield made(name, { nodes });
  }
  const rangeChanges = (range: Witness["ranges"][number]) =>
    [
      ["gindex", { ...range, g: range.g + 1 }],
      ["depth", { ...range, log2: range.log2 + 1 }],
      ["without its last word", { ...range, words: range.words.slice(0, -1) }],
      ["with one more word", { ...range, words: [...range.words, new Uint8Array(32).fill(1)] }],
      ["first word", { ...range, words: range.words.map((w, i) => (i ? w : flipped(w, 9))) }],
    ] as const;
  for (const [name, ranges] of listMutations("ranges", witness.ranges, rangeChanges)) {
    yield made(name, { ranges });
  }
  for (const part of ["code", "aux"] as const) {
    const bytes = witness[part];
    yield made(`${part} longer`, { [part]: Uint8Array.of(...bytes, 1) });
    if (bytes.length === 0) continue;
    yield made(`${part} shorter`, { [part]: bytes.slice(0, -1) });
    yield made(`${part} byte`, { [part]: flipped(bytes, 3) });
  }
  const packed = packWitness(witness);
  yield { name: "a byte more", packed: Uint8Array.of(...packed, 0) };
  yield { name: "a byte less", packed: packed.slice(0, -1) };
  yield { name: "nothing", packed: new Uint8Array(0) };
  for (const place of [0, 1, 2 + 36 * witness.items.length]) {
    yield { name: `length at ${place}`, packed: packed.with(place, (packed[place] as number) ^ 1) };
  }
}
