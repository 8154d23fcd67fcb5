import type {
  BeaconWithdrawal,
  ExecutionPayload,
  PayloadAttributes,
} from "../../protocol/types.js";
import { hasCode } from "../../util/errors.js";
import { toHex, ZERO_HASH } from "../../util/hex.js";
import { payloadHeader } from "../chain/payloadCheck.js";
import type { SignedTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockInput } from "../execution/blockExecution.js";
import type { EvmRules } from "../execution/evmMachine.js";
import type { Invalidity } from "../execution/executeTx.js";
import { FORKS, type Fork } from "../execution/forks.js";
import type { ForkConfigs } from "../forkConfig.js";
import { EMPTY_OMMERS_HASH, HEADER_FIELDS } from "../header.js";
import type { Ancestors, BlockRun, ChainRules, ExecutionStores } from "../rules.js";
import type { SimulationRules } from "../simulate/simulationRules.js";
import { listRoot } from "../state/trie.js";
import type { Block, BlockHeader } from "../types.js";
import { blobBaseFee } from "./blobParams.js";
import { ethereumForkConfigs } from "./ethereumForkConfigs.js";
import { EthereumRun, ommersHashOf, withdrawalsRootOf } from "./ethereumRun.js";
import { ethereumSimulation } from "./ethereumSimulation.js";
import { type EthereumConfig, ForkSchedule } from "./forkSchedule.js";
import { fieldCountOf } from "./gethGenesis.js";
import { findHeaderProblem, MAX_BLOCK_BYTES, nextEthereumBaseFee, placeOf } from "./headerRules.js";
import { findOmmerProblem } from "./ommers.js";
import { requestsHash } from "./requests.js";
import { TotalDifficulty } from "./totalDifficulty.js";
import { findStatelessTxInvalidity } from "./txRules.js";

const MIN_GAS_LIMIT = 5_000n;
const GAS_LIMIT_DIVISOR = 1_024n;

/** Rules of plain Ethereum with all its forks. */
export class EthereumRules implements ChainRules {
  readonly chainId: number;
  readonly schedule: ForkSchedule;
  readonly simulation: SimulationRules;
  readonly #evm: ReadonlyMap<Fork, EvmRules>;
  readonly #totals = new TotalDifficulty();
  /** A payload is asked for its hash first, then checked; hashing its lists takes time. */
  readonly #payloadHeaders = new WeakMap<ExecutionPayload, BlockHeader>();

  constructor(config: EthereumConfig) {
    const { chainId } = config;
    this.chainId = chainId;
    this.schedule = new ForkSchedule(config);
    this.simulation = ethereumSimulation(this.schedule);
    const base = { chainId, provablePrecompiles: false, hasPlainPrecompiles: true };
    this.#evm = new Map(FORKS.map((fork) => [fork, { ...base, fork }]));
  }

  evmAt({
    number,
    timestamp,
    difficulty,
  }: Parameters<ChainRules["evmAt"]>[0] & {
    difficulty?: bigint;
  }): EvmRules {
    // Only a mined block says so; of others the schedule knows.
    const place = { number, timestamp, ...(difficulty ? { difficulty } : {}) };
    return this.#evm.get(this.schedule.forkAt(place)) as EvmRules;
  }

  /** Zero if the block after `parent` is one of before London. */
  nextBaseFee(parent: BlockHeader): bigint {
    const place = { number: parent.number + 1n, timestamp: parent.timestamp + 1n };
    const difficulty = parent.difficulty ? { difficulty: parent.difficulty } : {};
    const { isLondon } = this.schedule.rulesAt({ ...place, ...difficulty });
    return isLondon ? nextEthereumBaseFee(this.schedule, parent) : 0n;
  }

  /** Price of blob gas in a block, in wei; zero before Cancun. */
  blobBaseFee({ timestamp, excessBlobGas }: BlockHeader): bigint {
    const params = this.schedule.blobParamsAt(timestamp);
    return params ? blobBaseFee(excessBlobGas, params) : 0n;
  }

  forkConfigs(genesis: BlockHeader, head: BlockHeader): ForkConfigs {
    return ethereumForkConfigs(this.schedule, genesis, head);
  }

  inputOf({ header, ommers, withdrawals }: Block): BlockInput {
    return {
      timestamp: header.timestamp,
      prevRandao: header.prevRandao,
      parentBeaconBlockRoot: header.parentBeaconBlockRoot,
      gasLimit: header.gasLimit,
      feeRecipient: header.feeRecipient,
      extraData: header.extraData,
      ...(header.difficulty ? { difficulty: header.difficulty } : {}),
      ...(header.nonce === undefined ? {} : { nonce: header.nonce }),
      ...(ommers ? { ommers } : {}),
      ...(withdrawals ? { withdrawals } : {}),
    };
  }

  /** `gasLimit` is the one to move towards, as far as one block may; zero: the parent's. */
  checkAttributes(parent: BlockHeader, attributes: PayloadAttributes): BlockInput {
    const refuse = (reason: string): never => {
      throw new EngineError("ENGINE_BAD_ATTRIBUTES", { reason });
    };
    const { timestamp, prevRandao, parentBeaconBlockRoot, withdrawals } = attributes;
    if (timestamp <= parent.timestamp) refuse("timestamp not after the parent's");
    const number = parent.number + 1n;
    const rules = this.schedule.rulesAt({ number, timestamp, difficulty: 0n });
    if (rules.isShanghai !== (withdrawals !== undefined)) refuse("withdrawals");
    return {
      timestamp,
      prevRandao,
      parentBeaconBlockRoot: rules.isCancun ? parentBeaconBlockRoot : ZERO_HASH,
      gasLimit: gasLimitTowards(parent.gasLimit, attributes.gasLimit),
      feeRecipient: attributes.suggestedFeeRecipient,
      extraData: new Uint8Array(),
      ...(withdrawals ? { withdrawals } : {}),
    };
  }

