import type { BeaconWithdrawal } from "../../protocol/types.js";
import { fromHex, type Hash, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { hashesBelow } from "../calls/hashesBelow.js";
import type { BlockTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockInput, ExecutedBlock } from "../execution/blockExecution.js";
import { EvmMachine } from "../execution/evmMachine.js";
import { ExecutedTxs, fieldsOf } from "../execution/executedTxs.js";
import type { Invalidity } from "../execution/executeTx.js";
import type { BlockEnv } from "../execution/runMessage.js";
import { HEADER_FIELDS, sealHeader, type UnsealedHeader, withdrawalItem } from "../header.js";
import { toStoredReceipt } from "../receipts.js";
import type { BlockRun, ExecutionStores } from "../rules.js";
import { BlockState } from "../state/blockState.js";
import { encodeRlp, joinRlpList } from "../state/rlp.js";
import { listRoot } from "../state/trie.js";
import type { BlockHeader, Log } from "../types.js";
import { blobBaseFee, GAS_PER_BLOB } from "./blobParams.js";
import { DAO_ACCOUNTS, DAO_REFUND_CONTRACT } from "./daoAccounts.js";
import { executeEthereumTx } from "./executeEthereumTx.js";
import type { ForkSchedule } from "./forkSchedule.js";
import { fieldCountOf } from "./gethGenesis.js";
import { excessBlobGasAfter, MAX_BLOCK_BYTES, nextEthereumBaseFee } from "./headerRules.js";
import { depositRequests, listRequests, requestsHash } from "./requests.js";
import { payRewards, payWithdrawals } from "./rewards.js";
import { callBeforeTransactions, readRequestQueues } from "./systemCalls.js";
import {
  type BlockGas,
  blobGasOf,
  findStatelessTxInvalidity,
  findTxInvalidity,
  type TxLimits,
} from "./txRules.js";

/** Room that is kept for the header and the heads of lists when a block is filled. */
const BLOCK_HEAD_BYTES = 2_048;

/** Root of the trie of withdrawals. Source: EIP-4895 */
export function withdrawalsRootOf(withdrawals: readonly BeaconWithdrawal[]): Hash {
  return toHex(listRoot(withdrawals.map((withdrawal) => encodeRlp(withdrawalItem(withdrawal)))));
}

/** What the EVM sees of a block on `parent`. */
export function ethereumEnv(
  schedule: ForkSchedule,
  parent: BlockHeader,
  input: BlockInput,
): { env: BlockEnv; excessBlobGas: bigint } {
  const difficulty = input.difficulty ?? 0n;
  const place = { number: parent.number + 1n, timestamp: input.timestamp, difficulty };
  const rules = schedule.rulesAt(place);
  const excessBlobGas = excessBlobGasAfter(schedule, parent, place);
  const params = rules.isCancun ? schedule.blobParamsAt(input.timestamp) : undefined;
  return {
    excessBlobGas,
    env: {
      ...place,
      gasLimit: input.gasLimit,
      baseFeePerGas: rules.isLondon ? nextEthereumBaseFee(schedule, parent) : 0n,
      prevRandao: fromHex(input.prevRandao),
      feeRecipient: input.feeRecipient ?? ZERO_ADDRESS,
      ...(params ? { blobBaseFee: blobBaseFee(excessBlobGas, params) } : {}),
    },
  };
}

/** A block of plain Ethereum while it is executed. */
export class EthereumRun implements BlockRun {
  readonly machine: EvmMachine;
  readonly #schedule: ForkSchedule;
  readonly #parent: BlockHeader;
  readonly #input: BlockInput;
  readonly #env: BlockEnv;
  readonly #limits: TxLimits;
  readonly #excessBlobGas: bigint;
  readonly #left: BlockGas;
  readonly #executed = new ExecutedTxs();
  #bytes: number;

  private constructor(
    machine: EvmMachine,
    schedule: ForkSchedule,
    parent: BlockHeader,
    input: BlockInput,
  ) {
    this.machine = machine;
    this.#schedule = schedule;
    this.#parent = parent;
    this.#input = input;
    const { env, excessBlobGas } = ethereumEnv(schedule, parent, input);
    this.#env = env;
    this.#excessBlobGas = excessBlobGas;
    const { rules } = machine;
    const maxBlobs = rules.isCancun ? (schedule.blobParamsAt(env.timestamp)?.max ?? 0n) : 0n;
    this.#limits = {
      chainId: schedule.config.chainId,
      rules,
      hasReplayProtection: schedule.hasReplayProtection(env.number),
      maxBlobs,
    };
    this.#left = { gas: input.gasLimit, blobGas: maxBlobs * GAS_PER_BLOB };
    const withdrawals = input.withdrawals ?? [];
    this.#bytes = BLOCK_HEAD_BYTES + encodeRlp(withdrawals.map(withdrawalItem)).length;
  }

  /** Starts on the state of `parent` with the system calls. Errors: ENGINE_STATE_MISSING. */
  static async begin(
    stores: ExecutionStores,
    schedule: ForkSchedule,
    parent: BlockHeader,
    input: BlockInput,
  ): Promise<EthereumRun> {
    const number = parent.number + 1n;
    const { timestamp, difficulty = 0n } = input;
    const fork = schedule.forkAt({ number, timestamp, difficulty });
    const { chainId } = schedule.config;
    const state = new BlockState(stores.states, fromHex(parent.stateRoot));
    const machine = await EvmMachine.create(
      { chainId, fork, provablePrecompiles: false, hasPlainPrecompiles: true },
      state,
      hashesBelow((hash) => stores.ancestors.getHeader(hash), { number, parentHash: parent.hash }),
    );
    const run = new EthereumRun(machine, schedule, parent, input);
    run.#forkTheDao();
    const { parentBeaconBlockRoot = ZERO_HASH } = input;
    await callBeforeTransactions(machine, run.#env, parent.hash, parentBeaconBlockRoot);
    return run;
  }

  #forkTheDao(): void {
    const { dao } = this.#schedule.config;
    if (!dao?.isSupported || dao.block !== this.#env.number) return;
    const { state } = this.machine;
    for (const address of DAO_ACCOUNTS) {
      const balance = state.readAccount(address)?.balance;
      if (balance === undefined) continue;
      state.addBalance(DAO_REFUND_CONTRACT, balance);
      state.writeAccount(address, { balance: 0n });
    }
    state.settle();
  }

  get baseFeePerGas(): bigint {
    return this.#env.baseFeePerGas;
  }

  get gasLeft(): bigint {
    return this.#left.gas;
  }

  fitsBatch(raw: Uint8Array): boolean {
    if (!this.machine.rules.isOsaka) return true;
    return this.#bytes + raw.length <= MAX_BLOCK_BYTES;
  }

  async add(tx: BlockTx): Promise<Invalidity | undefined> {
    if (tx.kind !== "signed") return { reason: "type 126 is not known", isForever: true };
    const { state, rules } = this.machine;
    const invalidity =
      findStatelessTxInvalidity(tx, this.#limits) ??
      findTxInvalidity(state, this.#env, this.#left, tx, rules);
    if (invalidity) return invalidity;
    const receipt = toStoredReceipt(tx, await executeEthereumTx(this.machine, this.#env, tx));
    if (!rules.isByzantium) receipt.postState = toHex(state.intermediateRoot());
    if (tx.type === 3) {
      receipt.blobGasUsed = blobGasOf(tx);
      receipt.blobGasPrice = this.#env.blobBaseFee ?? 0n;
      this.#left.blobGas -= receipt.blobGasUsed;
    }
    this.#left.gas -= receipt.gasUsed;
    this.#bytes += tx.raw.length + 4;
    this.#executed.add(tx, receipt);
    return undefined;
  }

  *#logs(): Generator<Log> {
    for (const { logs } of this.#executed.receipts) yield* logs;
  }

  async seal(): Promise<ExecutedBlock> {
    const requests = await this.#endOfBlock();
    const { state, rules } = this.machine;
    this.machine.release();
    const { root, operations, records } = state.seal();
    const { transactions, transactionHashes, fields } = this.#executed.sumUp();
    const { ommers = [], withdrawals = [], difficulty = 0n, nonce } = this.#input;
    const fieldCount = fieldCountOf(rules);
    const maxBlobGas = this.#limits.maxBlobs * GAS_PER_BLOB;
    const unsealed: UnsealedHeader = {
      ...fieldsOf(this.#parent, this.#env),
      ...fields,
      stateRoot: toHex(root),
      extraData: this.#input.extraData ?? new Uint8Array(),
      withdrawalsRoot: rules.isShanghai ? withdrawalsRootOf(withdrawals) : ZERO_HASH,
      blobGasUsed: maxBlobGas - this.#left.blobGas,
      excessBlobGas: this.#excessBlobGas,
      parentBeaconBlockRoot: rules.isCancun ? this.#input.parentBeaconBlockRoot : ZERO_HASH,
      requestsHash: rules.isPrague ? requestsHash(requests) : ZERO_HASH,
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
      ...(difficulty > 0n ? { difficulty } : {}),
      ...(nonce === undefined ? {} : { nonce }),
      ...(ommers.length > 0 ? { ommersHash: ommersHashOf(ommers) } : {}),
    };
    const { header, rlp } = sealHeader(unsealed, { transactions, ommers, withdrawals });
    if (rules.isOsaka && header.sizeBytes > MAX_BLOCK_BYTES) {
      throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "block size" });
    }
    return {
      header,
      headerRlp: rlp,
      transactions,
      transactionHashes,
      ...(ommers.length > 0 ? { ommers } : {}),
      ...(rules.isShanghai ? { withdrawals } : {}),
      ...(rules.isPrague ? { executionRequests: requests } : {}),
      receipts: { l1: null, receipts: this.#executed.receipts },
      stateOperations: operations,
      stateRecords: records,
    };
  }

  /** What happens after the last transaction. Returns the requests. Errors: ENGINE_INVALID_BLOCK. */
  async #endOfBlock(): Promise<Uint8Array[]> {
    const { state, rules } = this.machine;
    const { withdrawals = [], ommers = [] } = this.#input;
    const { number, feeRecipient } = this.#env;
    if (!rules.isParis) payRewards(state, rules, { number, feeRecipient, ommers });
    if (rules.isShanghai) payWithdrawals(state, withdrawals);
    if (!rules.isPrague) return [];
    const deposits = depositRequests(this.#logs(), this.#schedule.config.depositContract);
    const queues = await readRequestQueues(this.machine, this.#env);
    return listRequests([deposits, queues.withdrawals, queues.consolidations]);
  }
}

/** What a header says of its ommers. Shapes: RLP of each ommer's header. */
export function ommersHashOf(ommers: readonly Uint8Array[]): Hash {
  return keccakHex(joinRlpList(ommers));
}
