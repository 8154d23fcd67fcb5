import type { OpSchedule } from "../protocol/index.js";
import type { KeyValueStore } from "../storage/types.js";
import { ChainStore } from "./chain/chainStore.js";
import type { EmbeddedEngine } from "./embeddedEngine.js";
import type { CommonEngineOptions } from "./engineOptions.js";
import { EngineError } from "./errors.js";
import type { ForkSchedule } from "./ethereum/forkSchedule.js";
import { objectOf, parseJson } from "./ethereum/jsonFields.js";
import { ethereumRulesOf } from "./ethereumRulesOf.js";
import { ensureGenesis, openOnRules } from "./openOnRules.js";
import { genesisOf } from "./opstack/opGenesisBlock.js";
import type { BlockHeader } from "./types.js";

/** What an engine of plain Ethereum is opened with. */
export interface EthereumEngineOptions extends CommonEngineOptions {
  /** Contents of a geth genesis file, for an empty store or to make sure of the store's chain. Absent: the store holds a chain. */
  genesis?: string;
}

/** An engine of plain Ethereum or of an OP chain, and the forks of its chain. */
export interface EthereumEngine {
  engine: EmbeddedEngine;
  schedule: ForkSchedule | OpSchedule;
}

/**
 * Puts the genesis block of a geth genesis file into a store; again is no harm, and takes over forks that were added to the file.
 * Errors: those of `genesisOf`, ENGINE_OTHER_GENESIS.
 */
export async function initEthereumChain(
  store: KeyValueStore,
  genesis: string,
): Promise<BlockHeader> {
  const json = objectOf(parseJson(genesis), "contents");
  const { block, config } = genesisOf(json);
  await ensureGenesis(new ChainStore(store), block, JSON.stringify(config));
  return block.header;
}

/**
 * Opens the engine over a store with a chain of plain Ethereum or an OP chain. All states are kept.
 * Errors: those of `initEthereumChain`, ENGINE_STATE_MISSING.
 */
export async function openEthereumEngine(options: EthereumEngineOptions): Promise<EthereumEngine> {
  const { store, genesis } = options;
  if (genesis !== undefined) await initEthereumChain(store, genesis);
  const config = new ChainStore(store).readConfig();
  if (config === undefined) {
    throw new EngineError("ENGINE_OTHER_GENESIS", { reason: "no chain of plain Ethereum is here" });
  }
  const rules = ethereumRulesOf(config);
  const engine = await openOnRules(rules, { kind: "ethereum", config }, options);
  return { engine, schedule: rules.schedule };
}
