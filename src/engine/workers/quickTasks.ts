import { type Hex, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { QuickRunError } from "../execution/quickRun.js";
import type { TaskRunner } from "./taskRunner.js";
import type { CallArgs, TaskArgs, TaskName, TaskResult } from "./tasks.js";

/** Calls that were long, by contract and function; the next ones of them are not begun here. */
const MAX_LONG = 4_096;
const MAX_DATA_BYTES = 4_096;
const SELECTOR_BYTES = 4;

/**
 * Begins small calls and estimates in this thread, where most of them end in less time than the way to another thread and back
 * takes. `quick` gives up after a bounded amount of work, and then it is done in the other threads from the start, as is whatever
 * was long the last time.
 */
export class QuickTasks implements TaskRunner {
  readonly #quick: TaskRunner;
  readonly #tasks: TaskRunner;
  readonly #long = new Lru<string, true>(MAX_LONG);

  constructor(quick: TaskRunner, tasks: TaskRunner) {
    this.#quick = quick;
    this.#tasks = tasks;
  }

  async run<Name extends TaskName>(task: Name, args: TaskArgs<Name>): Promise<TaskResult<Name>> {
    const key =
      task === "call" || task === "estimateGas" ? keyOf(task, args as CallArgs) : undefined;
    if (key === undefined || this.#long.get(key)) return this.#tasks.run(task, args);
    try {
      return await this.#quick.run(task, args);
    } catch (error) {
      if (!(error instanceof QuickRunError)) throw error;
      this.#long.set(key, true);
      return this.#tasks.run(task, args);
    }
  }

  async close(): Promise<void> {
    await this.#quick.close();
    await this.#tasks.close();
  }
}

/** What calls that take about as long have in common. Undefined: not for here. */
function keyOf(task: string, { request, options }: CallArgs): string | undefined {
  const { to, data, accessList = [], authorizationList = [] } = request;
  if (!to || accessList.length > 0 || authorizationList.length > 0) return undefined;
  if (data !== undefined && data.length > MAX_DATA_BYTES) return undefined;
  for (const part of Object.values(options)) {
    if (typeof part !== "object" || Object.keys(part).length > 0) return undefined;
  }
  const selector: Hex = toHex((data ?? new Uint8Array()).subarray(0, SELECTOR_BYTES));
  return `${task} ${to} ${selector}`;
}
