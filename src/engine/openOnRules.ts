import { silentLogger } from "../telemetry/logger.js";
import { fromHex } from "../util/hex.js";
import { ChainStore } from "./chain/chainStore.js";
import { Forkchoice } from "./chain/forkchoice.js";
import { EmbeddedEngine } from "./embeddedEngine.js";
import type { CommonEngineOptions } from "./engineOptions.js";
import { EngineError } from "./errors.js";
import type { ExecutedBlock } from "./execution/blockExecution.js";
import type { PoolFactory } from "./poolTypes.js";
import type { ChainRules } from "./rules.js";
import { FlatKeeper } from "./state/flatKeeper.js";
import { FlatState } from "./state/flatState.js";
import { StateStore } from "./state/stateStore.js";
import { JournaledTxPool } from "./txPool.js";
import { EngineThreads } from "./workers/engineThreads.js";
import type { RulesSetup } from "./workers/rulesSetup.js";

const CALL_TIMEOUT_MS = 2_000;

/**
 * Puts a genesis block into an empty store, or makes sure that it is the one of the store's chain. `config` is kept beside it.
 * Errors: ENGINE_OTHER_GENESIS.
 */
export async function ensureGenesis(
  chain: ChainStore,
  genesis: ExecutedBlock,
  config?: string,
): Promise<void> {
  const { hash } = genesis.header;
  if (chain.hasOtherFormat()) throw new EngineError("ENGINE_OTHER_GENESIS", { reason: "format" });
  const stored = chain.readGenesisHash();
  if (stored !== undefined && stored !== hash) {
    throw new EngineError("ENGINE_OTHER_GENESIS", { stored, expected: hash });
  }
  if (stored === undefined) await chain.writeGenesis(genesis, config);
  else if (config !== undefined) await chain.writeConfig(config);
}

/**
 * Opens the engine over a store that holds a chain of these rules; its closing closes the store. `setup` makes the same rules again
 * in a thread.
 * Errors: ENGINE_STATE_MISSING if the head's state is not there.
 */
export async function openOnRules(
  rules: ChainRules,
  setup: RulesSetup,
  options: CommonEngineOptions,
): Promise<EmbeddedEngine> {
  const { store, clock, journalPath, threads = 0 } = options;
  const logger = (options.logger ?? silentLogger()).child({ role: "engine" });
  const flat = new FlatState(store);
  const states = new StateStore(store, flat);
  const keeper = new FlatKeeper({ store, nodes: states, flat, logger });
  const chain = new ChainStore(store, keeper);
  const heads = chain.readHeads();
  const genesisHash = chain.readGenesisHash();
  const head = heads && chain.getHeader(heads.unsafe);
  if (!genesisHash || !head || !states.hasState(fromHex(head.stateRoot))) {
    throw new EngineError("ENGINE_STATE_MISSING", { heads });
  }
  const journaledPool: PoolFactory = (view, onPending) =>
    new JournaledTxPool(
      { chainId: rules.chainId, journalPath: journalPath ?? null },
      { view, onPending, clock, logger: logger.child({ part: "pool" }) },
    );
  const callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
  const engine = new EmbeddedEngine(rules, genesisHash, {
    chain,
    states,
    forkchoice: new Forkchoice(chain, heads),
    createPool: options.createPool ?? journaledPool,
    logger,
    callTimeoutMs,
    ...(threads > 0
      ? { tasks: new EngineThreads({ threads }, { rules: setup, callTimeoutMs }, store) }
      : {}),
  });
  await engine.pool.open();
  keeper.ensure(fromHex(head.stateRoot));
  return engine;
}
