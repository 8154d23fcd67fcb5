import { ChainStore } from "./chain/chainStore.js";
import type { EngineOptions } from "./engineOptions.js";
import { computeGenesis } from "./genesis.js";
import { L2Rules } from "./l2Rules.js";
import { ensureGenesis, openOnRules } from "./openOnRules.js";
import type { Engine } from "./types.js";

export type { EngineOptions } from "./engineOptions.js";
export { EngineError } from "./errors.js";
export type { ExecutionContext } from "./executionContext.js";
export { computeGenesis, type Genesis } from "./genesis.js";
export type * from "./poolTypes.js";
export type * from "./types.js";

/**
 * Opens the embedded engine over a store, whose closing it takes over; an empty store gets the genesis block.
 * Errors: ENGINE_OTHER_GENESIS if the store holds another chain, ENGINE_STATE_MISSING if its head's state is not there.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { chain } = options.rollup;
  const genesis = await computeGenesis(options.rollup);
  await ensureGenesis(new ChainStore(options.store), genesis.block);
  return openOnRules(new L2Rules(chain), { kind: "l2", chain }, options);
}
