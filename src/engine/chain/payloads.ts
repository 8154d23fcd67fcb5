import { createHash } from "node:crypto";
import type { ExecutionPayload, PayloadAttributes } from "../../protocol/index.js";
import { type Hex, toHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { type BlockTx, decodeEnvelope } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockInput, ExecutedBlock } from "../execution/blockExecution.js";
import type { BuilderPool } from "../poolTypes.js";
import type { BlockRun, ChainRules, ExecutionStores } from "../rules.js";
import type { BlockHeader } from "../types.js";

/** Who helps the builder. */
export interface BuilderDeps {
  stores: ExecutionStores;
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
  readonly #rules: ChainRules;
  readonly #deps: BuilderDeps;
  readonly #jobs = new Lru<Hex, Promise<ExecutedBlock>>(MAX_PAYLOADS);

  constructor(rules: ChainRules, deps: BuilderDeps) {
    this.#rules = rules;
    this.#deps = deps;
  }

  /**
   * Executes the forced transactions, then goes on with the pool's in the background unless `noTxPool`.
   * Errors: ENGINE_BAD_ATTRIBUTES.
   */
  async start(parent: BlockHeader, attributes: PayloadAttributes): Promise<BuildStart> {
    const input = this.#rules.checkAttributes(parent, attributes);
    const id = payloadId(parent, attributes);
    if (this.#jobs.get(id)) return { id };
    const execution = await this.#rules.begin(this.#deps.stores, parent, input);
    for (const [index, raw] of attributes.transactions.entries()) {
      await execution.machine.breathe();
      const reason = await tryAdd(execution, raw);
      if (reason === undefined) continue;
      const isDeposit = raw[0] === 0x7e;
      if (isDeposit || !attributes.dropInvalid)
        return { invalid: `transaction ${index}: ${reason}` };
    }
    const job = attributes.noTxPool
      ? execution.seal()
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

  async #fill(execution: BlockRun): Promise<void> {
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

async function tryAdd(execution: BlockRun, raw: Uint8Array): Promise<string | undefined> {
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

/** Executes transactions on top of `parent` strictly. Returns the block, or why it is not valid. */
export async function executeStrictly(
  rules: ChainRules,
  stores: ExecutionStores,
  parent: BlockHeader,
  transactions: readonly Uint8Array[],
  input: BlockInput,
): Promise<ExecutedBlock | { invalid: string }> {
  try {
    const execution = await rules.begin(stores, parent, input);
    for (const [index, raw] of transactions.entries()) {
      await execution.machine.breathe();
      const reason = await tryAdd(execution, raw);
      if (reason !== undefined) return { invalid: `transaction ${index}: ${reason}` };
    }
    return await execution.seal();
  } catch (error) {
    if (error instanceof EngineError && error.code === "ENGINE_INVALID_BLOCK") {
      return { invalid: String(error.data.reason) };
    }
    throw error;
  }
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
  for (const { index, validatorIndex, address, amountGwei } of attributes.withdrawals ?? []) {
    hash.update(`|${index}/${validatorIndex}/${address}/${amountGwei}`);
  }
  for (const raw of attributes.transactions) hash.update(createHash("sha256").update(raw).digest());
  const id = hash.digest().subarray(0, PAYLOAD_ID_BYTES);
  id[0] = PAYLOAD_ID_VERSION;
  return toHex(id);
}

/** A block as the Engine API carries it. */
export function toPayload(block: ExecutedBlock): ExecutionPayload {
  const { header, transactions, withdrawals, executionRequests } = block;
  const plain: Pick<ExecutionPayload, "withdrawals" | "executionRequests" | "fieldCount"> = {
    ...(withdrawals ? { withdrawals } : {}),
    ...(executionRequests ? { executionRequests } : {}),
    ...(header.fieldCount !== undefined ? { fieldCount: header.fieldCount } : {}),
  };
  return {
    ...plain,
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
