import { AsyncLocalStorage } from "node:async_hooks";

const store = new AsyncLocalStorage<string>();
const ACCEPTED = /^[A-Za-z0-9._:-]{1,64}$/;

/** Runs `work` so that every log line it leads to, at any distance, carries this trace id. */
export function runWithTrace<T>(traceId: string, work: () => T): T {
  return store.run(traceId, work);
}

/** Trace id of what runs now; undefined outside `runWithTrace`. */
export function currentTraceId(): string | undefined {
  return store.getStore();
}

/** True for ids that may come from outside: short, and harmless in a log line. */
export function isTraceId(value: unknown): value is string {
  return typeof value === "string" && ACCEPTED.test(value);
}
