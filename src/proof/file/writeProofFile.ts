import type { ProofFile } from "./types.js";

/** A proof file as JSON text: numbers of 64 bits as decimal strings, everything else as it is. */
export function writeProofFile(file: ProofFile): string {
  const { meta, steps, access } = file;
  return JSON.stringify({
    meta: {
      chainId: String(meta.chainId),
      machineVersion: meta.machineVersion,
      block: String(meta.block),
      entryIndex: String(meta.entryIndex),
      from: meta.from,
      stride: meta.stride,
      entryBound: String(meta.entryBound),
    },
    steps,
    access,
    nodes: Object.fromEntries(file.nodes),
    mpt: Object.fromEntries(file.mpt),
    code: Object.fromEntries(file.code),
    feed: Object.fromEntries(file.feed),
  });
}
