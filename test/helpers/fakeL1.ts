import { decodeFunctionData, parseAbi } from "viem";
import { hashOrigins } from "../../src/derive/index.js";
import { L1Error } from "../../src/l1/errors.js";
import type {
  FeedEntry,
  FeedRecord,
  FeedSnapshot,
  L1Header,
  L1Reader,
  L1Sender,
  L1TxRequest,
} from "../../src/l1/types.js";
import {
  encodeConfigRecord,
  type L1BlockRef,
  type SystemConfigUpdate,
} from "../../src/protocol/index.js";
import type { Address, Hash } from "../../src/util/hex.js";
import { EMPTY_BYTES, fromHex, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import { addEntry, addRecord, check, type Draft } from "./fakeFeeds.js";
import { headerRlp } from "./fakeL1Header.js";

const feedAbi = parseAbi([
  "function append(uint64 expectedIndex, bytes32 expectedPrevHash, uint64 firstOrigin, uint64 lastOrigin, bytes32 lastOriginHash, uint64 depTo, bytes data)",
  "function forceInclude(uint64 expectedIndex, bytes32 expectedPrevHash)",
]);

/** A deposit as the portal would record it. */
export interface FakeDeposit {
  from?: Address;
  to?: Address | null;
  mint?: bigint;
  value?: bigint;
  gasLimit?: bigint;
  data?: Uint8Array;
}

/** What a transaction does when it is mined; throws to revert. `label` tells tests which one it is. */
interface FakeTx {
  label: string;
  apply(block: Draft): void;
  done?(result: Error | FakeBlock): void;
}

interface FakeBlock extends L1Header {
  txs: FakeTx[];
  /** Whole feeds after this block. */
  entries: readonly FeedEntry[];
  records: readonly FeedRecord[];
  feedOrigin: { number: bigint; hash: Hash };
}

/**
 * An L1 in memory: blocks on demand, both feeds with the contracts' rules, reorgs. It honours L1Reader, and its senders mine a block
 * for each transaction, so that a `step` that sends can be awaited.
 */
export class FakeL1 implements L1Reader {
  blocks: FakeBlock[] = [];
  readonly mempool: FakeTx[] = [];
  blockSeconds = 2n;
  finalityDepth = 8n;
  forceDelaySeconds = 60n;
  /** Number of blocks that answers are behind. */
  lag = 0;
  /** Called before each answer; throws to fail it. */
  fault: (method: string) => void = () => undefined;
  /** Batcher allowed to append. */
  batcher: Address;
  #forks = 0;

  constructor(config: { batcher: Address; startTime: bigint; startNumber?: bigint }) {
    this.batcher = config.batcher;
    const number = config.startNumber ?? 100n;
    const genesis = this.#header(number, config.startTime, keccakHex(fromHex("0x01")), []);
    const feedOrigin = { number, hash: genesis.hash };
    this.blocks.push({ ...genesis, txs: [], entries: [], records: [], feedOrigin });
  }

  get head(): FakeBlock {
    return this.blocks.at(-1) as FakeBlock;
  }

  // ---- making blocks ----

  /** Mines `count` blocks; the first takes what is in the mempool. */
  mine(count = 1, time?: bigint): FakeBlock {
    for (let i = 0; i < count; i += 1) {
      this.#mineOne(this.mempool.splice(0), i === 0 ? time : undefined);
    }
    return this.head;
  }

  /** Takes the last `depth` blocks away and mines as many (or `newBlocks`) others; `keep` chooses transactions that come again, in the first of them. */
  reorg(
    depth: number,
    options: { keep?: (label: string) => boolean; newBlocks?: number; delayKept?: number } = {},
  ): void {
    const removed = this.blocks.splice(-depth);
    this.#forks += 1;
    const kept = removed.flatMap(({ txs }) => txs).filter(({ label }) => options.keep?.(label));
    for (let i = 0; i < (options.newBlocks ?? depth); i += 1) {
      this.#mineOne(i === (options.delayKept ?? 0) ? kept.splice(0) : [], undefined);
    }
  }

  deposit(deposit: FakeDeposit, label = "deposit"): void {
    this.mempool.push({
      label,
      apply: (draft) => {
        const data = deposit.data ?? EMPTY_BYTES;
        const isCreation = deposit.to === null;
        addRecord(draft, data, {
          kind: 0,
          from: deposit.from ?? "0x00000000000000000000000000000000000000aa",
          to: isCreation ? ZERO_ADDRESS : (deposit.to ?? ZERO_ADDRESS),
          isCreation,
          mint: deposit.mint ?? 0n,
          value: deposit.value ?? 0n,
          gasLimit: deposit.gasLimit ?? 100_000n,
        });
      },
    });
  }

  configChange(update: SystemConfigUpdate, label = "config"): void {
    this.mempool.push({
      label,
      apply: (draft) =>
        addRecord(draft, encodeConfigRecord(update), {
          kind: 1,
          from: "0x00000000000000000000000000000000000000cc",
          to: ZERO_ADDRESS,
          isCreation: false,
          mint: 0n,
          value: 0n,
          gasLimit: 0n,
        }),
    });
  }

  /** Appends bytes as the batcher would, with a correct header: garbage included. */
  postRaw(data: Uint8Array, label = "garbage"): void {
    this.mempool.push({
      label,
      apply: (draft) => {
        const { number: lastOrigin } = draft.feedOrigin;
        const depTo = BigInt(
          draft.records.filter(({ header }) => header.l1Number <= lastOrigin).length,
        );
        addEntry(draft, {
          firstOrigin: lastOrigin + 1n,
          lastOrigin,
          originsHash: hashOrigins([]),
          depTo,
          data,
        });
      },
    });
  }

  /** A sender whose transactions are mined at once, each in its own block. */
  sender(address: Address): L1Sender {
    return {
      address,
      getBalance: async () => 10n ** 20n,
      send: async (request) => {
        const block = await new Promise<FakeBlock>((resolve, reject) => {
          this.mempool.push({
            label: request.label,
            apply: (draft) => this.#call(draft, address, request),
            done: (result) => (result instanceof Error ? reject(result) : resolve(result)),
          });
          this.mine();
        });
        return {
          txHash: keccakHex(request.data),
          blockNumber: block.number,
          blockHash: block.hash,
          gasUsed: 100_000n,
        };
      },
    };
  }

  /** Other contracts than the feeds. */
  onCall: (from: Address, request: L1TxRequest, time: bigint) => void = () => undefined;

  #call(draft: Draft, from: Address, request: L1TxRequest): void {
    let call: ReturnType<typeof decodeFunctionData<typeof feedAbi>>;
    try {
      call = decodeFunctionData({ abi: feedAbi, data: toHex(request.data) });
    } catch {
      this.onCall(from, request, draft.time);
      return;
    }
    const [expectedIndex, expectedPrevHash] = call.args;
    check(expectedIndex === BigInt(draft.entries.length), "index");
    check(expectedPrevHash === (draft.entries.at(-1)?.hash ?? ZERO_HASH), "prev hash");
    if (call.functionName === "forceInclude") {
      this.#forceInclude(draft);
      return;
    }
    check(from === this.batcher, "caller");
    const [, , firstOrigin, lastOrigin, lastOriginHash, depTo, data] = call.args;
    const range = this.#range(draft, firstOrigin, lastOrigin, lastOriginHash);
    check(
      depTo === BigInt(draft.records.filter(({ header }) => header.l1Number <= lastOrigin).length),
      "depTo",
    );
    const originsHash = hashOrigins(range);
    addEntry(draft, { firstOrigin, lastOrigin, originsHash, depTo, data: fromHex(data) });
    draft.feedOrigin = { number: lastOrigin, hash: lastOriginHash };
  }

  #range(draft: Draft, first: bigint, last: bigint, lastHash: Hash): L1Header[] {
    if (first > last) {
      check(first === last + 1n && last === draft.feedOrigin.number, "empty range");
      check(lastHash === draft.feedOrigin.hash, "kept hash");
      return [];
    }
    check(first > draft.feedOrigin.number && last < draft.number && last - first < 256n, "range");
    const range = this.blocks.filter(({ number }) => number >= first && number <= last);
    check(range.at(-1)?.hash === lastHash, "last origin hash");
    return range;
  }

  #forceInclude(draft: Draft): void {
    const covered = draft.entries.at(-1)?.header.depTo ?? 0n;
    const record = draft.records[Number(covered)];
    check(
      record !== undefined && draft.time >= record.header.l1Time + this.forceDelaySeconds,
      "too early",
    );
    const origin = this.head;
    const isNew = origin.number > draft.feedOrigin.number;
    const depTo = BigInt(
      draft.records.filter(({ header }) => header.l1Number < draft.number).length,
    );
    addEntry(draft, {
      firstOrigin: isNew ? origin.number : origin.number + 1n,
      lastOrigin: origin.number,
      originsHash: hashOrigins(isNew ? [origin] : []),
      depTo,
      data: EMPTY_BYTES,
    });
    draft.feedOrigin = { number: origin.number, hash: origin.hash };
  }

  #mineOne(txs: FakeTx[], time: bigint | undefined): void {
    const parent = this.head;
    const draft: Draft = {
      number: parent.number + 1n,
      time: time ?? parent.time + this.blockSeconds,
      entries: [...parent.entries],
      records: [...parent.records],
      feedOrigin: parent.feedOrigin,
      logs: 0,
    };
    const outcomes = txs.map((tx) => ({ tx, error: attempt(() => tx.apply(draft)) }));
    const mined = outcomes.filter(({ error }) => !error).map(({ tx }) => tx);
    const header = this.#header(draft.number, draft.time, parent.hash, mined);
    const here = (l1: FeedEntry["l1"]) => ({
      ...l1,
      blockHash: l1.blockHash === ZERO_HASH ? header.hash : l1.blockHash,
    });
    this.blocks.push({
      ...header,
      txs: mined,
      entries: draft.entries.map((entry) => ({ ...entry, l1: here(entry.l1) })),
      records: draft.records.map((record) => ({ ...record, l1: here(record.l1) })),
      feedOrigin: draft.feedOrigin,
    });
    for (const { tx, error } of outcomes) {
      tx.done?.(error ?? this.head);
      delete tx.done;
    }
  }

  #header(number: bigint, time: bigint, parentHash: Hash, txs: FakeTx[]): L1Header {
    const content = JSON.stringify([
      `${number}`,
      `${time}`,
      parentHash,
      txs.map(({ label }) => label),
      this.#forks,
    ]);
    const stateRoot = keccakHex(new TextEncoder().encode(content));
    const prevRandao = keccakHex(fromHex(stateRoot));
    const baseFee = 10n ** 9n;
    const rlp = headerRlp({ parentHash, stateRoot, number, time, prevRandao, baseFee });
    return {
      number,
      time,
      parentHash,
      hash: keccakHex(rlp),
      stateRoot,
      prevRandao,
      parentBeaconBlockRoot: parentHash,
      baseFee,
      rlp,
    };
  }

  // ---- L1Reader ----

  async getHeads() {
    this.fault("getHeads");
    const at = (depth: bigint) =>
      this.blocks[Math.max(0, this.blocks.length - 1 - Number(depth))] as FakeBlock;
    const lag = BigInt(this.lag);
    return {
      head: toRef(at(lag)),
      safe: toRef(at(lag + this.finalityDepth / 2n)),
      finalized: toRef(at(lag + this.finalityDepth)),
    };
  }

  async getHeader(number: bigint): Promise<L1Header> {
    this.fault("getHeader");
    const block = this.blocks[Number(number - (this.blocks[0] as FakeBlock).number)];
    if (!block) throw new L1Error("L1_BLOCK_MISSING", { number });
    return block;
  }

  async getHeaderByHash(hash: Hash): Promise<L1Header> {
    this.fault("getHeaderByHash");
    return this.#byHash(hash);
  }

  async getOrigins(first: bigint, last: bigint, originsHash?: Hash): Promise<L1Header[]> {
    this.fault("getOrigins");
    const range = this.blocks.filter(({ number }) => number >= first && number <= last);
    if (originsHash && hashOrigins(range) !== originsHash) throw new L1Error("L1_LIED", {});
    return range;
  }

  async getFeedSnapshot(at: L1BlockRef): Promise<FeedSnapshot> {
    this.fault("getFeedSnapshot");
    const { entries, records, feedOrigin } = this.#byHash(at.hash);
    const last = entries.at(-1);
    return {
      at,
      entries: {
        length: BigInt(entries.length),
        lastHash: last?.hash ?? ZERO_HASH,
        lastOrigin: feedOrigin.number,
        lastDepTo: last?.header.depTo ?? 0n,
        lastL1Time: last?.header.l1Time ?? 0n,
      },
      records: { length: BigInt(records.length), lastHash: records.at(-1)?.hash ?? ZERO_HASH },
    };
  }

  async getEntries(from: bigint, { at }: FeedSnapshot, limit: number): Promise<FeedEntry[]> {
    this.fault("getEntries");
    return this.#byHash(at.hash).entries.slice(Number(from), Number(from) + limit);
  }

  async getRecords(from: bigint, { at }: FeedSnapshot, limit: number): Promise<FeedRecord[]> {
    this.fault("getRecords");
    return this.#byHash(at.hash).records.slice(Number(from), Number(from) + limit);
  }

  async getEntryHash(index: bigint, { at }: FeedSnapshot): Promise<Hash | undefined> {
    return this.#byHash(at.hash).entries[Number(index)]?.hash;
  }

  async getRecordHash(index: bigint, { at }: FeedSnapshot): Promise<Hash | undefined> {
    return this.#byHash(at.hash).records[Number(index)]?.hash;
  }

  #byHash(hash: Hash): FakeBlock {
    const block = this.blocks.find((candidate) => candidate.hash === hash);
    if (!block) throw new L1Error("L1_BLOCK_MISSING", { hash });
    return block;
  }
}

function toRef({ hash, number, parentHash, time }: L1Header): L1BlockRef {
  return { hash, number, parentHash, time };
}

function attempt(run: () => void): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
