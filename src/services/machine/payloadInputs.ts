import { ProofError } from "../../proof/errors.js";
import type { MachineInputs, Word } from "../../proof/state/types.js";
import { wordToBytes } from "../../proof/state/wordBytes.js";
import { fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import type { BlockPayload } from "./blockPayload.js";

/** Asks an engine for a trie node or code by its keccak; undefined: it has none. */
export type DbGet = (hash: Hash) => Uint8Array | undefined;

/** Inputs of the machine from a payload, and from an engine that is asked for nothing but contents by their hash. */
export class PayloadInputs implements MachineInputs {
  readonly #dbGet: DbGet;
  readonly #payload: BlockPayload;
  readonly #codes = new Map<Word, Uint8Array>();
  readonly #headers: ReadonlyMap<Word, Uint8Array>;
  readonly #origins: Uint8Array;

  constructor(payload: BlockPayload, dbGet: DbGet) {
    this.#payload = payload;
    this.#dbGet = dbGet;
    const { l1Headers } = payload;
    this.#headers = new Map(l1Headers.map(({ hash, rlp }) => [BigInt(hash), fromHex(rlp)]));
    this.#origins = Uint8Array.from(Buffer.concat(l1Headers.map(({ hash }) => fromHex(hash))));
  }

  node(hash: Hash): Uint8Array {
    const node = this.#dbGet(hash);
    if (node === undefined) throw new ProofError("PROOF_NODE_MISSING", { hash });
    return node;
  }

  code(word: Word): Uint8Array {
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    const hash = toHex(wordToBytes(word));
    const code = this.#dbGet(hash);
    // Another's answer is worth what its hash says.
    if (code === undefined || keccakHex(code) !== hash) {
      throw new ProofError("PROOF_CODE_MISSING", { hash });
    }
    this.#codes.set(word, code);
    return code;
  }

  addCode(hash: Word, code: Uint8Array): void {
    this.#codes.set(hash, code);
  }

  entryHeader(index: bigint): Uint8Array {
    return fromHex(this.#entry(index).header);
  }

  entryData(index: bigint): Uint8Array {
    return fromHex(this.#entry(index).data);
  }

  entryOrigins(index: bigint): Uint8Array {
    this.#entry(index);
    return this.#origins;
  }

  l1Header(hash: Word): Uint8Array {
    const header = this.#headers.get(hash);
    if (header === undefined) throw new ProofError("PROOF_FEED_MISSING", { header: hash });
    return header;
  }

  recordHeader(index: bigint): Uint8Array {
    return fromHex(this.#record(index).header);
  }

  recordData(index: bigint): Uint8Array {
    return fromHex(this.#record(index).data);
  }

  #entry(index: bigint): { header: Hex; data: Hex } {
    const { entry, entryIndex } = this.#payload;
    if (index !== entryIndex) throw new ProofError("PROOF_FEED_MISSING", { entry: index });
    return entry;
  }

  #record(index: bigint): { header: Hex; data: Hex } {
    const found = this.#payload.records.find((record) => record.index === index);
    if (found === undefined) throw new ProofError("PROOF_FEED_MISSING", { record: index });
    return found;
  }
}
