import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hash } from "../../src/util/hex.js";
import { fromHex } from "../../src/util/hex.js";

const FILE = join(import.meta.dirname ?? ".", "../vectors/forksChain.json");

/** A chain that crosses the forks from Homestead to Cancun, built by @ethereumjs/vm (test/vectors/makeForksChain.mjs). */
export interface ForksChain {
  /** Contents of its geth genesis file. */
  genesis: string;
  genesisHash: Hash;
  blocks: { hash: Hash; rlp: Uint8Array }[];
}

export function readForksChain(): ForksChain {
  const file = JSON.parse(readFileSync(FILE, "utf8")) as {
    genesis: object;
    genesisHash: Hash;
    blocks: { hash: Hash; rlp: Hash }[];
  };
  return {
    genesis: JSON.stringify(file.genesis),
    genesisHash: file.genesisHash,
    blocks: file.blocks.map(({ hash, rlp }) => ({ hash, rlp: fromHex(rlp) })),
  };
}

/** Contents of a file in pieces of this size. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
