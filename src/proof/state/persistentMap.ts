/** A place of the tree: nothing, an entry, or 16 places by the key's next nibble. */
type Place<V> = undefined | Entry<V> | readonly Place<V>[];

interface Entry<V> {
  readonly key: Uint8Array;
  readonly value: V;
}

const isEntry = <V>(place: Place<V>): place is Entry<V> =>
  place !== undefined && !Array.isArray(place);

/**
 * A map as a value: a change makes a new map that shares what did not change.
 * Shapes: keys are 32 bytes that are spread evenly (hashes), and are not changed afterwards.
 */
export class PersistentMap<V> {
  readonly #root: Place<V>;
  readonly size: number;

  private constructor(root: Place<V>, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(undefined, 0);
  }

  get(key: Uint8Array): V | undefined {
    let place = this.#root;
    for (let depth = 0; place !== undefined; depth++) {
      if (isEntry(place)) return equals(place.key, key) ? place.value : undefined;
      place = place[nibbleAt(key, depth)];
    }
    return undefined;
  }

  set(key: Uint8Array, value: V): PersistentMap<V> {
    const isNew = this.get(key) === undefined;
    return new PersistentMap(insert(this.#root, { key, value }, 0), this.size + (isNew ? 1 : 0));
  }

  /** Calls `visit` with each entry, in the order of the keys. */
  forEach(visit: (key: Uint8Array, value: V) => void): void {
    walk(this.#root, visit);
  }
}

function insert<V>(place: Place<V>, entry: Entry<V>, depth: number): Place<V> {
  if (place === undefined) return entry;
  if (isEntry(place)) {
    if (equals(place.key, entry.key)) return entry;
    const places: Place<V>[] = new Array(16).fill(undefined);
    places[nibbleAt(place.key, depth)] = place;
    return insert(places, entry, depth);
  }
  const places = place.slice();
  const at = nibbleAt(entry.key, depth);
  places[at] = insert(place[at], entry, depth + 1);
  return places;
}

function walk<V>(place: Place<V>, visit: (key: Uint8Array, value: V) => void): void {
  if (place === undefined) return;
  if (isEntry(place)) visit(place.key, place.value);
  else for (const below of place) walk(below, visit);
}

function nibbleAt(key: Uint8Array, depth: number): number {
  const byte = key[depth >> 1] as number;
  return depth & 1 ? byte & 15 : byte >> 4;
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  for (let i = 0; i < 32; i++) if (a[i] !== b[i]) return false;
  return true;
}
