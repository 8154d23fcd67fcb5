import type {
  Block,
  BlockHeader,
  BlockId,
  Engine,
  ForkchoiceState,
  PayloadStatus,
} from "../../src/engine/types.js";
import {
  type ExecutionPayload,
  encodeExtraData,
  hashTx,
  isDepositTx,
  type PayloadAttributes,
  type RollupConfig,
} from "../../src/protocol/index.js";
import type { Hash, Hex } from "../../src/util/hex.js";
import { toHex, ZERO_ADDRESS, ZERO_HASH } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";

const VALID: PayloadStatus = { status: "VALID", latestValidHash: null, validationError: null };

/** Block building, fork choice and a pool without an EVM: the state root is a hash of the history. */
class FakeEngine {
  readonly chainId: number;
  readonly genesisHash: Hash;
  /** Envelopes that a block leaves out, as the drop rule would. */
  readonly invalid = new Set<Hash>();
  readonly #blocks = new Map<Hash, Block>();
  readonly #payloads = new Map<Hex, ExecutionPayload>();
  readonly #pool = new Map<Hash, Uint8Array>();
  #canonical: Hash[];
  #safe: Hash;
  #finalized: Hash;
  /** Payloads built, for tests of what is executed twice. */
  builds = 0;

  constructor(config: RollupConfig) {
    this.chainId = config.chain.l2ChainId;
    const header = makeHeader(
      undefined,
      {
        timestamp: config.genesisOrigin.time,
        prevRandao: config.genesisOrigin.prevRandao,
        suggestedFeeRecipient: ZERO_ADDRESS,
        parentBeaconBlockRoot: ZERO_HASH,
        gasLimit: config.chain.system.gasLimit,
        eip1559Params: { denominator: 250, elasticity: 6 },
        minBaseFee: 0n,
        transactions: [],
        noTxPool: true,
        dropInvalid: true,
      },
      [],
    );
    this.genesisHash = header.hash;
    this.#blocks.set(header.hash, { header, transactions: [], transactionHashes: [] });
    this.#canonical = [header.hash];
    this.#safe = this.#finalized = header.hash;
  }

