import { genesisBlockOf } from "../../engine/opstack/opGenesisBlock.js";
import { withGenesisFile } from "../chainFile/openFile.js";
import { print, printJson } from "../output.js";

/** `fovea genesis-hash`: hash of the block that a genesis file of plain Ethereum or of an OP chain describes. */
export async function genesisHash(file: string, flags: { json?: boolean }): Promise<void> {
  const { header } = await withGenesisFile(file, genesisBlockOf);
  const { hash, stateRoot, number } = header;
  if (flags.json) printJson({ hash, stateRoot, number });
  else print(hash);
}
