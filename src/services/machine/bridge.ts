import { type AskSetup, SyncAsker } from "../../engine/workers/syncAsk.js";
import type { MachineInputs, Word } from "../../proof/state/types.js";
import type { Hash } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { EntryStart } from "./entryRun.js";
import type { BlockRoot, EntryEnd } from "./rootStore.js";

/** Methods of the inputs that answer bytes. */
export type InputName = Exclude<keyof MachineInputs, "addCode">;

/** What a machine's thread asks, and waits for: bytes, or whether a block is right. */
export type Ask =
  | { kind: "input"; name: InputName; argument: Hash | Word }
  | { kind: "block"; block: BlockRoot };

/** Answer to an ask. `isRefused`: the run is over, the asked side knows why. */
export type Answer = { bytes?: Uint8Array } | { isRefused: true };

/** What a machine's thread sends. */
export type FromWorker =
  | Ask
  | { kind: "end"; end: Omit<EntryEnd, "entryHash"> }
  | { kind: "failed"; code: string | undefined; data: unknown; message: string };

/** What it is told. */
export interface ToWorker {
  start: EntryStart;
}

/** The asked side has ended the run. */
export class RunEnded extends Error {}

const MAX_NEW_CODES = 4_096;
const KEPT_CODE_BYTES = 16 * 2 ** 20;
/** Elements of the feeds and L1 headers of one entry. */
const KEPT_FEED = 4_096;

/** Asks the other thread, and sleeps until it has answered: the machine's inputs are synchronous. */
export class Bridge {
  readonly #asker: SyncAsker<Ask, Answer>;

  constructor(setup: AskSetup, send: (ask: Ask) => void) {
    this.#asker = new SyncAsker(setup, send);
  }

  /** Errors: RunEnded. */
  ask(ask: Ask): Uint8Array {
    const answer = this.#asker.ask(ask);
    if ("isRefused" in answer) throw new RunEnded();
    return answer.bytes ?? new Uint8Array();
  }
}

/** Inputs of a machine from the thread that has the stores. */
export class BridgedInputs implements MachineInputs {
  readonly #bridge: Bridge;
  readonly #newCodes = new Map<Word, Uint8Array>();
  readonly #codes = new Lru<Word, Uint8Array>(KEPT_CODE_BYTES, (code) => code.length + 64);
  readonly #feed = new Lru<string, Uint8Array>(KEPT_FEED);

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Another entry is run: L1 may have replaced what the feeds held. */
  begin(): void {
    this.#feed.clear();
  }

  // The machine itself keeps nodes.
  node(hash: Hash): Uint8Array {
    return this.#ask("node", hash);
  }

  code(hash: Word): Uint8Array {
    const known = this.#newCodes.get(hash) ?? this.#codes.get(hash);
    if (known !== undefined) return known;
    const code = this.#ask("code", hash);
    this.#codes.set(hash, code);
    return code;
  }

  addCode(hash: Word, code: Uint8Array): void {
    if (this.#newCodes.size >= MAX_NEW_CODES) this.#newCodes.clear();
    this.#newCodes.set(hash, code);
  }

  entryHeader(index: bigint): Uint8Array {
    return this.#ofFeed("entryHeader", index);
  }

  entryData(index: bigint): Uint8Array {
    return this.#ofFeed("entryData", index);
  }

  entryOrigins(index: bigint): Uint8Array {
    return this.#ofFeed("entryOrigins", index);
  }

  l1Header(hash: Word): Uint8Array {
    return this.#ofFeed("l1Header", hash);
  }

  recordHeader(index: bigint): Uint8Array {
    return this.#ofFeed("recordHeader", index);
  }

  recordData(index: bigint): Uint8Array {
    return this.#ofFeed("recordData", index);
  }

  #ofFeed(name: InputName, argument: bigint): Uint8Array {
    const key = `${name} ${argument}`;
    const known = this.#feed.get(key);
    if (known !== undefined) return known;
    const bytes = this.#ask(name, argument);
    this.#feed.set(key, bytes);
    return bytes;
  }

  #ask(name: InputName, argument: Hash | Word): Uint8Array {
    return this.#bridge.ask({ kind: "input", name, argument });
  }
}
