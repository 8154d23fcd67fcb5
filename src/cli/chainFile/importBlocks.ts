import type { BlockHeader, Engine, ImportedBlock } from "../../engine/types.js";
import { hasCode } from "../../util/errors.js";
import { cliError } from "../errors.js";
import { readRlpItems } from "./rlpItems.js";

/** What an import came to; `failure` is what ended it before the end of the file. */
export interface ImportOutcome {
  imported: number;
  /** Blocks that were there before. */
  known: number;
  head: BlockHeader;
  failure: Error | undefined;
}

/** An engine that takes blocks as RLP. */
export type ImportingEngine = Pick<Engine, "getHeader" | "forkchoiceUpdated"> & {
  importBlock(rlp: Uint8Array): Promise<ImportedBlock>;
};

/** Blocks after which the head is moved, so that little is done again if the import is cut off. */
const BLOCKS_PER_HEAD = 256;

/**
 * Executes the blocks of a file in order and makes the last of them the head, safe and finalized. It ends at the first block that is not
 * valid, or where the file is damaged; what came before stays.
 */
export async function importBlocks(
  engine: ImportingEngine,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<ImportOutcome> {
  const counts = { imported: 0, known: 0 };
  let best: BlockHeader | undefined;
  let failure: Error | undefined;
  try {
    for await (const { offset, rlp } of readRlpItems(name, chunks)) {
      const index = counts.imported + counts.known;
      const place = `${name}: block ${index} of the file, at byte ${offset}`;
      const { header, isKnown } = await importOne(engine, place, rlp);
      // A file may begin with the genesis block, and with blocks that an earlier import has taken.
      if (isKnown) counts.known++;
      else counts.imported++;
      if (header.number > (best?.number ?? 0n)) best = header;
      if ((index + 1) % BLOCKS_PER_HEAD === 0) await moveHead(engine, best);
    }
  } catch (error) {
    failure = error as Error;
  }
  const head = await moveHead(engine, best);
  return { ...counts, head, failure };
}

/** Errors: CLI_REFUSED with the place and the reason. */
async function importOne(
  engine: ImportingEngine,
  place: string,
  rlp: Uint8Array,
): Promise<ImportedBlock> {
  const result = await engine.importBlock(rlp).catch((error) => {
    if (!hasCode(error, "ENGINE_BAD_ENCODING")) throw error;
    const { reason } = (error as unknown as { data: { reason?: unknown } }).data;
    throw cliError("CLI_REFUSED", `${place}, is not a block: ${String(reason)}.`, error);
  });
  const { header, invalid } = result;
  if (invalid === null) return result;
  const which = `number ${header.number}, hash ${header.hash}`;
  throw cliError("CLI_REFUSED", `${place}, is not valid: ${which}: ${invalid}.`);
}

/** Makes a block the head if it is a higher one than the head that there is. Returns the head. */
async function moveHead(
  engine: ImportingEngine,
  header: BlockHeader | undefined,
): Promise<BlockHeader> {
  const latest = (await engine.getHeader("latest")) as BlockHeader;
  if (!header || header.number <= latest.number) return latest;
  const { hash } = header;
  await engine.forkchoiceUpdated({
    headBlockHash: hash,
    safeBlockHash: hash,
    finalizedBlockHash: hash,
  });
  return header;
}
