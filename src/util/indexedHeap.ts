/** Keys by their rank, lowest first; each key's rank can be changed or taken away in logarithmic time. */
export class IndexedHeap<Key, Rank> {
  readonly #isBelow: (left: Rank, right: Rank) => boolean;
  readonly #heap: { key: Key; rank: Rank }[] = [];
  readonly #places = new Map<Key, number>();

  /** `isBelow`: a strict order of ranks. */
  constructor(isBelow: (left: Rank, right: Rank) => boolean) {
    this.#isBelow = isBelow;
  }

  get size(): number {
    return this.#heap.length;
  }

  set(key: Key, rank: Rank): void {
    const place = this.#places.get(key);
    if (place === undefined) {
      this.#heap.push({ key, rank });
      this.#rise(this.#heap.length - 1);
      return;
    }
    this.#heap[place] = { key, rank };
    this.#sink(this.#rise(place));
  }

  delete(key: Key): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || place === this.#heap.length) return;
    this.#heap[place] = last;
    this.#sink(this.#rise(place));
  }

  /** Key with the lowest rank, `except` left out. */
  lowest(except?: Key): { key: Key; rank: Rank } | undefined {
    const [top, left, right] = this.#heap;
    if (top === undefined || top.key !== except) return top;
    if (left === undefined || right === undefined) return left;
    return this.#isBelow(right.rank, left.rank) ? right : left;
  }

  /** Returns where it ends up. */
  #rise(place: number): number {
    const entry = this.#at(place);
    let child = place;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = this.#at(parent);
      if (!this.#isBelow(entry.rank, above.rank)) break;
      this.#put(child, above);
      child = parent;
    }
    this.#put(child, entry);
    return child;
  }

  #sink(place: number): void {
    const entry = this.#at(place);
    let parent = place;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= this.#heap.length) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && this.#isBelow(right.rank, this.#at(child).rank)) child++;
      const below = this.#at(child);
      if (!this.#isBelow(below.rank, entry.rank)) break;
      this.#put(parent, below);
      parent = child;
    }
    this.#put(parent, entry);
  }

  #at(place: number): { key: Key; rank: Rank } {
    return this.#heap[place] as { key: Key; rank: Rank };
  }

  #put(place: number, entry: { key: Key; rank: Rank }): void {
    this.#heap[place] = entry;
    this.#places.set(entry.key, place);
  }
}
