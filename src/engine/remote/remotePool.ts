import { type Address, type Hash, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { decodeEnvelope } from "../envelope.js";
import type { FoundTransaction, TxPool } from "../types.js";
import { JsonFields, readData, readQuantity } from "../wire/jsonFields.js";
import type { EngineRpc } from "./engineRpc.js";

/** Transactions handed over that are remembered. */
const MAX_SENT = 4_096;

/**
 * The pool of an external engine. It is asked where there is time to wait; what must be known at once is what this server itself
 * handed over, and the counts of the last look.
 */
export class RemotePool implements TxPool {
  readonly #rpc: EngineRpc;
  readonly #onPending: (hash: Hash) => void;
  readonly #sent = new Lru<Hash, FoundTransaction>(MAX_SENT);
  #counts = { pending: 0, queued: 0 };

  constructor(rpc: EngineRpc, onPending: (hash: Hash) => void) {
    this.#rpc = rpc;
    this.#onPending = onPending;
  }

  /** Errors: ENGINE_REMOTE_ERROR with the engine's own number and words. */
  async add(raw: Uint8Array): Promise<Hash> {
    const hash = readData(await this.#rpc.call("eth_sendRawTransaction", [toHex(raw)]), "hash", 32);
    const { from } = decodeEnvelope(raw, hash);
    this.#sent.set(hash, { hash, raw, from, block: null, index: null, depositNonce: null });
    this.#onPending(hash);
    return hash;
  }

  async getPendingNonce(address: Address): Promise<bigint> {
    return readQuantity(
      await this.#rpc.call("eth_getTransactionCount", [address, "pending"]),
      "nonce",
    );
  }

  get(hash: Hash): FoundTransaction | undefined {
    return this.#sent.get(hash);
  }

  status(): { pending: number; queued: number } {
    return this.#counts;
  }

  /** Nothing: the gateway passes txpool_content on to the engine. */
  content(): { pending: FoundTransaction[]; queued: FoundTransaction[] } {
    return { pending: [], queued: [] };
  }

  /** Looks at the counts again; an engine without txpool_status leaves them as they are. */
  async refresh(): Promise<void> {
    try {
      const fields = new JsonFields(await this.#rpc.call("txpool_status", []), "txpool_status");
      this.#counts = {
        pending: Number(fields.quantity("pending")),
        queued: Number(fields.quantity("queued")),
      };
    } catch {
      this.#counts = { ...this.#counts };
    }
  }
}
