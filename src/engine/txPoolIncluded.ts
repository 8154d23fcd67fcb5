/**
 * The newest included transactions, as far as they fit. They stay in the journal, because an unsafe block can be lost
 * while the process is down; its transactions then come back with the journal.
 */
export class TxPoolIncluded {
  readonly #limitBytes: number;
  readonly #newest = new Set<Uint8Array>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(raw: Uint8Array): void {
    this.#newest.add(raw);
    this.#bytes += raw.length;
    for (const oldest of this.#newest) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#newest.delete(oldest);
      this.#bytes -= oldest.length;
    }
  }

  /** Oldest first. */
  all(): Iterable<Uint8Array> {
    return this.#newest.values();
  }
}
