import { encodeFunctionData } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import {
  encodeProposalExtraData,
  GAME_TYPE,
  type ProposalExtraData,
} from "../../protocol/index.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";

const { abi } = BlockOracle;

/** Calldata of BlockOracle.stake; its value is the stake. */
export function encodeStake(): Uint8Array {
  return fromHex(encodeFunctionData({ abi, functionName: "stake" }));
}

/** Calldata of BlockOracle.join. */
export function encodeJoin(index: bigint): Uint8Array {
  return fromHex(encodeFunctionData({ abi, functionName: "join", args: [index] }));
}

/** Calldata of BlockOracle.createWithProof; `proof` opens the machine root. Source: docs/protocol/proposals.md#machine-root */
export function encodeCreate(
  rootClaim: Hash,
  extraData: ProposalExtraData,
  proof: Hex,
): Uint8Array {
  const extra = toHex(encodeProposalExtraData(extraData));
  const args = [GAME_TYPE, rootClaim, extra, proof] as const;
  return fromHex(encodeFunctionData({ abi, functionName: "createWithProof", args }));
}

/** Calldata of BlockOracle.resolveProposal. */
export function encodeResolve(index: bigint): Uint8Array {
  return fromHex(encodeFunctionData({ abi, functionName: "resolveProposal", args: [index] }));
}

/** Calldata of BlockOracle.setAnchorState. */
export function encodeSetAnchor(game: Address): Uint8Array {
  return fromHex(encodeFunctionData({ abi, functionName: "setAnchorState", args: [game] }));
}
