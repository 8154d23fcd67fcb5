import { executeStrictly } from "../../src/engine/chain/payloads.js";
import type { GenesisAccount } from "../../src/engine/ethereum/gethGenesis.js";
import type { BlockInput, ExecutedBlock } from "../../src/engine/execution/blockExecution.js";
import type { OpChainConfig } from "../../src/engine/opstack/opConfig.js";
import { opGenesisBlock } from "../../src/engine/opstack/opGenesisBlock.js";
import { configuredFees, opExtraData } from "../../src/engine/opstack/opHeaders.js";
import { OpStackRules } from "../../src/engine/opstack/opStackRules.js";
import type { StoredReceipt } from "../../src/engine/receipts.js";
import { BlockState } from "../../src/engine/state/blockState.js";
import { StateStore } from "../../src/engine/state/stateStore.js";
import type { BlockHeader } from "../../src/engine/types.js";
import {
  createOpSchedule,
  type OpForkTimes,
  opForkAt,
  PREDEPLOYS,
} from "../../src/protocol/index.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import {
  type Address,
  EMPTY_BYTES,
  fromHex,
  type Hash,
  toHex,
  ZERO_HASH,
} from "../../src/util/hex.js";

/** A slot's key or value for a number. */
export const slotWord = (number: bigint | number): Hash =>
  `0x${number.toString(16).padStart(64, "0")}`;

/** An account of a genesis state with some fields filled in. */
export function account(fields: Partial<GenesisAccount>): GenesisAccount {
  return { balance: 0n, nonce: 0n, code: EMPTY_BYTES, storage: new Map(), ...fields };
}

/** A standard OP chain that is driven by hand, block by block. */
export class OpChain {
  readonly rules: OpStackRules;
  readonly #store = new MemoryStore();
  readonly #headers = new Map<Hash, BlockHeader>();
  head: BlockHeader;

  private constructor(config: OpChainConfig, genesis: ExecutedBlock) {
    this.rules = new OpStackRules(config);
    this.head = genesis.header;
  }

  /** A chain whose genesis block has time 0. */
  static async open(
    times: OpForkTimes,
    alloc: ReadonlyMap<Address, GenesisAccount> = new Map(),
  ): Promise<OpChain> {
    const config: OpChainConfig = {
      chainId: 901,
      schedule: createOpSchedule(times),
      eip1559: { elasticity: 6, denominator: 50, denominatorCanyon: 250 },
    };
    const fork = opForkAt(config.schedule, 0n);
    const header = {
      number: 0n,
      timestamp: 0n,
      extraData: opExtraData(fork, configuredFees(config, fork)),
      gasLimit: 30_000_000n,
      gasUsed: 0n,
      difficulty: 0n,
      mixHash: ZERO_HASH,
      nonce: "0x0000000000000000" as const,
      coinbase: PREDEPLOYS.sequencerFeeVault,
      parentHash: ZERO_HASH,
      baseFeePerGas: 1_000_000_000n,
      excessBlobGas: 0n,
      blobGasUsed: 0n,
    };
    const genesis = opGenesisBlock({ config, fork, alloc, header });
    const chain = new OpChain(config, genesis);
    await chain.#keep(genesis);
    return chain;
  }

  async #keep(block: ExecutedBlock): Promise<void> {
    await this.#store.batch(block.stateOperations);
    this.#headers.set(block.header.hash, block.header);
    this.head = block.header;
  }

  get #stores() {
    const getHeader = (hash: Hash) => this.#headers.get(hash);
    return { states: new StateStore(this.#store), ancestors: { getHeader } };
  }

  /** Executes a block of this time on the head; it becomes the head. Returns why not, if it is not valid. */
  async tryAdd(
    timestamp: bigint,
    transactions: Uint8Array[],
    change: Partial<BlockInput> = {},
  ): Promise<ExecutedBlock | { invalid: string }> {
    const input: BlockInput = {
      timestamp,
      prevRandao: ZERO_HASH,
      parentBeaconBlockRoot: slotWord(timestamp),
      gasLimit: 30_000_000n,
      feeRecipient: PREDEPLOYS.sequencerFeeVault,
      ...change,
    };
    const block = await executeStrictly(this.rules, this.#stores, this.head, transactions, input);
    if (!("invalid" in block)) await this.#keep(block);
    return block;
  }

  /** As `tryAdd` for a block that must be valid. */
  async add(
    timestamp: bigint,
    transactions: Uint8Array[] = [],
    change: Partial<BlockInput> = {},
  ): Promise<ExecutedBlock & { list: StoredReceipt[] }> {
    const block = await this.tryAdd(timestamp, transactions, change);
    if ("invalid" in block) throw new Error(block.invalid);
    return { ...block, list: block.receipts.receipts };
  }

  /** The head's state. */
  get state(): BlockState {
    return new BlockState(this.#stores.states, fromHex(this.head.stateRoot));
  }

  balance(address: Address): bigint {
    return this.state.readAccount(address)?.balance ?? 0n;
  }

  slot(address: Address, slot: Hash | bigint | number): bigint {
    const key = typeof slot === "string" ? slot : slotWord(slot);
    const value = this.state.readStorage(address, fromHex(key));
    return value.length === 0 ? 0n : BigInt(toHex(value));
  }
}
