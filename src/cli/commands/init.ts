import { initEthereumChain } from "../../engine/openEthereumEngine.js";
import { silentLogger } from "../../telemetry/logger.js";
import { readText } from "../chainFile/openFile.js";
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
  const text = await readText(genesis);
  const closers = new Closers();
  try {
    const store = await openPlainStore(datadir, closers);
    const { hash, number } = await initEthereumChain(store, text).catch((error) => {
      throw explained(error, datadir);
    });
    if (json) printJson({ datadir, hash, number });
    else print(`${datadir}: genesis block ${hash}`);
  } finally {
    await closers.closeAll(silentLogger());
  }
}
