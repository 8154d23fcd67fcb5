import type { BlockHeader, ChainReader } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import type { MachineState } from "../../proof/state/types.js";
import { encodeEntryHeader, encodeRecordHeader } from "../../protocol/index.js";
import type { Cursor } from "../../protocol/types.js";
import { fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";
import type { ChainAccess } from "../chainAccess.js";
import { ServiceError } from "../errors.js";
import { decodeStored, encodeStored } from "../storedValue.js";
import { blockEntry } from "./blockEntry.js";
import { stateAt } from "./entryRun.js";
import { startOf } from "./machineTracker.js";

/**
 * All that a machine needs to run an L2 block but the L2 state: the boundary in front of the block's entry, the entry, the
 * records that it takes, the L1 headers of its origins.
 */
export interface BlockPayload {
  readonly chainId: bigint;
  readonly block: bigint;
  readonly entryIndex: bigint;
  readonly header: Omit<BlockHeader, "extraData" | "logsBloom"> & {
    readonly extraData: Hex;
    readonly logsBloom: Hex;
  };
  readonly cursor: Cursor;
  readonly hashes: readonly (readonly [bigint, Hash])[];
  readonly entry: { readonly header: Hex; readonly data: Hex };
  readonly records: readonly { readonly index: bigint; readonly header: Hex; readonly data: Hex }[];
  readonly l1Headers: readonly { readonly hash: Hash; readonly rlp: Hex }[];
}

/**
 * The payload of a block.
 * Errors: NODE_UNKNOWN_BLOCK, PROVER_NOT_DERIVED, PROVER_NO_STEP for genesis; those of L1Reader.
 */
export async function blockPayload(
  deps: {
    node: Pick<ChainAccess, "rollupConfig" | "feeds" | "cursorAfter">;
    engine: Pick<ChainReader, "dbGet" | "getHeader">;
    l1: Pick<L1Reader, "getOrigins">;
  },
  block: bigint,
): Promise<BlockPayload> {
  const { node, engine, l1 } = deps;
  if ((await engine.getHeader(block)) === undefined) {
    throw new ServiceError("NODE_UNKNOWN_BLOCK", { block });
  }
  if (block === 0n) throw new ServiceError("PROVER_NO_STEP", { block, position: 0, steps: 0 });
  const entryIndex = blockEntry(node.feeds, block);
  const entry = entryIndex === undefined ? undefined : node.feeds.getEntry(entryIndex);
  const start = entryIndex === undefined ? undefined : await startOf(deps, entryIndex);
  if (entryIndex === undefined || entry === undefined || start === undefined) {
    throw new ServiceError("PROVER_NOT_DERIVED", { block });
  }
  const { firstOrigin, lastOrigin, originsHash, depTo } = entry.header;
  const origins =
    lastOrigin < firstOrigin ? [] : await l1.getOrigins(firstOrigin, lastOrigin, originsHash);
  const records: { index: bigint; header: Hex; data: Hex }[] = [];
  for (let index = start.cursor.recordIndex; index < depTo; index++) {
    const record = node.feeds.getRecord(index);
    if (record === undefined) throw new ServiceError("PROVER_NOT_DERIVED", { block });
    const { header, data } = record;
    records.push({ index, header: toHex(encodeRecordHeader(header)), data: toHex(data) });
  }
  return {
    chainId: BigInt(node.rollupConfig.chain.l2ChainId),
    block,
    entryIndex,
    header: plainHeader(start.header),
    cursor: start.cursor,
    hashes: [...start.hashes],
    entry: { header: toHex(encodeEntryHeader(entry.header)), data: toHex(entry.data) },
    records,
    l1Headers: origins.map(({ hash, rlp }) => ({ hash, rlp: toHex(rlp) })),
  };
}

function plainHeader(header: BlockHeader): BlockPayload["header"] {
  const { extraData, logsBloom } = header;
  return { ...header, extraData: toHex(extraData), logsBloom: toHex(logsBloom) };
}

/** A payload as bytes, for another process of this program. */
export function encodePayload(payload: BlockPayload): Uint8Array {
  return encodeStored(payload);
}

/** Inverse of `encodePayload`. */
export function decodePayload(bytes: Uint8Array): BlockPayload {
  return decodeStored<BlockPayload>(bytes).meta;
}

/** The machine in front of the payload's entry. */
export function payloadState(payload: BlockPayload): MachineState {
  const { chainId, entryIndex, header, cursor, hashes } = payload;
  const extraData = fromHex(header.extraData);
  const logsBloom = fromHex(header.logsBloom);
  return stateAt({
    chainId,
    index: entryIndex,
    header: { ...header, extraData, logsBloom },
    cursor,
    hashes: new Map(hashes),
  });
}
