import { verifyMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { PREDEPLOYS } from "../../contracts/predeploys.js";
import type { BlockHeader, ChainReader } from "../../engine/types.js";
import { outputRoot, sentMessageSlot } from "../../protocol/index.js";
import { fromHex, type Hash, type Hex, toHex, ZERO_HASH } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import type { ProposalState } from "../proposals/types.js";

/** The four words behind a root claim, in the portal's names. */
export interface OutputRootProof {
  version: Hash;
  stateRoot: Hash;
  messagePasserStorageRoot: Hash;
  latestBlockhash: Hash;
}

/** What `proveWithdrawalTransaction` asks for. */
export interface WithdrawalProof {
  proposalIndex: bigint;
  l2BlockNumber: bigint;
  outputRoot: Hash;
  outputRootProof: OutputRootProof;
  withdrawalProof: Hex[];
}

/** Words behind the output root of a block. Source: docs/protocol/execution.md#output-root */
export function outputRootProofOf(header: BlockHeader): OutputRootProof {
  return {
    version: ZERO_HASH,
    stateRoot: header.stateRoot,
    messagePasserStorageRoot: header.withdrawalsRoot,
    latestBlockhash: header.hash,
  };
}

/** Output root of a block. */
export function outputRootOf(header: BlockHeader): Hash {
  return outputRoot({
    stateRoot: header.stateRoot,
    messagePasserStorageRoot: header.withdrawalsRoot,
    blockHash: header.hash,
  });
}

/**
 * Builds the proof of a withdrawal against a proposal, and checks it as the portal will: the words hash to the root claim, and the
 * storage proof shows the sent flag under the storage root. Undefined: the proposal does not claim our chain, or the withdrawal is
 * not in the block it claims.
 * Errors: those of ChainReader.getProof.
 */
export async function buildWithdrawalProof(
  engine: Pick<ChainReader, "getHeader" | "getProof">,
  withdrawalHash: Hash,
  proposal: Pick<ProposalState, "index" | "l2BlockNumber" | "rootClaim">,
): Promise<WithdrawalProof | undefined> {
  const header = await engine.getHeader(proposal.l2BlockNumber);
  if (header === undefined || outputRootOf(header) !== proposal.rootClaim) return undefined;
  const slot = sentMessageSlot(withdrawalHash);
  const { storageHash, storageProof } = await engine.getProof(
    PREDEPLOYS.L2ToL1MessagePasser,
    [slot],
    { hash: header.hash },
  );
  const nodes = storageProof[0]?.proof ?? [];
  const isProven = await provesFlag(header.withdrawalsRoot, slot, nodes);
  if (storageHash !== header.withdrawalsRoot || !isProven) return undefined;
  return {
    proposalIndex: proposal.index,
    l2BlockNumber: proposal.l2BlockNumber,
    outputRoot: proposal.rootClaim,
    outputRootProof: outputRootProofOf(header),
    withdrawalProof: nodes.map(toHex),
  };
}

/** True if the nodes lead from the root to the value 1 under the slot. */
export async function provesFlag(
  root: Hash,
  slot: Hash,
  nodes: readonly Uint8Array[],
): Promise<boolean> {
  try {
    const value = await verifyMerkleProof(keccak256(fromHex(slot)), [...nodes], {
      root: fromHex(root),
    });
    return value !== null && toHex(RLP.decode(value) as Uint8Array) === "0x01";
  } catch {
    return false;
  }
}
