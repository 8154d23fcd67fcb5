import { type EthereumEngine, openEthereumEngine } from "../../engine/openEthereumEngine.js";
import { LevelStore } from "../../storage/levelStore.js";
import type { Logger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import type { Closers } from "../closers.js";
import { DataDir } from "../dataDir.js";
import { cliError } from "../errors.js";

/** How a chain of plain Ethereum is opened by a command. */
export interface PlainChainOptions {
  datadir: string;
  /** Contents of a genesis file, for a data directory that may be empty. */
  genesis?: string;
  logger: Logger;
  closers: Closers;
  threads?: number;
  /** False: transactions are not kept, as for an import. */
  hasJournal?: boolean;
}

/**
 * Takes a data directory and opens the chain of plain Ethereum in it.
 * Errors: CLI_DATADIR, CLI_DATADIR_LOCKED, CLI_CONFIG (no such chain, or another), those of the genesis file.
 */
export async function openPlainChain(options: PlainChainOptions): Promise<EthereumEngine> {
  const { datadir, genesis, logger, closers, threads = 0 } = options;
  const store = await openPlainStore(datadir, closers);
  try {
    const opened = await openEthereumEngine({
      store,
      clock: systemClock,
      logger,
      threads,
      ...(genesis === undefined ? {} : { genesis }),
      ...(options.hasJournal ? { journalPath: `${datadir}/pool.journal` } : {}),
    });
    closers.add("engine", () => opened.engine.close());
    return opened;
  } catch (error) {
    throw explained(error, datadir);
  }
}

/** Takes a data directory and opens its store. */
export async function openPlainStore(datadir: string, closers: Closers): Promise<LevelStore> {
  const dataDir = DataDir.open(datadir);
  closers.add("data directory", async () => dataDir.release());
  const store = await LevelStore.open(dataDir.at("engine"));
  closers.add("store", () => store.close());
  return store;
}

/** The error in words that name the cure, if it is about the chain of a data directory. */
export function explained(error: unknown, datadir: string): unknown {
  if (!hasCode(error, "ENGINE_OTHER_GENESIS")) return error;
  const { data } = error as unknown as { data: { stored?: string; expected?: string } };
  const sentence =
    data.expected === undefined
      ? `The data directory ${datadir} holds no chain of plain Ethereum; put one there with \`fovea init --genesis FILE --datadir ${datadir}\`.`
      : `The data directory ${datadir} holds the chain with genesis block ${data.stored}, not ${data.expected}; choose another with --datadir.`;
  return cliError("CLI_CONFIG", sentence, error);
}
