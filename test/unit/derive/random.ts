/** Small seeded generator: cheap enough for tens of thousands of scenarios, and a failure is repeated by its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= result < 2^32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** low <= result <= high. */
  int(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  chance(percent: number): boolean {
    return this.next() % 100 < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.next() % items.length] as Item;
  }

  bytes(length: number): Uint8Array {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) words[i] = this.next();
    return new Uint8Array(words.buffer, 0, length);
  }
}
