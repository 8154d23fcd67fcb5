import {
  isOpAtLeast,
  MAX_BATCH_BLOCK_BYTES,
  type OpFork,
  opForksStarting,
  PREDEPLOYS,
  SYSTEM_CONTRACTS,
} from "../../protocol/index.js";
import { type Address, fromHex, type Hash, toHex, ZERO_HASH } from "../../util/hex.js";
import type { BlockTx, DepositMessage, SignedTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockInput, ExecutedBlock } from "../execution/blockExecution.js";
import { EvmMachine, type EvmRules, HISTORY_LENGTH, slotOf } from "../execution/evmMachine.js";
import { ExecutedTxs, fieldsOf } from "../execution/executedTxs.js";
import {
  executeDeposit,
  executeSigned,
  findInvalidity,
  type Invalidity,
} from "../execution/executeTx.js";
import { type L1FeeParams, rollupCosts } from "../execution/fees.js";
import type { BlockEnv } from "../execution/runMessage.js";
import { EMPTY_REQUESTS_HASH, HEADER_FIELDS, sealHeader, type UnsealedHeader } from "../header.js";
import { toStoredReceipt } from "../receipts.js";
import type { BlockRun, ExecutionStores } from "../rules.js";
import { BlockState } from "../state/blockState.js";
import { EMPTY_TRIE_ROOT } from "../state/trie.js";
import type { BlockHeader } from "../types.js";
import { ancestorHashes } from "./ancestorHashes.js";
import { CREATE2_DEPLOYER, CREATE2_DEPLOYER_CODE } from "./create2Deployer.js";
import type { OpChainConfig } from "./opConfig.js";
import { readOpFeeParams } from "./opFeeParams.js";
import { configuredFees, opBaseFee, opExtraData, opFieldCount } from "./opHeaders.js";
import { findOpStatelessInvalidity } from "./opValidity.js";

/** What a block of an OP chain is executed by. */
export interface OpBlockRules {
  config: OpChainConfig;
  fork: OpFork;
  evm: EvmRules;
}

const EMPTY_ROOT_HASH: Hash = toHex(EMPTY_TRIE_ROOT);

/** A block of an OP chain of any fork while it is executed. Source: docs/protocol/op-chains.md */
export class OpBlockExecution implements BlockRun {
  readonly machine: EvmMachine;
  readonly #rules: OpBlockRules;
  readonly #parent: BlockHeader;
  readonly #input: BlockInput;
  readonly #env: BlockEnv;
  readonly #executed = new ExecutedTxs();
  #l1: L1FeeParams | undefined;
  #daFootprint = 0n;
  #bytes = 0;

