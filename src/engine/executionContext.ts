import type { ChainRules, ExecutionStores } from "./rules.js";
import type { Block, BlockHeader, BlockId } from "./types.js";

/**
 * What one needs to execute blocks and messages of the chain again: tracers, simulations, witnesses. Only an engine in this
 * process has it.
 */
export interface ExecutionContext {
  readonly rules: ChainRules;
  readonly stores: ExecutionStores;
  /** Undefined: no such block. */
  headerAt(id: BlockId): BlockHeader | undefined;
  blockAt(id: BlockId): Block | undefined;
}
