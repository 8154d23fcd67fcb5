import type { LogLevel } from "./logger.js";

/** Levels by name, from much to nothing. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** Warnings kept for the diagnostics. */
const MAX_RECENT = 100;
const MAX_LINE_CHARS = 2_000;

/** True for the levels that a person may set. */
export function isLogLevel(value: unknown): value is (typeof LOG_LEVELS)[number] {
  return LOG_LEVELS.includes(value as (typeof LOG_LEVELS)[number]);
}

/** Turns the amount of logging of all loggers of a server at run time, and remembers its last warnings and errors. */
export class LogControl {
  #level: LogLevel;
  #recent: string[] = [];

  constructor(level: LogLevel) {
    this.#level = level;
  }

  get level(): LogLevel {
    return this.#level;
  }

  setLevel(level: LogLevel): void {
    this.#level = level;
  }

  /** True if lines of this level are written now. */
  allows(level: "error" | "warn" | "info" | "debug"): boolean {
    const order = LOG_LEVELS as readonly string[];
    return order.indexOf(level) >= order.indexOf(this.#level);
  }

  /** For the sink of the logger: one line of JSON, as it was written. */
  note(line: string): void {
    if (!/^\{"level":"(warn|error)"/.test(line)) return;
    this.#recent.push(line.trimEnd().slice(0, MAX_LINE_CHARS));
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
  }

  /** The last warnings and errors as lines of JSON, oldest first. */
  recent(): readonly string[] {
    return this.#recent;
  }
}