  private constructor(
    machine: EvmMachine,
    rules: OpBlockRules,
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
      baseFeePerGas: opBaseFee(rules.config, parent, input.timestamp),
      prevRandao: fromHex(input.prevRandao),
      feeRecipient: input.feeRecipient ?? PREDEPLOYS.sequencerFeeVault,
    };
  }

  /** Starts on the state of `parent` with what the system does first. Errors: ENGINE_STATE_MISSING, ENGINE_INVALID_BLOCK. */
  static async begin(
    { states, ancestors }: ExecutionStores,
    rules: OpBlockRules,
    parent: BlockHeader,
    input: BlockInput,
  ): Promise<OpBlockExecution> {
    const state = new BlockState(states, fromHex(parent.stateRoot));
    const machine = await EvmMachine.create(rules.evm, state, ancestorHashes(parent, ancestors));
    const execution = new OpBlockExecution(machine, rules, parent, input);
    execution.#startBlock();
    return execution;
  }

  #has(fork: OpFork): boolean {
    return isOpAtLeast(this.#rules.fork, fork);
  }

  /** What EIP-4788's and EIP-2935's contracts write once they are deployed, and the code that Canyon's first block gets. */
  #startBlock(): void {
    const { state } = this.machine;
    const { timestamp, parentBeaconBlockRoot } = this.#input;
    const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
    const write = (contract: Address, slot: bigint, hex: string): void =>
      state.writeStorage(contract, slotOf(slot), fromHex(hex));
    if (this.#has("ecotone") && state.readCode(beaconRoots).length > 0) {
      const ring = timestamp % HISTORY_LENGTH;
      write(beaconRoots, ring, `0x${timestamp.toString(16).padStart(64, "0")}`);
      write(beaconRoots, ring + HISTORY_LENGTH, parentBeaconBlockRoot);
    }
    if (this.#has("isthmus") && state.readCode(blockHashHistory).length > 0) {
      write(blockHashHistory, this.#parent.number % HISTORY_LENGTH, this.#parent.hash);
    }
    const { schedule } = this.#rules.config;
    if (opForksStarting(schedule, this.#parent.timestamp, timestamp).includes("canyon")) {
      state.writeCode(CREATE2_DEPLOYER, fromHex(CREATE2_DEPLOYER_CODE));
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

  /** True if the block would still be of a size that a batch can hold with this transaction. */
  fitsBatch(raw: Uint8Array): boolean {
    return this.#bytes + raw.length <= MAX_BATCH_BLOCK_BYTES;
  }

  /**
   * Executes the next transaction. Returns why it was left out, if it is not valid where it stands; then nothing has changed.
   * Errors: ENGINE_INVALID_BLOCK if deposits ask for more gas than the block has.
   */
  async add(tx: BlockTx): Promise<Invalidity | undefined> {
    return tx.kind === "signed" ? this.#addSigned(tx) : this.#addDeposit(tx);
  }

  async #addDeposit(tx: DepositMessage): Promise<undefined> {
    const isRegolith = this.#has("regolith");
    const takesGas = isRegolith || !tx.isSystemTx;
    if (takesGas && tx.gasLimit > this.gasLeft) {
      throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "deposits above the gas limit" });
    }
    const outcome = await executeDeposit(this.machine, this.#env, tx, isRegolith);
    const receipt = toStoredReceipt(tx, outcome);
    this.#executed.add(
      tx,
      this.#has("canyon") ? receipt : { ...receipt, depositReceiptVersion: null },
    );
  }

  async #addSigned(tx: SignedTx): Promise<Invalidity | undefined> {
    const { machine } = this;
    const l1 = this.#l1Params();
    const costs = rollupCosts(tx.raw, l1);
    const room = { gas: this.gasLeft, daFootprint: this.#input.gasLimit - this.#daFootprint };
    const invalidity =
      findOpStatelessInvalidity(tx, this.#rules.config.chainId, machine.rules) ??
      findInvalidity(machine.state, this.#env, room, tx, costs, l1);
    if (invalidity) return invalidity;
    const outcome = await executeSigned(machine, this.#env, tx, costs, l1);
    this.#executed.add(tx, toStoredReceipt(tx, outcome));
    this.#daFootprint += costs.daFootprint;
    this.#bytes += tx.raw.length;
    return undefined;
  }

  /** Read once, after the deposits at the start of the block have set them. */
  #l1Params(): L1FeeParams {
    this.#l1 ??= readOpFeeParams(this.machine.state, this.#rules.fork);
    return this.#l1;
  }

  /** Closes the block; nothing can be added after it. Errors: ENGINE_INVALID_BLOCK. */
  async seal(): Promise<ExecutedBlock> {
    // The first transaction of a live chain's block writes what is read here, so that a witness has it.
    const l1 = this.#l1Params();
    const { state } = this.machine;
    this.machine.release();
    const { root, operations, records } = state.seal();
    const { transactions, transactionHashes, fields } = this.#executed.sumUp();
    const { header, rlp } = sealHeader(
      {
        ...fieldsOf(this.#parent, this.#env),
        ...fields,
        ...this.#fieldsOfFork(state),
        stateRoot: toHex(root),
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

  #fieldsOfFork(
    state: BlockState,
  ): Pick<
    UnsealedHeader,
    | "extraData"
    | "withdrawalsRoot"
    | "blobGasUsed"
    | "excessBlobGas"
    | "parentBeaconBlockRoot"
    | "requestsHash"
    | "fieldCount"
  > {
    const { fork, config } = this.#rules;
    const { eip1559Params, minBaseFee = 0n, extraData } = this.#input;
    const fieldCount = opFieldCount(fork);
    const fees = { ...configuredFees(config, fork), ...eip1559Params, minBaseFee };
    const isIsthmus = this.#has("isthmus");
    const withdrawalsRoot = isIsthmus
      ? toHex(state.storageRoot(PREDEPLOYS.l2ToL1MessagePasser))
      : EMPTY_ROOT_HASH;
    return {
      extraData: this.#has("holocene") || !extraData ? opExtraData(fork, fees) : extraData,
      withdrawalsRoot: this.#has("canyon") ? withdrawalsRoot : ZERO_HASH,
      blobGasUsed: this.#has("jovian") ? this.#daFootprint : 0n,
      excessBlobGas: 0n,
      parentBeaconBlockRoot: this.#has("ecotone") ? this.#input.parentBeaconBlockRoot : ZERO_HASH,
      requestsHash: isIsthmus ? EMPTY_REQUESTS_HASH : ZERO_HASH,
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    };
  }
}
