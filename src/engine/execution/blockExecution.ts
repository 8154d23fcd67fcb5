import {
  type BeaconWithdrawal,
  encodeExtraData,
  MAX_BATCH_BLOCK_BYTES,
  nextBaseFee,
  type PayloadAttributes,
  PREDEPLOYS,
  SYSTEM_CONTRACTS,
} from "../../protocol/index.js";
import type { StoreOperation } from "../../storage/types.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";
import type { BlockTx, SignedTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import { EMPTY_REQUESTS_HASH, sealHeader } from "../header.js";
import { type BlockReceipts, toStoredReceipt } from "../receipts.js";
import type { BlockRun } from "../rules.js";
import { BlockState } from "../state/blockState.js";
import type { StateStore } from "../state/stateStore.js";
import type { BlockHeader } from "../types.js";
import { EvmMachine, type EvmRules, HISTORY_LENGTH, slotOf } from "./evmMachine.js";
import { ExecutedTxs, fieldsOf } from "./executedTxs.js";
import {
  executeDeposit,
  executeSigned,
  findInvalidity,
  findStatelessInvalidity,
  type Invalidity,
} from "./executeTx.js";
import { type L1FeeParams, readL1FeeParams, rollupCosts } from "./fees.js";
import type { BlockEnv } from "./runMessage.js";

/** A block with everything that follows from executing it. */
export interface ExecutedBlock {
  header: BlockHeader;
  headerRlp: Uint8Array;
  transactions: Uint8Array[];
  transactionHashes: Hash[];
  /** Plain Ethereum only: RLP of each ommer's header. Absent: none. */
  ommers?: Uint8Array[];
  /** Plain Ethereum only: from Shanghai on. */
  withdrawals?: BeaconWithdrawal[];
  /** Plain Ethereum only: from Prague on, each with its type byte first. Known only right after execution; not stored. */
  executionRequests?: Uint8Array[];
  receipts: BlockReceipts;
  /** Trie nodes and codes to store. */
  stateOperations: StoreOperation[];
  /** What the block changes in the flat state of its parent. Absent: to be found from the tries. */
  stateRecords?: StoreOperation[] | undefined;
}

/** What a block is told, beside its transactions. */
export interface BlockInput
  extends Pick<
    PayloadAttributes,
    "timestamp" | "prevRandao" | "parentBeaconBlockRoot" | "gasLimit"
  > {
  /** OP chains from Holocene on. */
  eip1559Params?: PayloadAttributes["eip1559Params"];
  /** OP chains from Jovian on. Units: wei. */
  minBaseFee?: bigint;
  /** Everywhere but on the L2, where it is the sequencer's vault. */
  feeRecipient?: Address;
  /** Plain Ethereum only. */
  extraData?: Uint8Array;
  /** Before the merge only. */
  difficulty?: bigint;
  /** Before the merge only. Shapes: 8 bytes. */
  nonce?: Hex;
  /** Before the merge only: RLP of each ommer's header. */
  ommers?: Uint8Array[];
  /** Plain Ethereum from Shanghai on. */
  withdrawals?: BeaconWithdrawal[];
}

/** Size of a batch block without hints and transactions, and what each of them adds. Source: docs/protocol/batch.md */
const BATCH_BLOCK_HEAD = 10;
const BATCH_HINT = 4;
const BATCH_TX_HEAD = 3;

/** A block while it is executed, transaction by transaction. Source: docs/protocol/execution.md#block */
export class BlockExecution implements BlockRun {
  readonly machine: EvmMachine;
  readonly #rules: EvmRules;
  readonly #parent: BlockHeader;
  readonly #input: BlockInput;
  readonly #env: BlockEnv;
  readonly #executed = new ExecutedTxs();
  #l1: L1FeeParams | undefined;
  #daFootprint = 0n;
  #batchBytes = BATCH_BLOCK_HEAD;

  private constructor(
    machine: EvmMachine,
    rules: EvmRules,
    parent: BlockHeader,
    input: BlockInput,
  ) {
    this.machine = machine;
    this.#rules = rules;
    this.#parent = parent;
    this.#input = input;
    this.#env = {
      number: parent.number + 1n,
      timestamp: input.timestamp,
      gasLimit: input.gasLimit,
      baseFeePerGas: nextBaseFee(parent),
      prevRandao: fromHex(input.prevRandao),
      feeRecipient: PREDEPLOYS.sequencerFeeVault,
    };
  }

  /** Starts on the state of `parent` with the system calls. Errors: ENGINE_STATE_MISSING. */
  static async begin(
    states: StateStore,
    rules: EvmRules,
    parent: BlockHeader,
    input: BlockInput,
  ): Promise<BlockExecution> {
    const state = new BlockState(states, fromHex(parent.stateRoot));
    const machine = await EvmMachine.create(rules, state);
    const execution = new BlockExecution(machine, rules, parent, input);
    execution.#systemCalls();
    return execution;
  }

  /** What EIP-4788 and EIP-2935 write; their contracts do nothing else when the system calls them. */
  #systemCalls(): void {
    const { state } = this.machine;
    const { timestamp, parentBeaconBlockRoot } = this.#input;
    const ring = timestamp % HISTORY_LENGTH;
    const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
    if (state.readAccount(beaconRoots)) {
      const time = fromHex(`0x${timestamp.toString(16).padStart(64, "0")}`);
      state.writeStorage(beaconRoots, slotOf(ring), time);
      state.writeStorage(
        beaconRoots,
        slotOf(ring + HISTORY_LENGTH),
        fromHex(parentBeaconBlockRoot),
      );
    }
    if (state.readAccount(blockHashHistory)) {
      const slot = slotOf(this.#parent.number % HISTORY_LENGTH);
      state.writeStorage(blockHashHistory, slot, fromHex(this.#parent.hash));
    }
    state.settle();
  }

  get baseFeePerGas(): bigint {
    return this.#env.baseFeePerGas;
  }

  /** Gas that is left. */
  get gasLeft(): bigint {
    return this.#input.gasLimit - this.#executed.gasUsed;
  }

  /** True if the batch block would still be of an allowed size with this transaction. */
  fitsBatch(raw: Uint8Array): boolean {
    return this.#batchBytes + BATCH_TX_HEAD + raw.length <= MAX_BATCH_BLOCK_BYTES;
  }

  /**
   * Executes the next transaction. Returns why it was left out, if it is not valid where it stands; then nothing has changed.
   * Errors: ENGINE_INVALID_BLOCK if deposits ask for more gas than the block has.
   */
  async add(tx: BlockTx): Promise<Invalidity | undefined> {
    if (tx.kind === "signed") return this.#addSigned(tx);
    if (tx.isSystemTx) return { reason: "system transaction", isForever: true };
    if (tx.gasLimit > this.gasLeft) {
      throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "deposits above the gas limit" });
    }
    const outcome = await executeDeposit(this.machine, this.#env, tx);
    this.#executed.add(tx, toStoredReceipt(tx, outcome));
    // The attributes transaction is no deposit of a batch, so it has no hint.
    if (this.#executed.count > 1) this.#batchBytes += BATCH_HINT;
    return undefined;
  }

  async #addSigned(tx: SignedTx): Promise<Invalidity | undefined> {
    const l1 = this.#l1Params();
    const costs = rollupCosts(tx.raw, l1);
    const room = { gas: this.gasLeft, daFootprint: this.#input.gasLimit - this.#daFootprint };
    const invalidity =
      findStatelessInvalidity(tx, this.#rules.chainId) ??
      findInvalidity(this.machine.state, this.#env, room, tx, costs, l1);
    if (invalidity) return invalidity;
    const outcome = await executeSigned(this.machine, this.#env, tx, costs, l1);
    this.#executed.add(tx, toStoredReceipt(tx, outcome));
    this.#daFootprint += costs.daFootprint;
    this.#batchBytes += BATCH_TX_HEAD + tx.raw.length;
    return undefined;
  }

  /** Read once, after the first transaction has set them. */
  #l1Params(): L1FeeParams {
    this.#l1 ??= readL1FeeParams(this.machine.state);
    return this.#l1;
  }

  /** Closes the block; nothing can be added after it. */
  async seal(): Promise<ExecutedBlock> {
    const l1 = this.#l1Params();
    const { state } = this.machine;
    this.machine.release();
    const { root, operations, records } = state.seal();
    const { transactions, transactionHashes, fields } = this.#executed.sumUp();
    const { eip1559Params, minBaseFee } = this.#input;
    if (!eip1559Params || minBaseFee === undefined) {
      throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "EIP-1559 parameters" });
    }
    const { header, rlp } = sealHeader(
      {
        ...fieldsOf(this.#parent, this.#env),
        ...fields,
        stateRoot: toHex(root),
        extraData: encodeExtraData({ ...eip1559Params, minBaseFee }),
        withdrawalsRoot: toHex(state.storageRoot(PREDEPLOYS.l2ToL1MessagePasser)),
        blobGasUsed: this.#daFootprint,
        excessBlobGas: 0n,
        parentBeaconBlockRoot: this.#input.parentBeaconBlockRoot,
        requestsHash: EMPTY_REQUESTS_HASH,
      },
      { transactions },
    );
    return {
      header,
      headerRlp: rlp,
      transactions,
      transactionHashes,
      receipts: { l1, receipts: this.#executed.receipts },
      stateOperations: operations,
      stateRecords: records,
    };
  }
}
