import { print } from "../output.js";

/** How a command that takes a while tells what happens: a line per step, or one JSON object a line. */
export interface Story {
  /** Something that happened, with the time since the command began. */
  step(event: string, text: string, fields?: Record<string, unknown>): void;
  /** What is waited for now; people on a terminal see it, machines get it as `waiting`. */
  wait(text: string, fields?: Record<string, unknown>): void;
  /** A sentence that explains; only for people. */
  say(text: string): void;
  /** Seconds since the beginning. */
  elapsedSec(): number;
}

/** Lines on standard output; colors only on a terminal and without NO_COLOR. */
export function createStory(isJson: boolean): Story {
  const startedMs = Date.now();
  const elapsedSec = () => Math.round((Date.now() - startedMs) / 100) / 10;
  const isColored = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const paint = (code: number, text: string) =>
    isColored ? `\u001b[${code}m${text}\u001b[0m` : text;
  const stamp = () => paint(2, `${elapsedSec().toFixed(1).padStart(6)} s`);
  const line = (event: string, fields: Record<string, unknown>) =>
    print(
      JSON.stringify(
        { time: new Date().toISOString(), elapsedSec: elapsedSec(), event, ...fields },
        (_key, value) => (typeof value === "bigint" ? value.toString() : value),
      ),
    );
  if (isJson) {
    return {
      step: (event, _text, fields = {}) => line(event, fields),
      wait: (text, fields = {}) => line("waiting", { for: text, ...fields }),
      say: () => {},
      elapsedSec,
    };
  }
  return {
    step: (_event, text) => print(`${stamp()}  ${paint(32, "✓")} ${text}`),
    wait: (text) => print(`${stamp()}  ${paint(2, `… ${text}`)}`),
    say: (text) => print(text),
    elapsedSec,
  };
}
