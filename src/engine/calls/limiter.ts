import { EngineError } from "../errors.js";

/** Lets a limited number of tasks run at once and a limited number wait. */
export class Limiter {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  /** Errors: ENGINE_CALL_BUSY when too many are waiting. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#maxRunning) {
      if (this.#waiting.length >= this.#maxWaiting) throw new EngineError("ENGINE_CALL_BUSY");
      // Whoever ends hands its place over, so nobody else can take it in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
