import type { BeaconWithdrawal } from "../../protocol/types.js";
import type { KeyValueStore, StoreOperation } from "../../storage/types.js";
import { fromHex, type Hash, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import type { ExecutedBlock } from "../execution/blockExecution.js";
import { decodeHeader, withdrawalFromItem, withdrawalItem } from "../header.js";
import { type BlockReceipts, decodeBlockReceipts, encodeBlockReceipts } from "../receipts.js";
import type { FlatKeeper, FlatMove } from "../state/flatKeeper.js";
import {
  asBytes,
  asInteger,
  asList,
  decodeRlp,
  encodeRlp,
  integerToBytes,
  type RlpItem,
} from "../state/rlp.js";
import type { BlockHeader } from "../types.js";
import { addressIndexMark, addressPostings } from "./addressIndex.js";
import { chainKeys } from "./chainKeys.js";
import { postingTerms } from "./logIndex.js";

/** Hashes of the three heads. */
export interface Heads {
  unsafe: Hash;
  safe: Hash;
  finalized: Hash;
}

/** Transactions of a stored block. */
export interface BlockBody {
  transactions: Uint8Array[];
  hashes: Hash[];
  /** Plain Ethereum only: RLP of each ommer's header. Absent: none. */
  ommers?: Uint8Array[];
  /** Plain Ethereum only, from Shanghai on. */
  withdrawals?: BeaconWithdrawal[];
}

/** Change of the canonical chain: `removed` and `added` ascending. */
export interface ChainSwitch {
  removed: BlockHeader[];
  added: BlockHeader[];
}

const HEADS = chainKeys.meta("heads");
const GENESIS = chainKeys.meta("genesis");
const CONFIG = chainKeys.meta("config");
const FORMAT = chainKeys.meta("format");
const FORMAT_VERSION = Uint8Array.of(1);

const bytesOf = (hash: Hash): Uint8Array => Buffer.from(hash.slice(2), "hex");

/** Blocks, indexes and heads on disk. Every change is one atomic, synced batch, so a kill leaves the state before or after it. */
export class ChainStore {
  readonly #store: KeyValueStore;
  readonly #keeper: FlatKeeper | undefined;
  readonly #headers = new Lru<Hash, BlockHeader>(4_096);
  readonly #receipts = new Lru<Hash, BlockReceipts>(256);
  readonly #bodies = new Lru<Hash, BlockBody>(256);
  readonly #canonical = new Lru<bigint, Hash>(32_768);

  /** Without `keeper` there is no flat state that goes along with the blocks. */
  constructor(store: KeyValueStore, keeper?: FlatKeeper) {
    this.#store = store;
    this.#keeper = keeper;
  }

  get store(): KeyValueStore {
    return this.#store;
  }

  getHeader(hash: Hash): BlockHeader | undefined {
    const cached = this.#headers.get(hash);
    if (cached) return cached;
    const stored = this.#store.get(chainKeys.header(hash));
    if (!stored) return undefined;
    const size = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
    const header = decodeHeader(stored.slice(4), hash, size);
    this.#headers.set(hash, header);
    return header;
  }

  getBody(hash: Hash): BlockBody | undefined {
    const cached = this.#bodies.get(hash);
    if (cached) return cached;
    const stored = this.#store.get(chainKeys.body(hash));
    if (!stored) return undefined;
    const body = decodeBody(stored);
    this.#bodies.set(hash, body);
    return body;
  }

  /** RLP of the ommers' headers of a block. */
  getOmmers(hash: Hash): readonly Uint8Array[] {
    return this.getBody(hash)?.ommers ?? [];
  }

  getReceipts(hash: Hash): BlockReceipts | undefined {
    const cached = this.#receipts.get(hash);
    if (cached) return cached;
    const stored = this.#store.get(chainKeys.receipts(hash));
    if (!stored) return undefined;
    const receipts = decodeBlockReceipts(stored);
    this.#receipts.set(hash, receipts);
    return receipts;
  }

  getCanonicalHash(number: bigint): Hash | undefined {
    if (number < 0n || number >= 2n ** 64n) return undefined;
    const cached = this.#canonical.get(number);
    if (cached) return cached;
    const stored = this.#store.get(chainKeys.canonical(number));
    if (!stored) return undefined;
    const hash = toHex(stored);
    this.#canonical.set(number, hash);
    return hash;
  }

  isCanonical(header: BlockHeader): boolean {
    return this.getCanonicalHash(header.number) === header.hash;
  }

  /** Where a canonical transaction stands. */
  getTransactionPlace(hash: Hash): { number: bigint; index: number } | undefined {
    const stored = this.#store.get(chainKeys.transaction(hash));
    if (!stored) return undefined;
    const [number, index] = asList(decodeRlp(stored));
    return { number: asInteger(number), index: Number(asInteger(index)) };
  }

  /** Undefined: an empty store. */
  readHeads(): Heads | undefined {
    const stored = this.#store.get(HEADS);
    if (!stored) return undefined;
    const at = (index: number): Hash => toHex(stored.subarray(32 * index, 32 * index + 32));
    return { unsafe: at(0), safe: at(1), finalized: at(2) };
  }

  readGenesisHash(): Hash | undefined {
    const stored = this.#store.get(GENESIS);
    return stored && toHex(stored);
  }

  /** True if a database was written by a version that keeps its records differently. */
  hasOtherFormat(): boolean {
    const stored = this.#store.get(FORMAT);
    return stored !== undefined && stored[0] !== FORMAT_VERSION[0];
  }

  /** What was kept beside the genesis block, if anything: the configuration of a chain that is none of ours. */
  readConfig(): string | undefined {
    const stored = this.#store.get(CONFIG);
    return stored && new TextDecoder().decode(stored);
  }

  async writeConfig(config: string): Promise<void> {
    await this.#write([configOperation(config)]);
  }

  /** Stores the genesis block and makes it the three heads. */
  async writeGenesis(block: ExecutedBlock, config?: string): Promise<void> {
    const { hash } = block.header;
    await this.#write([
      ...this.#blockOperations(block),
      ...this.#canonicalOperations(block.header, "put"),
      { type: "put", key: GENESIS, value: bytesOf(hash) },
      { type: "put", key: FORMAT, value: FORMAT_VERSION },
      addressIndexMark(),
      headsOperation({ unsafe: hash, safe: hash, finalized: hash }),
      ...(config === undefined ? [] : [configOperation(config)]),
    ]);
  }

  /** Stores a block and the state after it; the heads stay. */
  async writeBlock(block: ExecutedBlock): Promise<void> {
    const { stateRoot, parentHash } = block.header;
    const parent = this.getHeader(parentHash);
    const move =
      parent && this.#keeper?.extend(fromHex(parent.stateRoot), fromHex(stateRoot), block);
    await this.#write(this.#blockOperations(block), move);
    this.#headers.set(block.header.hash, block.header);
    this.#receipts.set(block.header.hash, block.receipts);
  }

  /** Moves the heads, and the indexes of the canonical chain with them. */
  async writeSwitch({ removed, added }: ChainSwitch, heads: Heads): Promise<void> {
    const head = this.getHeader(heads.unsafe);
    await this.#write(
      [
        ...removed.flatMap((header) => this.#canonicalOperations(header, "del")),
        ...added.flatMap((header) => this.#canonicalOperations(header, "put")),
        headsOperation(heads),
      ],
      head && this.#keeper?.follow(fromHex(head.stateRoot)),
    );
    for (const { number } of removed) this.#canonical.delete(number);
    for (const { number, hash } of added) this.#canonical.set(number, hash);
  }

  /** Ends what goes on in the background, then closes the store. */
  async close(): Promise<void> {
    await this.#keeper?.close();
    await this.#store.close();
  }

  async #write(operations: StoreOperation[], move?: FlatMove): Promise<void> {
    const all = move ? [...operations, ...move.operations] : operations;
    try {
      await this.#store.batch(all, { sync: true });
    } catch (error) {
      move?.failed();
      throw error;
    }
    move?.written();
  }

  #blockOperations(block: ExecutedBlock): StoreOperation[] {
    const { header, headerRlp, transactionHashes, receipts } = block;
    const sized = new Uint8Array(4 + headerRlp.length);
    new DataView(sized.buffer).setUint32(0, header.sizeBytes);
    sized.set(headerRlp, 4);
    const body = encodeBody({ ...block, hashes: transactionHashes });
    return [
      ...block.stateOperations,
      { type: "put", key: chainKeys.header(header.hash), value: sized },
      { type: "put", key: chainKeys.body(header.hash), value: body },
      { type: "put", key: chainKeys.receipts(header.hash), value: encodeBlockReceipts(receipts) },
    ];
  }

  /** Number, transaction and log indexes of a block that joins or leaves the canonical chain. */
  #canonicalOperations(header: BlockHeader, type: "put" | "del"): StoreOperation[] {
    const operation = (key: Uint8Array, value: Uint8Array): StoreOperation =>
      type === "put" ? { type, key, value } : { type, key };
    const { hash, number } = header;
    const operations = [operation(chainKeys.canonical(number), bytesOf(hash))];
    for (const [index, txHash] of (this.getBody(hash)?.hashes ?? []).entries()) {
      const place = encodeRlp([integerToBytes(number), integerToBytes(index)]);
      operations.push(operation(chainKeys.transaction(txHash), place));
    }
    const receipts = this.getReceipts(hash)?.receipts ?? [];
    for (const term of postingTerms(receipts)) {
      operations.push(operation(chainKeys.logPosting(term, number), new Uint8Array()));
    }
    for (const [key, value] of addressPostings(receipts, number)) {
      operations.push(operation(key, value));
    }
    return operations;
  }
}

