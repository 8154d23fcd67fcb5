import { initEthereumChain } from "../../engine/openEthereumEngine.js";
import { silentLogger } from "../../telemetry/logger.js";
import { withGenesisFile } from "../chainFile/openFile.js";
import { explained, openPlainStore } from "../chainFile/plainChain.js";
import { Closers } from "../closers.js";
import { print, printJson } from "../output.js";

/** Flags of `fovea init`. */
export interface InitFlags {
  genesis: string;
  datadir: string;
  json?: boolean;
}

/** `fovea init`: a data directory with the genesis block of a geth genesis file. */
export async function init({ genesis, datadir, json }: InitFlags): Promise<void> {
  const closers = new Closers();
  try {
    const { hash, number } = await withGenesisFile(genesis, async (text) => {
      const store = await openPlainStore(datadir, closers);
      return initEthereumChain(store, text).catch((error) => {
        throw explained(error, datadir);
      });
    });
    if (json) printJson({ datadir, hash, number });
    else print(`${datadir}: genesis block ${hash}`);
  } finally {
    await closers.closeAll(silentLogger());
  }
}
