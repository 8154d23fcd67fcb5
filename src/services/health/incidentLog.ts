import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import type { Logger } from "../../telemetry/logger.js";
import { decodeStored, encodeStored } from "../storedValue.js";
import type { Incident } from "./types.js";

/** How much is remembered. */
export interface IncidentLogConfig {
  /** Incidents kept; the oldest go first. */
  kept: number;
}

/** Defaults of a server. */
export const defaultIncidentLogConfig: IncidentLogConfig = { kept: 256 };

const PREFIX = new TextEncoder().encode("incident/");

/**
 * Incidents of this run of the server and of those before, the newest ones. Without a store they are forgotten with the run. What
 * cannot be written (a full disk is an incident itself) is still told until the server stops.
 */
export class IncidentLog {
  readonly #config: IncidentLogConfig;
  readonly #store: KeyValueStore | undefined;
  readonly #logger: Logger | undefined;
  /** Ascending. */
  readonly #incidents: Incident[];
  #nextId: number;
  #tail: Promise<void> = Promise.resolve();

  /** In memory only. */
  static inMemory(config: IncidentLogConfig = defaultIncidentLogConfig): IncidentLog {
    return new IncidentLog(config, [], {});
  }

  /**
   * With the incidents of former runs. Those that still lasted when their run ended are over: whoever has the problem now will say so.
   * Errors: those of the store.
   */
  static async open(
    config: IncidentLogConfig,
    deps: { store: KeyValueStore; logger: Logger; nowMs: number },
  ): Promise<IncidentLog> {
    const found: Incident[] = [];
    const range = { gte: keyOf(0), lt: keyOf(2 ** 48), limit: 2 * config.kept };
    for await (const [, value] of deps.store.iterate(range)) {
      found.push(decodeStored<Incident>(value).meta);
    }
    const log = new IncidentLog(config, found, deps);
    for (const incident of found) {
      if (incident.endedAtMs !== null) continue;
      log.put({ ...incident, endedAtMs: deps.nowMs, isInterrupted: true });
    }
    return log;
  }

  private constructor(
    config: IncidentLogConfig,
    found: readonly Incident[],
    deps: { store?: KeyValueStore; logger?: Logger },
  ) {
    this.#config = config;
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.#incidents = [...found];
    this.#nextId = (found.at(-1)?.id ?? 0) + 1;
    this.#forgetOldest();
  }

  /** Newest first. */
  list(): Incident[] {
    return [...this.#incidents].reverse();
  }

  /** A new incident; gives it its id. */
  add(incident: Omit<Incident, "id">): Incident {
    const added = { id: this.#nextId++, ...incident };
    this.put(added);
    return added;
  }

  /** Takes the place of the one with its id, or is the newest. */
  put(incident: Incident): void {
    const place = this.#incidents.findIndex(({ id }) => id === incident.id);
    // One that is forgotten already stays so.
    if (place < 0 && incident.id < (this.#incidents[0]?.id ?? 0)) return;
    if (place < 0) this.#incidents.push(incident);
    else this.#incidents[place] = incident;
    this.#write([{ type: "put", key: keyOf(incident.id), value: encodeStored(incident) }]);
    this.#forgetOldest();
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#tail;
  }

  #forgetOldest(): void {
    const count = Math.max(0, this.#incidents.length - this.#config.kept);
    const gone = this.#incidents.splice(0, count);
    if (gone.length > 0) this.#write(gone.map(({ id }) => ({ type: "del", key: keyOf(id) })));
  }

  #write(operations: StoreOperation[]): void {
    const store = this.#store;
    if (!store) return;
    this.#tail = this.#tail
      .then(() => store.batch(operations))
      .catch((error) => this.#logger?.debug({ error }, "incident not written"));
  }
}

function keyOf(id: number): Uint8Array {
  const key = new Uint8Array(PREFIX.length + 8);
  key.set(PREFIX);
  new DataView(key.buffer).setBigUint64(PREFIX.length, BigInt(id));
  return key;
}
