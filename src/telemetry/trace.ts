import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

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

/** Runs work later as if it ran now: for what is handed to a loop that serves many. */
export function captureTrace(): <T>(work: () => T) => T {
  const traceId = store.getStore();
  return (work) => (traceId === undefined ? work() : store.run(traceId, work));
}

/** True for ids that may come from outside: short, and harmless in a log line. */
export function isTraceId(value: unknown): value is string {
  return typeof value === "string" && ACCEPTED.test(value);
}

/** The id that a request brings in Request-Id or X-Request-Id, if it is harmless; else a new one. */
export function traceIdOf(headers: Readonly<Record<string, unknown>> = {}): string {
  const given = headers["request-id"] ?? headers["x-request-id"];
  return isTraceId(given) ? given : `req_${randomUUID()}`;
}
