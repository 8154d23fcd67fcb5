import { Hardfork } from "@ethereumjs/common";
import {
  type ExecutionPayload,
  isOpActive,
  isOpAtLeast,
  l1ForkOf,
  type OpFork,
  type OpL1Fork,
  type OpSchedule,
  opForkAt,
  type PayloadAttributes,
} from "../../protocol/index.js";
import { toHex, ZERO_HASH } from "../../util/hex.js";
import { findBodyMismatch } from "../blockCodec.js";
import { payloadHeader } from "../chain/payloadCheck.js";
import type { SignedTx } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockInput } from "../execution/blockExecution.js";
import type { EvmRules } from "../execution/evmMachine.js";
import type { Invalidity } from "../execution/executeTx.js";
import { operatorFeeOf, rollupCosts } from "../execution/fees.js";
import { type Fork, forkRules } from "../execution/forks.js";
import { EMPTY_REQUESTS_HASH, HEADER_FIELDS } from "../header.js";
import type { BlockReceipts } from "../receipts.js";
import type { BlockRun, ChainRules, ExecutionStores, PoolCosts } from "../rules.js";
import { EMPTY_TRIE_ROOT } from "../state/trie.js";
import type { Block, BlockHeader } from "../types.js";
import { OpBlockExecution } from "./opBlockExecution.js";
import type { OpChainConfig } from "./opConfig.js";
import { configuredFees, decodeOpExtraData, opBaseFee, opFieldCount } from "./opHeaders.js";
import { findOpStatelessInvalidity } from "./opValidity.js";

const EVM_FORKS: Readonly<Record<OpL1Fork, Fork>> = {
  paris: Hardfork.Paris,
  shanghai: Hardfork.Shanghai,
  cancun: Hardfork.Cancun,
  prague: Hardfork.Prague,
  osaka: Hardfork.Osaka,
};
const MIN_GAS_LIMIT = 5_000n;
const MAX_EXTRA_DATA_BYTES = 32;
/** Seconds between blocks where nobody says otherwise; matters for the base fee of Canyon's first block only. */
const USUAL_BLOCK_TIME = 2n;

/** What a header says that can be checked without executing its block. */
type CheckedFields = Pick<
  BlockHeader,
  | "number"
  | "timestamp"
  | "extraData"
  | "gasLimit"
  | "excessBlobGas"
  | "blobGasUsed"
  | "baseFeePerGas"
  | "prevRandao"
  | "feeRecipient"
  | "parentBeaconBlockRoot"
>;

/** Rules of a standard OP chain from Bedrock to Karst's EVM. Source: docs/protocol/op-chains.md */
export class OpStackRules implements ChainRules {
  readonly chainId: number;
  readonly config: OpChainConfig;
  readonly #evms = new Map<OpFork, EvmRules>();

  constructor(config: OpChainConfig) {
    this.chainId = config.chainId;
    this.config = config;
  }

  /** Which fork each block of the chain has. */
  get schedule(): OpSchedule {
    return this.config.schedule;
  }

  /** Fork of a block of this time. */
  forkAt(timestamp: bigint): OpFork {
    return opForkAt(this.config.schedule, timestamp);
  }

  evmAt({ timestamp }: { timestamp: bigint }): EvmRules {
    return this.#evmOf(this.forkAt(timestamp));
  }

