interface Entry<Value> {
  value: Value;
  /** Count of the moves to the newest end when it was moved there. */
  movedAt: number;
}

/** An entry that is among the newest of this many parts of all stays where it is when it is used: to move it is the costly part. */
const NEWEST_PART = 8;

/** A map that forgets what was used longest ago when it exceeds its limit: a number of entries, or what they weigh together. */
export class Lru<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();
  readonly #limit: number;
  readonly #weigh: (value: Value) => number;
  #weight = 0;
  #moves = 0;

  /** Without `weigh` each entry weighs 1. */
  constructor(limit: number, weigh: (value: Value) => number = () => 1) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if ((this.#moves - entry.movedAt) * NEWEST_PART > this.#entries.size) {
      this.#entries.delete(key);
      this.#append(key, entry);
    }
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.#append(key, { value, movedAt: 0 });
    this.#weight += this.#weigh(value);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= this.#weigh(entry.value);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  #append(key: Key, entry: Entry<Value>): void {
    entry.movedAt = ++this.#moves;
    this.#entries.set(key, entry);
  }
}
