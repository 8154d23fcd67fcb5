import { basename } from "node:path";
import { createLogger, silentLogger } from "../../telemetry/logger.js";
import { importBlocks } from "../chainFile/importBlocks.js";
import { readChunks } from "../chainFile/openFile.js";
import { openPlainChain } from "../chainFile/plainChain.js";
import { Closers } from "../closers.js";
import { print, printJson } from "../output.js";

/** Flags of `fovea import`. */
export interface ImportFlags {
  datadir: string;
  json?: boolean;
  verbose?: boolean;
}

/** `fovea import`: executes the blocks of an RLP file and makes the last of them the head; ends at the first bad one. */
export async function importChain(file: string, flags: ImportFlags): Promise<void> {
  const closers = new Closers();
  const logger = flags.verbose
    ? createLogger({ level: "info", json: !process.stderr.isTTY })
    : silentLogger();
  const startedMs = Date.now();
  try {
    const { engine } = await openPlainChain({ datadir: flags.datadir, logger, closers });
    const done = await importBlocks(engine, basename(file), readChunks(file));
    const { imported, known, head, failure } = done;
    if (flags.json) printJson({ imported, known, number: head.number, hash: head.hash });
    else {
      const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
      const before = known === 0 ? "" : `, ${known} were there`;
      print(`${imported} blocks imported in ${seconds} s${before}`);
      print(`head ${head.number} ${head.hash}`);
    }
    if (failure) throw failure;
  } finally {
    await closers.closeAll(silentLogger());
  }
}
