/** Entries form a ring, newest first, around one that holds nothing. */
interface Link<Key, Value> {
  key: Key;
  value: Value;
  newer: Link<Key, Value>;
  older: Link<Key, Value>;
}

function emptyRing<Key, Value>(): Link<Key, Value> {
  const ring = {} as Link<Key, Value>;
  ring.newer = ring;
  ring.older = ring;
  return ring;
}

/**
 * A map that forgets what was used longest ago when it exceeds its limit: a number of entries, or what they weigh together.
 * The order of use is kept apart from the map: the first key of a Map is found by walking over all that were deleted before it,
 * which took longer than everything else in a block once a large cache was full.
 */
export class Lru<Key, Value> {
  readonly #links = new Map<Key, Link<Key, Value>>();
  readonly #ring = emptyRing<Key, Value>();
  readonly #limit: number;
  readonly #weigh: (value: Value) => number;
  #weight = 0;

  /** Without `weigh` each entry weighs 1. */
  constructor(limit: number, weigh: (value: Value) => number = () => 1) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const link = this.#links.get(key);
    if (link === undefined) return undefined;
    this.#unhook(link);
    this.#hook(link);
    return link.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const link: Link<Key, Value> = { key, value, newer: this.#ring, older: this.#ring };
    this.#links.set(key, link);
    this.#hook(link);
    this.#weight += this.#weigh(value);
    while (this.#weight > this.#limit && this.#ring.newer !== this.#ring) {
      this.delete(this.#ring.newer.key);
    }
  }

  delete(key: Key): void {
    const link = this.#links.get(key);
    if (link === undefined) return;
    this.#links.delete(key);
    this.#unhook(link);
    this.#weight -= this.#weigh(link.value);
  }

  clear(): void {
    this.#links.clear();
    this.#ring.newer = this.#ring;
    this.#ring.older = this.#ring;
    this.#weight = 0;
  }

  /** Puts a link at the newest end. */
  #hook(link: Link<Key, Value>): void {
    const ring = this.#ring;
    link.newer = ring;
    link.older = ring.older;
    ring.older.newer = link;
    ring.older = link;
  }

  #unhook(link: Link<Key, Value>): void {
    link.newer.older = link.older;
    link.older.newer = link.newer;
  }
}
