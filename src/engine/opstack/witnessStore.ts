import type { KeyValueStore } from "../../storage/types.js";
import { fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { PREFIX } from "../chain/chainKeys.js";
import { EngineError } from "../errors.js";
import { decodeHeader } from "../header.js";
import type { Ancestors } from "../rules.js";
import type { BlockHeader } from "../types.js";

/**
 * Contents by their hash as a store of states and an archive of headers. Each is decoded and checked when it is read, and one that
 * is missing is an error and no answer: a header that BLOCKHASH asks for too.
 */
export class WitnessStore implements KeyValueStore, Ancestors {
  readonly #preimages: ReadonlyMap<Hash, Hex>;

  constructor(preimages: ReadonlyMap<Hash, Hex>) {
    this.#preimages = preimages;
  }

  /** Errors: ENGINE_BAD_WITNESS if the content has another hash. */
  get(key: Uint8Array): Uint8Array | undefined {
    const isState = key[0] === PREFIX.trieNode || key[0] === PREFIX.code;
    return isState ? this.#read(toHex(key.subarray(1))) : undefined;
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined;
  }

  /** Errors: ENGINE_STATE_MISSING, ENGINE_BAD_WITNESS. */
  getHeader(hash: Hash): BlockHeader {
    const rlp = this.#read(hash);
    if (!rlp) throw new EngineError("ENGINE_STATE_MISSING", { header: hash });
    return decodeHeader(rlp, hash, rlp.length);
  }

  #read(hash: Hash): Uint8Array | undefined {
    const hex = this.#preimages.get(hash);
    if (hex === undefined) return undefined;
    const bytes = fromHex(hex);
    if (toHex(keccak256(bytes)) !== hash) throw new EngineError("ENGINE_BAD_WITNESS", { hash });
    return bytes;
  }

  /** Nothing that execution makes is kept. */
  async batch(): Promise<void> {}

  async *iterate(): AsyncIterable<[Uint8Array, Uint8Array]> {}

  async close(): Promise<void> {}
}
