/**
 * Lets so many pass in one turn of the event loop and the others in later ones, so that many callers at once keep nobody else from
 * running. For work that is short but never waits.
 */
export class TurnBudget {
  readonly #perTurn: number;
  #left: number;
  #nextTurn: Promise<void> | undefined;

  constructor(perTurn: number) {
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** Resolves at once while there is room in this turn, in order of the calls otherwise. */
  async take(): Promise<void> {
    while (this.#left === 0) await this.#awaitTurn();
    this.#left--;
    void this.#awaitTurn();
  }

  #awaitTurn(): Promise<void> {
    this.#nextTurn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#left = this.#perTurn;
        this.#nextTurn = undefined;
        resolve();
      });
    });
    return this.#nextTurn;
  }
}
