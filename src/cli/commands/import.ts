import { basename } from "node:path";
import type { EmbeddedEngine } from "../../engine/embeddedEngine.js";
import type { BlockHeader } from "../../engine/types.js";
import { createLogger, silentLogger } from "../../telemetry/logger.js";
import { hasCode } from "../../util/errors.js";
import { readChunks } from "../chainFile/openFile.js";
import { openPlainChain } from "../chainFile/plainChain.js";
import { type FileItem, readRlpItems } from "../chainFile/rlpItems.js";
import { Closers } from "../closers.js";
import { cliError } from "../errors.js";
import { print, printJson } from "../output.js";

/** Flags of `fovea import`. */
export interface ImportFlags {
  datadir: string;
  json?: boolean;
  verbose?: boolean;
}

/** Blocks after which the head is moved, so that little is done again if the import is cut off. */
const BLOCKS_PER_HEAD = 256;

/** What an import came to. */
interface Outcome {
  imported: number;
  known: number;
  head: BlockHeader | undefined;
}

/**
 * `fovea import`: executes the blocks of an RLP file and makes the last of them the head. It ends at the first bad block; what came
 * before it stays, and is the head.
 */
export async function importChain(file: string, flags: ImportFlags): Promise<void> {
  const closers = new Closers();
  const logger = flags.verbose
    ? createLogger({ level: "info", json: !process.stderr.isTTY })
    : silentLogger();
  const startedMs = Date.now();
  try {
    const { engine } = await openPlainChain({ datadir: flags.datadir, logger, closers });
    const done: Outcome = { imported: 0, known: 0, head: undefined };
    let failure: unknown;
    try {
      await importAll(engine, file, done);
    } catch (error) {
      failure = error;
    }
    await moveHead(engine, done.head);
    const head = (await engine.getHeader("latest")) as BlockHeader;
    if (flags.json) {
      const { imported, known } = done;
      printJson({ imported, known, number: head.number, hash: head.hash });
    } else {
      const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
      const known = done.known === 0 ? "" : `, ${done.known} were there`;
      print(`${done.imported} blocks imported in ${seconds} s${known}`);
      print(`head ${head.number} ${head.hash}`);
    }
    if (failure !== undefined) throw failure;
  } finally {
    await closers.closeAll(silentLogger());
  }
}

async function importAll(engine: EmbeddedEngine, file: string, done: Outcome): Promise<void> {
  let index = 0;
  for await (const item of readRlpItems(basename(file), readChunks(file))) {
    await importOne(engine, file, index, item, done);
    index++;
    if (index % BLOCKS_PER_HEAD === 0) await moveHead(engine, done.head);
  }
}

async function importOne(
  engine: EmbeddedEngine,
  file: string,
  index: number,
  { offset, rlp }: FileItem,
  done: Outcome,
): Promise<void> {
  const place = `${basename(file)}: block ${index} of the file, at byte ${offset}`;
  const result = await engine.importBlock(rlp).catch((error) => {
    if (!hasCode(error, "ENGINE_BAD_ENCODING")) throw error;
    const reason = String(error.data.reason);
    throw cliError("CLI_REFUSED", `${place}, is not a block: ${reason}.`, error);
  });
  const { header, invalid, isKnown } = result;
  if (invalid !== null) {
    throw cliError(
      "CLI_REFUSED",
      `${place}, is not valid: number ${header.number}, hash ${header.hash}: ${invalid}.`,
    );
  }
  // A file may begin with the genesis block, and with blocks that an earlier import has taken.
  if (isKnown) done.known++;
  else done.imported++;
  if (header.number > (done.head?.number ?? 0n)) done.head = header;
}

/** Makes a block the head if it is a better one than the head that there is. */
async function moveHead(engine: EmbeddedEngine, header: BlockHeader | undefined): Promise<void> {
  const latest = await engine.getHeader("latest");
  if (!header || !latest || header.number <= latest.number) return;
  const { hash } = header;
  await engine.forkchoiceUpdated({
    headBlockHash: hash,
    safeBlockHash: hash,
    finalizedBlockHash: hash,
  });
}