  checkPayload(payload: ExecutionPayload, parent: BlockHeader): BlockInput | { invalid: string } {
    const header = this.payloadHeader(payload);
    return this.#check({ header, ...listsOf(payload) }, parent);
  }

  payloadHeader(payload: ExecutionPayload): BlockHeader {
    const known = this.#payloadHeaders.get(payload);
    if (known) return known;
    const header = this.#makePayloadHeader(payload);
    this.#payloadHeaders.set(payload, header);
    return header;
  }

  #makePayloadHeader(payload: ExecutionPayload): BlockHeader {
    const { blockNumber: number, timestamp, withdrawals } = payload;
    const rules = this.schedule.rulesAt({ number, timestamp, difficulty: 0n });
    const fieldCount = fieldCountOf(rules);
    const { fieldCount: _, ...fields } = payload;
    const own = {
      ...fields,
      withdrawalsRoot: rules.isShanghai ? withdrawalsRootOf(withdrawals ?? []) : ZERO_HASH,
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    };
    return payloadHeader(
      own,
      rules.isPrague ? requestsHash(payload.executionRequests ?? []) : ZERO_HASH,
    );
  }

  checkBlock(
    block: Block,
    parent: BlockHeader,
    ancestors: Ancestors,
  ): BlockInput | { invalid: string } {
    const { header, transactions, ommers = [], withdrawals } = block;
    const ommersHash = ommers.length === 0 ? EMPTY_OMMERS_HASH : ommersHashOf(ommers);
    if ((header.ommersHash ?? EMPTY_OMMERS_HASH) !== ommersHash) return { invalid: "ommers hash" };
    if (toHex(listRoot(transactions)) !== header.transactionsRoot) {
      return { invalid: "transactions root" };
    }
    if (withdrawals && withdrawalsRootOf(withdrawals) !== header.withdrawalsRoot) {
      return { invalid: "withdrawals root" };
    }
    const checked = this.#check(block, parent);
    if ("invalid" in checked) return checked;
    const problem =
      this.#mergeProblem(header, parent, ancestors) ?? this.#ommerProblem(block, parent, ancestors);
    return problem === undefined ? checked : { invalid: problem };
  }

  #ommerProblem({ ommers }: Block, parent: BlockHeader, ancestors: Ancestors): string | undefined {
    try {
      return findOmmerProblem(ommers ?? [], parent, ancestors, (ommer, ommerParent) =>
        findHeaderProblem(this.schedule, ommer, ommerParent),
      );
    } catch (error) {
      if (hasCode(error, "ENGINE_BAD_ENCODING")) {
        return "ommer: encoding";
      }
      throw error;
    }
  }

  /** Proof of work ends with the first block that reaches the terminal total difficulty. */
  #mergeProblem(
    { difficulty = 0n }: BlockHeader,
    parent: BlockHeader,
    ancestors: Ancestors,
  ): string | undefined {
    const { terminalTotalDifficulty } = this.schedule.config;
    const isMined = difficulty > 0n;
    if (terminalTotalDifficulty === undefined || (!isMined && !parent.difficulty)) return undefined;
    const total = this.#totals.of(parent, ancestors);
    if (total === undefined) return undefined;
    const isOver = total >= terminalTotalDifficulty;
    if (isMined) return isOver ? "proof of work above the terminal total difficulty" : undefined;
    return isOver ? undefined : "proof of stake below the terminal total difficulty";
  }

  #check(block: Block, parent: BlockHeader): BlockInput | { invalid: string } {
    const { header } = block;
    const invalid = findHeaderProblem(this.schedule, header, parent);
    if (invalid !== undefined) return { invalid };
    const { isOsaka } = this.schedule.rulesAt(placeOf(header));
    if (isOsaka && header.sizeBytes > MAX_BLOCK_BYTES) return { invalid: "block size" };
    return this.inputOf(block);
  }

  begin(stores: ExecutionStores, parent: BlockHeader, input: BlockInput): Promise<BlockRun> {
    return EthereumRun.begin(stores, this.schedule, parent, input);
  }

  /** By the fork of `head`, as geth does: the time of the next block is not known. */
  findPoolProblem(tx: SignedTx, head: BlockHeader): Invalidity | undefined {
    const { number, timestamp } = head;
    const rules = this.schedule.rulesAt(placeOf(head));
    return findStatelessTxInvalidity(tx, {
      chainId: this.chainId,
      rules,
      hasReplayProtection: this.schedule.hasReplayProtection(number + 1n),
      maxBlobs: rules.isCancun ? (this.schedule.blobParamsAt(timestamp)?.max ?? 0n) : 0n,
    });
  }

  /** Gas is all that transactions pay. */
  poolCosts(): null {
    return null;
  }
}

function listsOf({ transactions, withdrawals }: ExecutionPayload): Omit<Block, "header"> {
  const lists: { withdrawals?: BeaconWithdrawal[] } = withdrawals ? { withdrawals } : {};
  return { transactions, transactionHashes: [], ...lists };
}

/** Gas limit as near to the wanted one as a block on a parent with this gas limit may have. */
function gasLimitTowards(before: bigint, wanted: bigint): bigint {
  if (wanted === 0n) return before;
  const most = before / GAS_LIMIT_DIVISOR - 1n;
  const low = before - most > MIN_GAS_LIMIT ? before - most : MIN_GAS_LIMIT;
  if (wanted < low) return low;
  return wanted > before + most ? before + most : wanted;
}
