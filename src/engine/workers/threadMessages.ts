import { FoveaError } from "../../util/errors.js";
import { EngineError } from "../errors.js";
import { SimulateError } from "../simulate/errors.js";
import type { StoreQuestion } from "./bridgedStore.js";
import type { AskSetup } from "./syncAsk.js";
import type { WorldSetup } from "./threadWorld.js";

/** What an engine thread is made with. */
export interface ThreadSetup {
  asks: AskSetup;
  world: WorldSetup;
}

/** A task for a thread. */
export interface ToThread {
  id: number;
  task: string;
  args: unknown;
}

/** An error on its way between threads, where classes do not survive. */
export interface SentError {
  code: string | undefined;
  data: unknown;
  message: string;
}

/** What a thread says: that it takes tasks, a key that it needs the value of, the outcome of a task. */
export type FromThread =
  | { kind: "ready" }
  | { kind: "ask"; key: StoreQuestion }
  | { kind: "done"; id: number; result: unknown }
  | { kind: "failed"; id: number; error: SentError };

/** An error as it can be sent. */
export function packError(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  const isOurs = error instanceof FoveaError;
  return { code: isOurs ? error.code : undefined, data: isOurs ? error.data : {}, message };
}

/** Reverse of `packError`; only codes of the engine come back as such. */
export function unpackError({ code, data, message }: SentError): Error {
  if (code !== undefined && Object.hasOwn(SimulateError.catalogue, code)) {
    return new SimulateError(
      code as keyof typeof SimulateError.catalogue,
      data as Record<string, unknown>,
    );
  }
  const isOurs = code !== undefined && Object.hasOwn(EngineError.catalogue, code);
  if (!isOurs) return new Error(message);
  return new EngineError(
    code as keyof typeof EngineError.catalogue,
    data as Record<string, unknown>,
  );
}
