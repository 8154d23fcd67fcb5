/** Runs tasks one after the other, in the order they were handed in. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Resolves when everything handed in so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