  #evmOf(opFork: OpFork): EvmRules {
    let rules = this.#evms.get(opFork);
    if (!rules) {
      const fork = EVM_FORKS[l1ForkOf(opFork)];
      rules = { chainId: this.chainId, provablePrecompiles: false, fork, opFork };
      this.#evms.set(opFork, rules);
    }
    return rules;
  }

  nextBaseFee(parent: BlockHeader, timestamp = parent.timestamp + USUAL_BLOCK_TIME): bigint {
    return opBaseFee(this.config, parent, timestamp);
  }

  inputOf({ header }: Block): BlockInput {
    const { timestamp, prevRandao, parentBeaconBlockRoot, gasLimit, feeRecipient } = header;
    const input = { timestamp, prevRandao, parentBeaconBlockRoot, gasLimit, feeRecipient };
    const fork = this.forkAt(timestamp);
    if (!isOpAtLeast(fork, "holocene")) return { ...input, extraData: header.extraData };
    const fees = decodeOpExtraData(fork, header.extraData);
    if (!fees) throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "extraData" });
    const { minBaseFee, ...eip1559Params } = fees;
    return { ...input, eip1559Params, minBaseFee };
  }

  checkAttributes(parent: BlockHeader, attributes: PayloadAttributes): BlockInput {
    const refuse = (reason: string): never => {
      throw new EngineError("ENGINE_BAD_ATTRIBUTES", { reason });
    };
    const { timestamp, prevRandao, gasLimit, suggestedFeeRecipient: feeRecipient } = attributes;
    if (timestamp <= parent.timestamp) refuse("timestamp not after the parent's");
    if (gasLimit < MIN_GAS_LIMIT) refuse("gas limit");
    if (attributes.withdrawals && attributes.withdrawals.length > 0) refuse("withdrawals");
    const fork = this.forkAt(timestamp);
    const { parentBeaconBlockRoot } = attributes;
    const input = { timestamp, prevRandao, gasLimit, feeRecipient, parentBeaconBlockRoot };
    if (!isOpAtLeast(fork, "holocene")) return input;
    const { denominator, elasticity } = attributes.eip1559Params;
    if ((denominator === 0) !== (elasticity === 0)) refuse("EIP-1559 parameters");
    const { minBaseFee: _, ...defaults } = configuredFees(this.config, fork);
    const eip1559Params = denominator === 0 ? defaults : { denominator, elasticity };
    const minBaseFee = isOpAtLeast(fork, "jovian") ? attributes.minBaseFee : 0n;
    return { ...input, eip1559Params, minBaseFee };
  }

  checkPayload(payload: ExecutionPayload, parent: BlockHeader): BlockInput | { invalid: string } {
    const { blockNumber: number, withdrawals = [], ...fields } = payload;
    return this.#check({ ...fields, number }, withdrawals.length > 0, parent);
  }

  hasOwnWithdrawalsRoot(timestamp: bigint): boolean {
    return this.isActive("isthmus", timestamp);
  }

  /** As `checkPayload` for a block that comes as RLP, as op-geth exports them. */
  checkBlock(block: Block, parent: BlockHeader): BlockInput | { invalid: string } {
    const { withdrawals = [], ...body } = block;
    const { header, ommers = [] } = body;
    const { fieldCount = HEADER_FIELDS.prague, difficulty, nonce, requestsHash } = header;
    const fork = this.forkAt(header.timestamp);
    if (fieldCount !== opFieldCount(fork)) return { invalid: `header fields for ${fork}` };
    if (difficulty || nonce || ommers.length > 0) return { invalid: "proof of work" };
    const mismatch = findBodyMismatch(body);
    if (mismatch !== undefined) return { invalid: mismatch };
    const isIsthmus = isOpAtLeast(fork, "isthmus");
    if (isIsthmus && requestsHash !== EMPTY_REQUESTS_HASH) return { invalid: "requestsHash" };
    if (header.gasUsed > header.gasLimit) return { invalid: "gas used" };
    return this.#check(header, withdrawals.length > 0, parent);
  }

  #check(
    header: CheckedFields,
    hasWithdrawals: boolean,
    parent: BlockHeader,
  ): BlockInput | { invalid: string } {
    const { timestamp, extraData } = header;
    if (header.number !== parent.number + 1n) return { invalid: "block number" };
    if (timestamp <= parent.timestamp) return { invalid: "timestamp" };
    if (header.gasLimit < MIN_GAS_LIMIT) return { invalid: "gas limit" };
    if (header.excessBlobGas !== 0n) return { invalid: "excessBlobGas" };
    if (hasWithdrawals) return { invalid: "withdrawals" };
    const fork = this.forkAt(timestamp);
    if (!isOpAtLeast(fork, "jovian") && header.blobGasUsed !== 0n) {
      return { invalid: "blobGasUsed" };
    }
    if (header.baseFeePerGas !== opBaseFee(this.config, parent, timestamp)) {
      return { invalid: "base fee" };
    }
    const { prevRandao, gasLimit, feeRecipient, parentBeaconBlockRoot } = header;
    const input = { timestamp, prevRandao, gasLimit, feeRecipient, parentBeaconBlockRoot };
    if (!isOpAtLeast(fork, "holocene")) {
      if (extraData.length > MAX_EXTRA_DATA_BYTES) return { invalid: "extraData" };
      return { ...input, extraData };
    }
    const fees = decodeOpExtraData(fork, extraData);
    if (!fees) return { invalid: "extraData" };
    const { minBaseFee, ...eip1559Params } = fees;
    return { ...input, eip1559Params, minBaseFee };
  }

  payloadHeader(payload: ExecutionPayload): BlockHeader {
    const fork = this.forkAt(payload.timestamp);
    const isIsthmus = isOpAtLeast(fork, "isthmus");
    const { fieldCount: _, withdrawals: _none, ...fields } = payload;
    const fieldCount = opFieldCount(fork);
    const shaped: ExecutionPayload = {
      ...fields,
      withdrawalsRoot: isIsthmus ? payload.withdrawalsRoot : toHex(EMPTY_TRIE_ROOT),
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    };
    return payloadHeader(shaped, isIsthmus ? EMPTY_REQUESTS_HASH : ZERO_HASH);
  }

  async begin(stores: ExecutionStores, parent: BlockHeader, input: BlockInput): Promise<BlockRun> {
    const fork = this.forkAt(input.timestamp);
    const rules = { config: this.config, fork, evm: this.#evmOf(fork) };
    return OpBlockExecution.begin(stores, rules, parent, input);
  }

  findPoolProblem(tx: SignedTx, head: BlockHeader): Invalidity | undefined {
    const fork = EVM_FORKS[l1ForkOf(this.forkAt(head.timestamp))];
    return findOpStatelessInvalidity(tx, this.chainId, forkRules(fork));
  }

  poolCosts({ l1 }: BlockReceipts): PoolCosts | null {
    if (!l1) return null;
    return {
      l1Fee: (raw) => rollupCosts(raw, l1).l1Fee,
      daFootprint: (raw) => rollupCosts(raw, l1).daFootprint,
      operatorFee: (gas) => operatorFeeOf(gas, l1),
    };
  }

  /** True if a block of this time has the rules of a fork. */
  isActive(fork: OpFork, timestamp: bigint): boolean {
    return isOpActive(this.config.schedule, fork, timestamp);
  }
}
