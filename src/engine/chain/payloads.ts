import { createHash } from "node:crypto";
import {
  type ChainConfig,
  type ExecutionPayload,
  MAX_EIP1559_DENOMINATOR,
  type PayloadAttributes,
  PREDEPLOYS,
} from "../../protocol/index.js";
import { type Hex, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { type BlockTx, decodeEnvelope } from "../envelope.js";
import { EngineError } from "../errors.js";
import {
  BlockExecution,
  type BlockInput,
  type ExecutedBlock,
} from "../execution/blockExecution.js";
import type { EvmRules } from "../execution/evmMachine.js";
import type { BuilderPool } from "../poolTypes.js";
import type { StateStore } from "../state/stateStore.js";
import type { BlockHeader } from "../types.js";

/** Who helps the builder. */
export interface BuilderDeps {
  states: StateStore;
  pool: BuilderPool;
}

/** Result of being asked for a block: its id, or why the forced list is not valid. */
export type BuildStart = { id: Hex } | { invalid: string };

/** Built or running payloads that are remembered. */
const MAX_PAYLOADS = 32;
/** Longest that taking transactions from the pool may last, in milliseconds. */
const MAX_FILL_MS = 1_500;
const MIN_TX_GAS = 21_000n;
const PAYLOAD_ID_BYTES = 8;
const PAYLOAD_ID_VERSION = 5;

/** Builds blocks on any known parent. A payload, once started, is the answer for its id. */
export class PayloadBuilder {
  readonly #rules: EvmRules;
  readonly #chain: ChainConfig;
  readonly #deps: BuilderDeps;
  readonly #jobs = new Lru<Hex, Promise<ExecutedBlock>>(MAX_PAYLOADS);

  constructor(rules: EvmRules, chain: ChainConfig, deps: BuilderDeps) {
    this.#rules = rules;
    this.#chain = chain;
    this.#deps = deps;
  }

  /**
   * Executes the forced transactions, then goes on with the pool's in the background unless `noTxPool`.
   * Errors: ENGINE_BAD_ATTRIBUTES.
   */
  async start(parent: BlockHeader, attributes: PayloadAttributes): Promise<BuildStart> {
    const input = this.#checkAttributes(parent, attributes);
    const id = payloadId(parent, attributes);
    if (this.#jobs.get(id)) return { id };
    const execution = await BlockExecution.begin(this.#deps.states, this.#rules, parent, input);
    for (const raw of attributes.transactions) {
      await execution.machine.breathe();
      const reason = await tryAdd(execution, raw);
      if (reason === undefined) continue;
      const isDeposit = raw[0] === 0x7e;
      if (isDeposit || !attributes.dropInvalid) return { invalid: reason };
    }
    const job = attributes.noTxPool
      ? Promise.resolve(execution.seal())
      : this.#fill(execution).then(() => execution.seal());
    this.#jobs.set(id, job);
    // Whoever waits for it sees the failure; whoever asks again gets a new attempt.
    job.catch(() => this.#jobs.delete(id));
    return { id };
  }

  /** The finished block. Errors: ENGINE_UNKNOWN_PAYLOAD. */
  async finish(id: Hex): Promise<ExecutedBlock> {
    const job = this.#jobs.get(id);
    if (!job) throw new EngineError("ENGINE_UNKNOWN_PAYLOAD", { id });
    return job;
  }

  #checkAttributes(parent: BlockHeader, attributes: PayloadAttributes): BlockInput {
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

  async #fill(execution: BlockExecution): Promise<void> {
    const { pool } = this.#deps;
    const until = performance.now() + MAX_FILL_MS;
    const skipped = new Set<string>();
    for (const { raw, hash, from } of pool.pendingForBlock(execution.baseFeePerGas)) {
      if (execution.gasLeft < MIN_TX_GAS || performance.now() > until) return;
      if (skipped.has(from)) continue;
      if (!execution.fitsBatch(raw)) {
        skipped.add(from);
        continue;
      }
      await execution.machine.breathe();
      const tx = decodeEnvelope(raw, hash);
      // A deposit mints; none may come from here, whatever a pool lets in.
      if (tx.kind !== "signed") continue;
      const invalidity = await execution.add(tx);
      if (!invalidity) continue;
      skipped.add(from);
      if (invalidity.isForever) pool.dropInvalid(hash);
    }
  }
}

async function tryAdd(execution: BlockExecution, raw: Uint8Array): Promise<string | undefined> {
  let tx: BlockTx;
  try {
    tx = decodeEnvelope(raw);
  } catch (error) {
    return error instanceof EngineError ? String(error.data.reason) : "malformed transaction";
  }
  try {
    return (await execution.add(tx))?.reason;
  } catch (error) {
    if (error instanceof EngineError && error.code === "ENGINE_INVALID_BLOCK") {
      return String(error.data.reason);
    }
    throw error;
  }
}

/** Executes a payload's transactions strictly. Returns the block, or why it is not valid. */
export async function executePayload(
  states: StateStore,
  rules: EvmRules,
  parent: BlockHeader,
  payload: ExecutionPayload,
  input: BlockInput,
): Promise<ExecutedBlock | { invalid: string }> {
  const execution = await BlockExecution.begin(states, rules, parent, input);
  for (const [index, raw] of payload.transactions.entries()) {
    await execution.machine.breathe();
    const reason = await tryAdd(execution, raw);
    if (reason !== undefined) return { invalid: `transaction ${index}: ${reason}` };
  }
  return execution.seal();
}

/** Same parent and attributes, same id. Shapes: 8 bytes, the first is the version. */
function payloadId(parent: BlockHeader, attributes: PayloadAttributes): Hex {
  const hash = createHash("sha256");
  const { timestamp, prevRandao, parentBeaconBlockRoot, gasLimit, eip1559Params } = attributes;
  const fields = [
    parent.hash,
    timestamp,
    prevRandao,
    attributes.suggestedFeeRecipient,
    parentBeaconBlockRoot,
    gasLimit,
    eip1559Params.denominator,
    eip1559Params.elasticity,
    attributes.minBaseFee,
    attributes.noTxPool,
    attributes.dropInvalid,
    attributes.transactions.length,
  ];
  hash.update(fields.join("|"));
  for (const raw of attributes.transactions) hash.update(createHash("sha256").update(raw).digest());
  const id = hash.digest().subarray(0, PAYLOAD_ID_BYTES);
  id[0] = PAYLOAD_ID_VERSION;
  return toHex(id);
}

/** A block as the Engine API carries it. */
export function toPayload({ header, transactions }: ExecutedBlock): ExecutionPayload {
  return {
    blockHash: header.hash,
    parentHash: header.parentHash,
    feeRecipient: header.feeRecipient,
    stateRoot: header.stateRoot,
    receiptsRoot: header.receiptsRoot,
    logsBloom: header.logsBloom,
    prevRandao: header.prevRandao,
    blockNumber: header.number,
    gasLimit: header.gasLimit,
    gasUsed: header.gasUsed,
    timestamp: header.timestamp,
    extraData: header.extraData,
    baseFeePerGas: header.baseFeePerGas,
    transactions,
    withdrawalsRoot: header.withdrawalsRoot,
    blobGasUsed: header.blobGasUsed,
    excessBlobGas: header.excessBlobGas,
    parentBeaconBlockRoot: header.parentBeaconBlockRoot,
  };
}
