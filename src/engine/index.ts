import { silentLogger } from "../telemetry/logger.js";
import { fromHex } from "../util/hex.js";
import { ChainStore } from "./chain/chainStore.js";
import { Forkchoice } from "./chain/forkchoice.js";
import { EmbeddedEngine } from "./embeddedEngine.js";
import type { EngineOptions } from "./engineOptions.js";
import { EngineError } from "./errors.js";
import { computeGenesis } from "./genesis.js";
import { L2Rules } from "./l2Rules.js";
import type { PoolFactory } from "./poolTypes.js";
import { StateStore } from "./state/stateStore.js";
import { JournaledTxPool } from "./txPool.js";
import type { Engine } from "./types.js";
import { EngineThreads } from "./workers/engineThreads.js";

export type { EngineOptions } from "./engineOptions.js";
export { EngineError } from "./errors.js";
export type { ExecutionContext } from "./executionContext.js";
export { computeGenesis, type Genesis } from "./genesis.js";
export type * from "./poolTypes.js";
export type * from "./types.js";

const CALL_TIMEOUT_MS = 2_000;

/**
 * Opens the embedded engine over a store, whose closing it takes over; an empty store gets the genesis block.
 * Errors: ENGINE_OTHER_GENESIS if the store holds another chain, ENGINE_STATE_MISSING if its head's state is not there.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { store, rollup, clock, journalPath, callTimeoutMs, threads = 0 } = options;
  const logger = (options.logger ?? silentLogger()).child({ role: "engine" });
  const chain = new ChainStore(store);
  const states = new StateStore(store);
  const genesis = await computeGenesis(rollup);
  if (chain.hasOtherFormat()) throw new EngineError("ENGINE_OTHER_GENESIS", { reason: "format" });
  const stored = chain.readGenesisHash();
  if (stored !== undefined && stored !== genesis.hash) {
    throw new EngineError("ENGINE_OTHER_GENESIS", { stored, expected: genesis.hash });
  }
  if (stored === undefined) await chain.writeGenesis(genesis.block);
  const heads = chain.readHeads();
  const head = heads && chain.getHeader(heads.unsafe);
  if (!head || !states.hasState(fromHex(head.stateRoot))) {
    throw new EngineError("ENGINE_STATE_MISSING", { heads });
  }
  const journaledPool: PoolFactory = (view, onPending) =>
    new JournaledTxPool(
      { chainId: rollup.chain.l2ChainId, journalPath: journalPath ?? null },
      { view, onPending, clock, logger: logger.child({ part: "pool" }) },
    );
  const timeoutMs = callTimeoutMs ?? CALL_TIMEOUT_MS;
  const setup = { rules: { kind: "l2", chain: rollup.chain }, callTimeoutMs: timeoutMs } as const;
  const engine = new EmbeddedEngine(new L2Rules(rollup.chain), genesis.hash, {
    chain,
    states,
    forkchoice: new Forkchoice(chain, heads),
    createPool: options.createPool ?? journaledPool,
    logger,
    callTimeoutMs: timeoutMs,
    ...(threads > 0 ? { tasks: new EngineThreads({ threads }, setup, store) } : {}),
  });
  await engine.pool.open();
  return engine;
}
