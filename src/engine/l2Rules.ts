import {
  type ChainConfig,
  decodeExtraData,
  type ExecutionPayload,
  MAX_EIP1559_DENOMINATOR,
  nextBaseFee,
  type PayloadAttributes,
  PREDEPLOYS,
} from "../protocol/index.js";
import { payloadHeader } from "./chain/payloadCheck.js";
import { EngineError } from "./errors.js";
import { BlockExecution, type BlockInput } from "./execution/blockExecution.js";
import type { EvmRules } from "./execution/evmMachine.js";
import { operatorFeeOf, rollupCosts } from "./execution/fees.js";
import { OSAKA_RULES } from "./execution/forks.js";
import {
  commonSystemContracts,
  type ForkConfigs,
  forkIdOf,
  namedPrecompiles,
} from "./forkConfig.js";
import { EMPTY_REQUESTS_HASH } from "./header.js";
import type { BlockReceipts } from "./receipts.js";
import type { BlockRun, ChainRules, ExecutionStores, PoolCosts } from "./rules.js";
import { l2Simulation } from "./simulate/l2Simulation.js";
import type { Block, BlockHeader } from "./types.js";

/** Rules of Fovea's L2: OP's Jovian from the genesis block on. Source: docs/protocol/execution.md */
export class L2Rules implements ChainRules {
  readonly chainId: number;
  readonly simulation = l2Simulation;
  readonly #chain: ChainConfig;
  readonly #evm: EvmRules;

  constructor(chain: ChainConfig) {
    const { l2ChainId: chainId, provablePrecompiles } = chain;
    this.chainId = chainId;
    this.#chain = chain;
    this.#evm = { chainId, provablePrecompiles };
  }

  evmAt(): EvmRules {
    return this.#evm;
  }

  nextBaseFee(parent: BlockHeader): bigint {
    return nextBaseFee(parent);
  }

  /** One fork from genesis on, without blobs. */
  forkConfigs(genesis: BlockHeader): ForkConfigs {
    const current = {
      activationTime: 0n,
      blobs: { target: 0n, max: 0n, updateFraction: 0n },
      chainId: this.chainId,
      forkId: forkIdOf(genesis.hash, []),
      precompiles: namedPrecompiles(OSAKA_RULES),
      systemContracts: commonSystemContracts(OSAKA_RULES),
    };
    return { current, next: null, last: null };
  }

  inputOf({ header }: Block): BlockInput {
    const { denominator, elasticity, minBaseFee } = decodeExtraData(header.extraData);
    const { timestamp, prevRandao, parentBeaconBlockRoot, gasLimit } = header;
    const eip1559Params = { denominator, elasticity };
    return { timestamp, prevRandao, parentBeaconBlockRoot, gasLimit, eip1559Params, minBaseFee };
  }

  checkAttributes(parent: BlockHeader, attributes: PayloadAttributes): BlockInput {
    const refuse = (reason: string): never => {
      throw new EngineError("ENGINE_BAD_ATTRIBUTES", { reason });
    };
    const { timestamp, gasLimit, eip1559Params, suggestedFeeRecipient } = attributes;
    if (timestamp <= parent.timestamp) refuse("timestamp not after the parent's");
    if (gasLimit < 5_000n) refuse("gas limit");
    if (suggestedFeeRecipient !== PREDEPLOYS.sequencerFeeVault) refuse("fee recipient");
    const { denominator, elasticity } = eip1559Params;
    if ((denominator === 0) !== (elasticity === 0)) refuse("EIP-1559 parameters");
    if (denominator > MAX_EIP1559_DENOMINATOR) refuse("EIP-1559 denominator");
    const { system } = this.#chain;
    const defaults = {
      denominator: system.eip1559Denominator,
      elasticity: system.eip1559Elasticity,
    };
    return { ...attributes, eip1559Params: denominator === 0 ? defaults : eip1559Params };
  }

  checkPayload(payload: ExecutionPayload, parent: BlockHeader): BlockInput | { invalid: string } {
    if (payload.blockNumber !== parent.number + 1n) return { invalid: "block number" };
    if (payload.timestamp <= parent.timestamp) return { invalid: "timestamp" };
    if (payload.feeRecipient !== PREDEPLOYS.sequencerFeeVault) return { invalid: "fee recipient" };
    if (payload.excessBlobGas !== 0n) return { invalid: "excessBlobGas" };
    if (payload.baseFeePerGas !== nextBaseFee(parent)) return { invalid: "base fee" };
    try {
      const { denominator, elasticity, minBaseFee } = decodeExtraData(payload.extraData);
      if (denominator === 0 || elasticity === 0) return { invalid: "extraData" };
      return { ...payload, eip1559Params: { denominator, elasticity }, minBaseFee };
    } catch {
      return { invalid: "extraData" };
    }
  }

  payloadHeader(payload: ExecutionPayload): BlockHeader {
    return payloadHeader(payload, EMPTY_REQUESTS_HASH);
  }

  begin(stores: ExecutionStores, parent: BlockHeader, input: BlockInput): Promise<BlockRun> {
    return BlockExecution.begin(stores.states, this.#evm, parent, input);
  }

  poolCosts({ l1 }: BlockReceipts): PoolCosts | null {
    if (!l1) return null;
    return {
      l1Fee: (raw) => rollupCosts(raw, l1).l1Fee,
      daFootprint: (raw) => rollupCosts(raw, l1).daFootprint,
      operatorFee: (gas) => operatorFeeOf(gas, l1),
    };
  }
}