/** Lists of transactions, their hashes, and where there are any ommers and withdrawals. */
function encodeBody({ transactions, hashes, ommers = [], withdrawals }: BlockBody): Uint8Array {
  const items: RlpItem[] = [transactions, hashes.map(bytesOf)];
  if (ommers.length > 0 || withdrawals) items.push([...ommers]);
  if (withdrawals) items.push(withdrawals.map(withdrawalItem));
  return encodeRlp(items);
}

function decodeBody(stored: Uint8Array): BlockBody {
  const [transactions, hashes, ommers, withdrawals] = asList(decodeRlp(stored));
  const ommerList = ommers === undefined ? [] : asList(ommers).map((item) => asBytes(item));
  return {
    transactions: asList(transactions).map((raw) => asBytes(raw)),
    hashes: asList(hashes).map((item) => toHex(asBytes(item, 32))),
    ...(ommerList.length > 0 ? { ommers: ommerList } : {}),
    ...(withdrawals === undefined
      ? {}
      : { withdrawals: asList(withdrawals).map(withdrawalFromItem) }),
  };
}

function configOperation(config: string): StoreOperation {
  return { type: "put", key: CONFIG, value: new TextEncoder().encode(config) };
}

function headsOperation({ unsafe, safe, finalized }: Heads): StoreOperation {
  const value = Buffer.concat([unsafe, safe, finalized].map(bytesOf));
  return { type: "put", key: HEADS, value };
}
