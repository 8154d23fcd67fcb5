import type { Logger } from "../telemetry/logger.js";

/** Ends what was started, last first, so that nothing uses what is already gone. Idempotent. */
export class Closers {
  readonly #items: { name: string; close: () => Promise<void> }[] = [];
  #closing: Promise<void> | undefined;

  add(name: string, close: () => Promise<void>): void {
    this.#items.push({ name, close });
  }

  /** Never throws: a part that cannot be ended must not keep the others running. */
  closeAll(logger: Logger): Promise<void> {
    this.#closing ??= this.#closeAll(logger);
    return this.#closing;
  }

  async #closeAll(logger: Logger): Promise<void> {
    for (;;) {
      const item = this.#items.pop();
      if (item === undefined) return;
      const startMs = Date.now();
      try {
        await item.close();
      } catch (error) {
        logger.warn({ error, part: item.name }, "could not be ended cleanly");
      }
      logger.debug({ part: item.name, ms: Date.now() - startMs }, "ended");
    }
  }
}
