import type { ChainReader } from "../../engine/types.js";
import type { L1Header, L1Reader } from "../../l1/types.js";
import { ProofError } from "../../proof/errors.js";
import type { MachineInputs, Word } from "../../proof/state/types.js";
import { wordToBytes } from "../../proof/state/wordBytes.js";
import { encodeEntryHeader, encodeRecordHeader } from "../../protocol/index.js";
import { fromHex, type Hash, toHex } from "../../util/hex.js";
import type { FeedView } from "../chainAccess.js";

/** Codes that blocks in work have made and the engine may not have. */
const MAX_NEW_CODES = 4_096;

type Feeds = Pick<FeedView, "getEntry" | "getRecord">;

/** Inputs of the machine from the node's feeds, the engine's store, and L1's headers, which must be fetched before a run. */
export class FeedInputs implements MachineInputs {
  readonly #engine: Pick<ChainReader, "dbGet" | "dbPrefetch">;
  readonly #feeds: Feeds;
  readonly #l1: Pick<L1Reader, "getOrigins">;
  readonly #codes = new Map<Word, Uint8Array>();
  readonly #headers = new Map<Word, Uint8Array>();
  #origins: { index: bigint; hashes: Uint8Array } | undefined;

  constructor(deps: {
    engine: Pick<ChainReader, "dbGet" | "dbPrefetch">;
    feeds: Feeds;
    l1: Pick<L1Reader, "getOrigins">;
  }) {
    this.#engine = deps.engine;
    this.#feeds = deps.feeds;
    this.#l1 = deps.l1;
  }

  /** Fetches the L1 headers of an entry's origin range. Errors: PROOF_FEED_MISSING, those of L1Reader. */
  async prepare(entryIndex: bigint): Promise<void> {
    const { firstOrigin, lastOrigin, originsHash } = this.#entry(entryIndex).header;
    const headers: L1Header[] =
      lastOrigin < firstOrigin
        ? []
        : await this.#l1.getOrigins(firstOrigin, lastOrigin, originsHash);
    this.#headers.clear();
    for (const { hash, rlp } of headers) this.#headers.set(BigInt(hash), rlp);
    const hashes = Buffer.concat(headers.map(({ hash }) => fromHex(hash)));
    this.#origins = { index: entryIndex, hashes };
  }

  /** Nodes and codes of an engine elsewhere are asked for without holding this thread up. */
  async prefetch(name: keyof MachineInputs, argument: Hash | Word): Promise<void> {
    if (name !== "node" && name !== "code") return;
    const hash = typeof argument === "bigint" ? toHex(wordToBytes(argument)) : argument;
    await this.#engine.dbPrefetch?.(hash);
  }

  node(hash: Hash): Uint8Array {
    return this.#engine.dbGet(hash) ?? missing("PROOF_NODE_MISSING", { hash });
  }

  code(hash: Word): Uint8Array {
    const name = toHex(wordToBytes(hash));
    return (
      this.#codes.get(hash) ??
      this.#engine.dbGet(name) ??
      missing("PROOF_CODE_MISSING", { hash: name })
    );
  }

  addCode(hash: Word, code: Uint8Array): void {
    if (this.#codes.size >= MAX_NEW_CODES) this.#codes.clear();
    this.#codes.set(hash, code);
  }

  entryHeader(index: bigint): Uint8Array {
    return encodeEntryHeader(this.#entry(index).header);
  }

  entryData(index: bigint): Uint8Array {
    return this.#entry(index).data;
  }

  entryOrigins(index: bigint): Uint8Array {
    if (this.#origins?.index !== index) return missing("PROOF_FEED_MISSING", { origins: index });
    return this.#origins.hashes;
  }

  l1Header(hash: Word): Uint8Array {
    return this.#headers.get(hash) ?? missing("PROOF_FEED_MISSING", { header: hash });
  }

  recordHeader(index: bigint): Uint8Array {
    return encodeRecordHeader(this.#record(index).header);
  }

  recordData(index: bigint): Uint8Array {
    return this.#record(index).data;
  }

  #entry(index: bigint) {
    return this.#feeds.getEntry(index) ?? missing("PROOF_FEED_MISSING", { entry: index });
  }

  #record(index: bigint) {
    return this.#feeds.getRecord(index) ?? missing("PROOF_FEED_MISSING", { record: index });
  }
}

function missing(
  code: "PROOF_NODE_MISSING" | "PROOF_CODE_MISSING" | "PROOF_FEED_MISSING",
  data: Record<string, unknown>,
): never {
  throw new ProofError(code, data);
}
