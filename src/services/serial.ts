/** Runs asynchronous sections one after the other, in the order asked. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects with what `section` does; a failure does not stop later sections. */
  run<T>(section: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(section, section);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
