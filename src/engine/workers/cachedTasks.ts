import { toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { CallResult } from "../types.js";
import type { TaskRunner } from "./taskRunner.js";
import type { CallArgs, TaskArgs, TaskName, TaskResult } from "./tasks.js";

/** Bytes of remembered results, about. */
const MAX_BYTES = 16 * 2 ** 20;
const ENTRY_BYTES = 1_024;
const MAX_DATA_BYTES = 2_048;
const MAX_RESULT_BYTES = 65_536;

interface Entry {
  result: Promise<CallResult>;
  bytes: number;
}

/**
 * Remembers results of calls: pages ask for the same ones again and again while the head stands still. A call on a block always
 * comes to the same, so nothing grows old; one that failed to run (deadline, overload) is not remembered.
 */
export class CachedTasks implements TaskRunner {
  readonly #tasks: TaskRunner;
  readonly #calls = new Lru<string, Entry>(MAX_BYTES, ({ bytes }) => bytes);

  constructor(tasks: TaskRunner) {
    this.#tasks = tasks;
  }

  run<Name extends TaskName>(task: Name, args: TaskArgs<Name>): Promise<TaskResult<Name>> {
    const key = task === "call" ? keyOf(args as CallArgs) : undefined;
    if (key === undefined) return this.#tasks.run(task, args);
    return this.#call(key, args as CallArgs) as Promise<TaskResult<Name>>;
  }

  close(): Promise<void> {
    return this.#tasks.close();
  }

  #call(key: string, args: CallArgs): Promise<CallResult> {
    const known = this.#calls.get(key);
    if (known) return known.result;
    const result = this.#tasks.run("call", args);
    const entry = { result, bytes: ENTRY_BYTES + 2 * key.length };
    this.#calls.set(key, entry);
    const forget = () => {
      if (this.#calls.get(key) === entry) this.#calls.delete(key);
    };
    const settle = ({ returnData, logs }: CallResult) => {
      const bytes = logs.reduce(
        (sum, { data }) => sum + data.length + ENTRY_BYTES,
        returnData.length,
      );
      if (this.#calls.get(key) !== entry) return;
      forget();
      if (bytes <= MAX_RESULT_BYTES) this.#calls.set(key, { result, bytes: entry.bytes + bytes });
    };
    result.then(settle, forget);
    return result;
  }
}

/** Everything that a small call depends on; undefined: not worth remembering. */
function keyOf({ request, block, options }: CallArgs): string | undefined {
  const { accessList = [], authorizationList = [], data } = request;
  if (accessList.length > 0 || authorizationList.length > 0) return undefined;
  if (data !== undefined && data.length > MAX_DATA_BYTES) return undefined;
  for (const part of Object.values(options)) {
    if (typeof part !== "object" || Object.keys(part).length > 0) return undefined;
  }
  const rest = Object.entries(request).map(([name, value]) =>
    name === "data" ? "" : `${name}=${String(value)}`,
  );
  return `${block} ${rest.join(" ")} ${data ? toHex(data) : ""}`;
}
