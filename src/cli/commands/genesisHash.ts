import { ethereumGenesisBlock, parseGethGenesis } from "../../engine/ethereum/gethGenesis.js";
import { readText } from "../chainFile/openFile.js";
import { print, printJson } from "../output.js";

/** `fovea genesis-hash`: hash of the block that a genesis file describes. */
export async function genesisHash(file: string, flags: { json?: boolean }): Promise<void> {
  const { header } = ethereumGenesisBlock(parseGethGenesis(await readText(file)));
  const { hash, stateRoot, number } = header;
  if (flags.json) printJson({ hash, stateRoot, number });
  else print(hash);
}