  readonly pool = {
    add: async (raw: Uint8Array): Promise<Hash> => {
      const hash = hashTx(raw);
      this.#pool.set(hash, raw);
      return hash;
    },
    status: () => ({ pending: this.#pool.size, queued: 0 }),
  };

  async forkchoiceUpdated(state: ForkchoiceState, attributes?: PayloadAttributes) {
    const head = this.#blocks.get(state.headBlockHash);
    if (!head) throw new Error("unknown head");
    this.#setHead(state.headBlockHash);
    for (const label of [state.safeBlockHash, state.finalizedBlockHash]) {
      if (label !== ZERO_HASH && !this.#canonical.includes(label))
        throw new Error("label not canonical");
    }
    if (state.safeBlockHash !== ZERO_HASH) this.#safe = state.safeBlockHash;
    if (state.finalizedBlockHash !== ZERO_HASH) this.#finalized = state.finalizedBlockHash;
    if (!this.#canonical.includes(this.#safe)) throw new Error("safe block off the chain");
    if (!this.#canonical.includes(this.#finalized))
      throw new Error("finalized block off the chain");
    if (!attributes) return { payloadStatus: VALID, payloadId: null };
    if (attributes.timestamp <= head.header.timestamp) throw new Error("timestamp");
    this.builds += 1;
    const offered = [
      ...attributes.transactions,
      ...(attributes.noTxPool ? [] : this.#pool.values()),
    ];
    const transactions = offered.filter(
      (raw) => isDepositTx(raw) || !this.invalid.has(hashTx(raw)),
    );
    const header = makeHeader(head.header, attributes, transactions);
    const payloadId: Hex = `0x${this.builds.toString(16).padStart(16, "0")}`;
    this.#payloads.set(payloadId, {
      ...header,
      blockHash: header.hash,
      blockNumber: header.number,
      transactions,
    });
    return { payloadStatus: VALID, payloadId };
  }

  async getPayload(id: Hex): Promise<ExecutionPayload> {
    const payload = this.#payloads.get(id);
    if (!payload) throw new Error("unknown payload");
    return payload;
  }

  async newPayload(payload: ExecutionPayload): Promise<PayloadStatus> {
    const { transactions, ...fields } = payload;
    const header = {
      ...fields,
      hash: payload.blockHash,
      number: payload.blockNumber,
    } as unknown as BlockHeader;
    this.#blocks.set(payload.blockHash, {
      header,
      transactions,
      transactionHashes: transactions.map(hashTx),
    });
    return VALID;
  }

  async getBlock(id: BlockId): Promise<Block | undefined> {
    if (typeof id === "bigint") return this.#blocks.get(this.#canonical[Number(id)] ?? "0x");
    if (typeof id === "object") return this.#blocks.get(id.hash);
    const labels: Record<string, Hash | undefined> = {
      earliest: this.genesisHash,
      latest: this.#canonical.at(-1),
      safe: this.#safe,
      finalized: this.#finalized,
    };
    return this.#blocks.get(labels[id] ?? "0x");
  }

  async getHeader(id: BlockId): Promise<BlockHeader | undefined> {
    return (await this.getBlock(id))?.header;
  }

  #setHead(hash: Hash): void {
    const chain: Hash[] = [];
    for (
      let at: Block | undefined = this.#blocks.get(hash);
      at;
      at = this.#blocks.get(at.header.parentHash)
    ) {
      chain.unshift(at.header.hash);
    }
    const kept = new Set(chain);
    for (const old of this.#canonical)
      if (!kept.has(old)) this.#eachTx(old, (tx, raw) => this.#pool.set(tx, raw));
    this.#canonical = chain;
    for (const block of chain) this.#eachTx(block, (tx) => this.#pool.delete(tx));
  }

  #eachTx(block: Hash, visit: (hash: Hash, raw: Uint8Array) => void): void {
    for (const raw of this.#blocks.get(block)?.transactions ?? []) {
      if (!isDepositTx(raw)) visit(hashTx(raw), raw);
    }
  }
}

/** An engine for tests of the services; only what they call is there. */
export function createFakeEngine(config: RollupConfig): Engine & FakeEngine {
  return new FakeEngine(config) as unknown as Engine & FakeEngine;
}

function makeHeader(
  parent: BlockHeader | undefined,
  attributes: PayloadAttributes,
  transactions: Uint8Array[],
): BlockHeader {
  const content = JSON.stringify([
    parent?.hash,
    `${attributes.timestamp}`,
    attributes.prevRandao,
    `${attributes.gasLimit}`,
    attributes.eip1559Params,
    `${attributes.minBaseFee}`,
    transactions.map(toHex),
  ]);
  const hash = keccakHex(new TextEncoder().encode(content));
  return {
    hash,
    parentHash: parent?.hash ?? ZERO_HASH,
    stateRoot: keccakHex(new TextEncoder().encode(hash)),
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    logsBloom: new Uint8Array(256),
    number: parent ? parent.number + 1n : 0n,
    gasLimit: attributes.gasLimit,
    gasUsed: 0n,
    timestamp: attributes.timestamp,
    extraData: encodeExtraData({ ...attributes.eip1559Params, minBaseFee: attributes.minBaseFee }),
    prevRandao: attributes.prevRandao,
    baseFeePerGas: 1n,
    withdrawalsRoot: ZERO_HASH,
    blobGasUsed: 0n,
    excessBlobGas: 0n,
    parentBeaconBlockRoot: attributes.parentBeaconBlockRoot,
    requestsHash: ZERO_HASH,
    feeRecipient: attributes.suggestedFeeRecipient,
    sizeBytes: 500 + transactions.reduce((sum, { length }) => sum + length, 0),
  };
}
