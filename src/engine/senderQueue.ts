import { type Hash, toHex } from "../util/hex.js";
import { rememberSender } from "./envelope.js";
import { PACKED_BYTES } from "./recoverAddress.js";

/** Finds signers elsewhere: 20 bytes each, zeros for none. Undefined: not just now. */
export type RecoverSenders = (packed: Uint8Array) => Promise<Uint8Array> | undefined;

interface Question {
  txHash: Hash;
  packed: Uint8Array;
  resolve(): void;
}

/** Fewer are found sooner here than the messages to another thread take. */
const MIN_GROUP = 8;
const MAX_GROUP = 256;
/** A thread that got something long to do meanwhile is not waited for. */
const PATIENCE_MS = 100;
const ADDRESS_BYTES = 20;

/**
 * Has senders found in another thread, all that are asked for in one turn of the event loop together, and keeps them where
 * `knownSender` looks. What it cannot have found there it leaves: whoever needs a sender that is not known finds it himself.
 * Answers come in the order of the questions, so that an account's transactions stay in theirs.
 */
export class SenderQueue {
  readonly #recover: RecoverSenders;
  #group: Question[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(recover: RecoverSenders) {
    this.#recover = recover;
  }

  /** Resolves when the sender is known, or is to be found by who asks. */
  find(txHash: Hash, packed: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#group.push({ txHash, packed, resolve }) === 1) setImmediate(() => this.#send());
      if (this.#group.length === MAX_GROUP) this.#send();
    });
  }

  #send(): void {
    const group = this.#group;
    if (group.length === 0) return;
    this.#group = [];
    const found = group.length < MIN_GROUP ? undefined : this.#ask(group);
    const earlier = this.#last;
    this.#last = (async () => {
      await found;
      await earlier;
      for (const { resolve } of group) resolve();
    })();
  }

  async #ask(group: readonly Question[]): Promise<void> {
    const all = new Uint8Array(group.length * PACKED_BYTES);
    for (const [i, { packed }] of group.entries()) all.set(packed, i * PACKED_BYTES);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    });
    try {
      const senders = await Promise.race([this.#recover(all), tooLate]);
      if (senders) remember(group, senders);
    } catch {
      // A thread that ended; the senders are found here.
    } finally {
      clearTimeout(timer);
    }
  }
}

function remember(group: readonly Question[], senders: Uint8Array): void {
  for (const [i, { txHash }] of group.entries()) {
    const sender = senders.subarray(i * ADDRESS_BYTES, (i + 1) * ADDRESS_BYTES);
    if (sender.some((byte) => byte !== 0)) rememberSender(txHash, toHex(sender));
  }
}
