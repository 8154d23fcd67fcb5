import { readFileSync } from "node:fs";
import { privateKeyToAccount } from "viem/accounts";
import { type EngineOptions, openEngine } from "../../src/engine/index.js";
import type { Engine, Receipt } from "../../src/engine/types.js";
import {
  type ChainConfig,
  type DepositTx,
  type ExecutionPayload,
  encodeDepositTx,
  l1AttributesTx,
  type PayloadAttributes,
  PREDEPLOYS,
  parseChainConfig,
  type RollupConfig,
} from "../../src/protocol/index.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import { type Address, fromHex, type Hash, ZERO_HASH } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import { FakeClock } from "./fakeClock.js";

const START_TIME = 1_800_000_000n;
const word = (byte: string): Hash => `0x${byte.repeat(32)}`;
const address = (byte: string): Address => `0x${byte.repeat(20)}`;

/** Accounts to which the development chain gives Ether. */
export const accounts = [
  privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
  privateKeyToAccount("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
  privateKeyToAccount("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
] as const;

/** Lower case address of an account. */
export const addressOf = (account: { address: string }): Address =>
  account.address.toLowerCase() as Address;

/** The development chain with an invented L1. */
export function testRollup(change: (chain: ChainConfig) => ChainConfig = (c) => c): RollupConfig {
  const chain = change(parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8"))));
  return {
    chain,
    addresses: {
      depositFeed: address("a1"),
      sequencerFeed: address("a2"),
      systemConfig: address("a3"),
      portal: address("a4"),
      blockOracle: address("a5"),
      l1CrossDomainMessenger: address("a6"),
      l1StandardBridge: address("a7"),
      multicall3: address("a8"),
    },
    genesisOrigin: {
      number: 100n,
      hash: word("11"),
      time: START_TIME,
      baseFee: 7_000_000_000n,
      prevRandao: word("22"),
      parentBeaconBlockRoot: word("33"),
    },
  };
}

/** What a test may say about a transaction; the rest is filled in. */
export interface TxSpec {
  from?: number;
  nonce: number;
  to?: Address;
  value?: bigint;
  data?: `0x${string}`;
  gas?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
}

/** Signs a type 2 transaction. */
export async function signTx(spec: TxSpec, chainId = 901): Promise<Uint8Array> {
  const account = accounts[spec.from ?? 0] ?? accounts[0];
  const signed = await account.signTransaction({
    type: "eip1559",
    chainId,
    nonce: spec.nonce,
    ...(spec.to ? { to: spec.to } : {}),
    value: spec.value ?? 0n,
    data: spec.data ?? "0x",
    gas: spec.gas ?? 21_000n,
    maxFeePerGas: spec.maxFeePerGas ?? 10_000_000_000n,
    maxPriorityFeePerGas: spec.maxPriorityFeePerGas ?? 1_000_000_000n,
  });
  return fromHex(signed);
}

/** A user deposit with fields that a test does not care about filled in. */
export function depositTx(fields: Partial<DepositTx>): Uint8Array {
  return encodeDepositTx({
    sourceHash: keccakHex(
      Uint8Array.of(fields.data?.length ?? 0, Number((fields.mint ?? 0n) % 256n)),
    ),
    from: address("de"),
    to: address("ad"),
    mint: 0n,
    value: 0n,
    gas: 100_000n,
    isSystemTx: false,
    data: new Uint8Array(),
    ...fields,
  });
}

/** An engine driven by hand, as the rollup node would. */
export class EngineChain {
  readonly engine: Engine;
  readonly rollup: RollupConfig;
  readonly clock: FakeClock;
  #sequence = 0n;

  private constructor(engine: Engine, rollup: RollupConfig, clock: FakeClock) {
    this.engine = engine;
    this.rollup = rollup;
    this.clock = clock;
  }

  static async open(options: Partial<EngineOptions> = {}): Promise<EngineChain> {
    const clock = new FakeClock(Number(START_TIME) * 1000);
    const rollup = options.rollup ?? testRollup();
    const store = options.store ?? new MemoryStore();
    return new EngineChain(await openEngine({ clock, rollup, store, ...options }), rollup, clock);
  }

  /** Attributes of the block after `parent`, with the L1 attributes transaction first. */
  async attributes(
    transactions: Uint8Array[],
    change: Partial<PayloadAttributes> = {},
    parentHash?: Hash,
  ): Promise<PayloadAttributes> {
    const parent = await this.engine.getHeader(parentHash ? { hash: parentHash } : "latest");
    if (!parent) throw new Error("unknown parent");
    const { chain, genesisOrigin: origin } = this.rollup;
    const config = { ...chain.system, batcherHash: ZERO_HASH };
    const first = l1AttributesTx({ origin, sequenceNumber: this.#sequence++, config });
    return {
      timestamp: parent.timestamp + 2n,
      prevRandao: origin.prevRandao,
      suggestedFeeRecipient: PREDEPLOYS.sequencerFeeVault,
      parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
      gasLimit: chain.system.gasLimit,
      eip1559Params: {
        denominator: chain.system.eip1559Denominator,
        elasticity: chain.system.eip1559Elasticity,
      },
      minBaseFee: chain.system.minBaseFee,
      transactions: [first, ...transactions],
      noTxPool: true,
      dropInvalid: true,
      ...change,
    };
  }

  async setHead(head: Hash, safe: Hash = ZERO_HASH, finalized: Hash = ZERO_HASH) {
    return this.engine.forkchoiceUpdated({
      headBlockHash: head,
      safeBlockHash: safe,
      finalizedBlockHash: finalized,
    });
  }

  /** Builds on `parentHash` (default: the head) without inserting. */
  async build(
    transactions: Uint8Array[],
    change: Partial<PayloadAttributes> = {},
    parentHash?: Hash,
  ): Promise<ExecutionPayload> {
    const attributes = await this.attributes(transactions, change, parentHash);
    const head = parentHash ?? (await this.engine.getHeader("latest"))?.hash ?? ZERO_HASH;
    const { payloadId, payloadStatus } = await this.engine.forkchoiceUpdated(
      { headBlockHash: head, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH },
      attributes,
    );
    if (!payloadId) throw new Error(`not built: ${payloadStatus.validationError}`);
    return this.engine.getPayload(payloadId);
  }

  /** Builds, inserts and makes it the head. */
  async mine(
    transactions: Uint8Array[] = [],
    change: Partial<PayloadAttributes> = {},
    parentHash?: Hash,
  ): Promise<ExecutionPayload> {
    const payload = await this.build(transactions, change, parentHash);
    const status = await this.engine.newPayload(payload);
    if (status.status !== "VALID") throw new Error(`not valid: ${status.validationError}`);
    await this.setHead(payload.blockHash);
    return payload;
  }

  /** Mines one block and returns its receipts. */
  async receipts(
    transactions: Uint8Array[],
    change: Partial<PayloadAttributes> = {},
  ): Promise<Receipt[]> {
    const { blockHash } = await this.mine(transactions, change);
    return (await this.engine.getReceipts(blockHash)) ?? [];
  }
}
