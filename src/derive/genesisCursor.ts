import type { Cursor, RollupConfig } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";

/** The cursor of the L2 genesis block. Source: docs/protocol/derivation.md#cursor */
export function genesisCursor({ chain, genesisOrigin }: RollupConfig): Cursor {
  const batcherHash: Hash = `0x${chain.batcher.slice(2).padStart(64, "0")}`;
  return {
    l2Number: 0n,
    l2Time: genesisOrigin.time,
    origin: genesisOrigin,
    sequenceNumber: 0n,
    recordIndex: 0n,
    lastHint: null,
    config: { batcherHash, ...chain.system },
    entryIndex: 0n,
  };
}
