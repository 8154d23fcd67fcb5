import { createReadStream, existsSync } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import type { FoveaError } from "../../util/errors.js";
import { cliError } from "../errors.js";

/** Contents of a file in chunks, unpacked if its name ends in `.gz`. Errors: CLI_USAGE, CLI_REFUSED (damaged). */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  if (!existsSync(path)) throw cliError("CLI_USAGE", `There is no file ${path}.`);
  const file = createReadStream(path);
  try {
    const stream = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
    file.once("error", (error) => stream.destroy(error));
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    const { message } = cause as Error;
    throw cliError("CLI_REFUSED", `${basename(path)} cannot be read: ${message}.`, cause);
  } finally {
    file.destroy();
  }
}

/**
 * Does something with the contents of a genesis file; what is wrong with them is told with the file's name.
 * Errors: CLI_USAGE (no such file), CLI_REFUSED, and whatever else `use` fails with.
 */
export async function withGenesisFile<Result>(
  path: string,
  use: (text: string) => Result | Promise<Result>,
): Promise<Result> {
  const text = await readText(path);
  try {
    return await use(text);
  } catch (error) {
    const { code, data } = error as Partial<FoveaError>;
    if (!code?.startsWith("ETHEREUM_") || typeof data?.sentence !== "string") throw error;
    throw cliError("CLI_REFUSED", `${basename(path)}: ${data.sentence}`, error);
  }
}

/** Largest text file that is read whole. */
const MAX_TEXT_BYTES = 2 ** 30 - 2 ** 20;

/** A text file, unpacked if its name ends in `.gz`. Errors: CLI_USAGE, CLI_REFUSED. */
export async function readText(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readChunks(path)) {
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) throw cliError("CLI_REFUSED", `${basename(path)} is too large.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
