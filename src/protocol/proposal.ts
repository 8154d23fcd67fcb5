import type { Hash } from "../util/hex.js";
import { assertLength, ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";

/** Game type of our proposals. Source: docs/protocol/proposals.md */
export const GAME_TYPE = 7_001;
/** `parentIndex` that means the genesis anchor. */
export const GENESIS_PARENT_INDEX = 2n ** 256n - 1n;
export const MAX_BLOCKS_PER_CLAIM = 2n ** 15n;
export const PROPOSAL_EXTRA_DATA_BYTES = 160;

/** Content of a proposal's `extraData`. Source: docs/protocol/proposals.md#identity */
export interface ProposalExtraData {
  l2BlockNumber: bigint;
  parentIndex: bigint;
  feedEnd: bigint;
  /** Hash of entry feedEnd - 1. */
  feedTipHash: Hash;
  machineRoot: Hash;
}

/** Encodes `extraData`. Shapes: returns 160 bytes. Errors: PROTOCOL_BAD_VALUE. */
export function encodeProposalExtraData(data: ProposalExtraData): Uint8Array {
  return new ByteWriter(PROPOSAL_EXTRA_DATA_BYTES)
    .uint(32, data.l2BlockNumber)
    .uint(32, data.parentIndex)
    .uint(24, 0)
    .uint(8, data.feedEnd)
    .hex(32, data.feedTipHash)
    .hex(32, data.machineRoot)
    .finish();
}

/** Reverse of `encodeProposalExtraData`. Errors: PROTOCOL_BAD_LENGTH; PROTOCOL_BAD_VALUE if feedEnd is over 64 bits. */
export function decodeProposalExtraData(bytes: Uint8Array): ProposalExtraData {
  assertLength(bytes, PROPOSAL_EXTRA_DATA_BYTES);
  const reader = new ByteReader(bytes);
  const l2BlockNumber = reader.bigUint(32);
  const parentIndex = reader.bigUint(32);
  const feedEnd = reader.bigUint(32);
  if (feedEnd >> 64n !== 0n) throw new ProtocolError("PROTOCOL_BAD_VALUE", { feedEnd });
  return {
    l2BlockNumber,
    parentIndex,
    feedEnd,
    feedTipHash: reader.hex(32),
    machineRoot: reader.hex(32),
  };
}

/**
 * The L2 block an honest proposal claims: the last one derived from entries below feedEnd, but at most 2^15 above the parent's.
 * Source: docs/protocol/proposals.md#identity
 */
export function claimedBlock(parentBlock: bigint, lastDerivedBlock: bigint): bigint {
  const furthest = parentBlock + MAX_BLOCKS_PER_CLAIM;
  return lastDerivedBlock < furthest ? lastDerivedBlock : furthest;
}

/** True if a claim is as long as allowed, so that its child may stay in the same period. */
export function isFullClaim(parentBlock: bigint, block: bigint): boolean {
  return block - parentBlock === MAX_BLOCKS_PER_CLAIM;
}
