import { blockValue, bundleOf } from "../../engine/blockExtras.js";
import { toPayload } from "../../engine/chain/payloads.js";
import { decodeEnvelope } from "../../engine/envelope.js";
import { EngineError } from "../../engine/errors.js";
import type { BlockInput } from "../../engine/execution/blockExecution.js";
import type { BuilderPool } from "../../engine/poolTypes.js";
import type { BlockRun, ChainRules } from "../../engine/rules.js";
import type { BlockHeader, Engine, TxPool } from "../../engine/types.js";
import { encodePayload } from "../../engine/wire/payloadJson.js";
import { hasCode } from "../../util/errors.js";
import { type Hash, toHex, ZERO_HASH } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";
import { RpcError } from "../errors.js";
import { requireExecution, requireHeader } from "../eth/shared.js";
import { method } from "../method.js";
import { ownField, parseList, parseObject } from "../params/basic.js";
import { parseAddress, parseBytes, parseHash, parseUint64 } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { parseWithdrawals } from "../params/withdrawals.js";

/** A pool of an engine in this process knows what goes into blocks. */
type BuildingPool = TxPool & Partial<Pick<BuilderPool, "pendingForBlock" | "networkForm">>;

const MAX_TRANSACTIONS = 10_000;
const MIN_TX_GAS = 21_000n;
/** What blocks are moved towards, as geth does unless it is told otherwise. */
const GAS_LIMIT_TARGET = 60_000_000n;

function parseAttributes(value: unknown) {
  const object = parseObject(value);
  const withdrawals = ownField(object, "withdrawals");
  const target = ownField(object, "targetGasLimit");
  return {
    timestamp: parseUint64(ownField(object, "timestamp")),
    prevRandao: parseHash(ownField(object, "prevRandao") ?? ZERO_HASH),
    suggestedFeeRecipient: parseAddress(ownField(object, "suggestedFeeRecipient")),
    parentBeaconBlockRoot: parseHash(ownField(object, "parentBeaconBlockRoot") ?? ZERO_HASH),
    gasLimit: target === undefined ? GAS_LIMIT_TARGET : parseUint64(target),
    ...(withdrawals === undefined ? {} : { withdrawals: parseWithdrawals(withdrawals) }),
  };
}

const parseTransactions = (value: unknown) => parseList(value, MAX_TRANSACTIONS, parseBytes);

/** What the block is told. Errors: RPC_EXECUTION_FAILED. */
function inputOf(
  rules: ChainRules,
  parent: BlockHeader,
  attributes: ReturnType<typeof parseAttributes>,
): BlockInput {
  try {
    return rules.checkAttributes(parent, {
      ...attributes,
      eip1559Params: { denominator: 0, elasticity: 0 },
      minBaseFee: 0n,
      transactions: [],
      noTxPool: true,
      dropInvalid: false,
    });
  } catch (error) {
    if (!hasCode(error, "ENGINE_BAD_ATTRIBUTES")) throw error;
    const { reason } = (error as InstanceType<typeof EngineError>).data;
    throw new RpcError("RPC_EXECUTION_FAILED", { reason: `invalid attributes: ${reason}` });
  }
}

/** Executes what it is given, all of which must be valid. */
async function addAll(run: BlockRun, transactions: readonly Uint8Array[]): Promise<void> {
  for (const [index, raw] of transactions.entries()) {
    const invalidity = await run.add(decodeGiven(raw, index));
    if (invalidity) {
      const reason = `transaction ${index} is not valid: ${invalidity.reason}`;
      throw new RpcError("RPC_EXECUTION_FAILED", { reason });
    }
  }
}

function decodeGiven(raw: Uint8Array, index: number) {
  try {
    return decodeEnvelope(raw);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new RpcError("RPC_EXECUTION_FAILED", { reason: `invalid transaction ${index}` });
  }
}

/** Takes what fits from the pool. */
async function addPending(run: BlockRun, { pool }: Engine): Promise<void> {
  const { pendingForBlock } = pool as BuildingPool;
  const skipped = new Set<string>();
  for (const { raw, hash, from } of pendingForBlock?.call(pool, run.baseFeePerGas) ?? []) {
    if (run.gasLeft < MIN_TX_GAS) return;
    if (!skipped.has(from) && (await run.add(decodeEnvelope(raw, hash)))) skipped.add(from);
  }
}

/** Builds a block on the head and returns it without keeping it; for tests of clients, served only where it is asked for. */
export const testing_buildBlockV1 = method({
  doc: "Builds a block on the head and returns it without keeping it.",
  params: [
    required(parseHash),
    required(parseAttributes),
    optional<Uint8Array[] | null>(parseTransactions, null),
    optional<Uint8Array | null>(parseBytes, null),
  ],
  usesEvm: true,
  async run([parentHash, attributes, transactions, extraData], context) {
    const { rules, stores } = requireExecution(context);
    const pool = context.engine.pool as BuildingPool;
    const { networkForm } = pool;
    const parent = await requireHeader(context, "latest");
    if (parent.hash !== (parentHash as Hash)) {
      throw new RpcError("RPC_EXECUTION_FAILED", { reason: "parentHash is not current head" });
    }
    const input = inputOf(rules, parent, attributes);
    const run = await rules.begin(stores, parent, extraData ? { ...input, extraData } : input);
    if (transactions) await addAll(run, transactions);
    else await addPending(run, context.engine);
    const block = await run.seal();
    const bundle = bundleOf(block, (hash) => networkForm?.call(pool, hash));
    return {
      executionPayload: encodePayload(toPayload(block), { structure: 3, isRollup: false }),
      blockValue: quantity(blockValue(block)),
      blobsBundle: {
        commitments: (bundle?.commitments ?? []).map(toHex),
        proofs: (bundle?.proofs ?? []).map(toHex),
        blobs: (bundle?.blobs ?? []).map(toHex),
      },
      executionRequests: (block.executionRequests ?? []).map(toHex),
      shouldOverrideBuilder: false,
    };
  },
});
