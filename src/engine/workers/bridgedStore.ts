import type { KeyValueStore } from "../../storage/types.js";
import { EngineError } from "../errors.js";
import type { SyncAsker } from "./syncAsk.js";

/** Key that a thread asks the owner of the store for. */
export type StoreQuestion = Uint8Array;
/** Its value; null: nothing is stored there. */
export type StoreAnswer = Uint8Array | null;

/** The engine's store as another thread sees it: single values, read by asking the thread that has the database open. */
export class BridgedStore implements KeyValueStore {
  readonly #asker: SyncAsker<StoreQuestion, StoreAnswer>;

  constructor(asker: SyncAsker<StoreQuestion, StoreAnswer>) {
    this.#asker = asker;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#asker.ask(key) ?? undefined;
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  async batch(): Promise<void> {
    throw new EngineError("ENGINE_UNSUPPORTED", { method: "batch" });
  }

  iterate(): AsyncIterable<[Uint8Array, Uint8Array]> {
    throw new EngineError("ENGINE_UNSUPPORTED", { method: "iterate" });
  }

  async close(): Promise<void> {}
}
