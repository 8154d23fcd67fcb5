import { encodeFunctionData } from "viem";
import { StepVerifier } from "../../contracts/generated/StepVerifier.js";
import { type Address, type Hex, toHex } from "../../util/hex.js";
import type { ProvenStep } from "./stepProver.js";

/** Feeds that a verifier reads entries and records from. */
export interface StepFeeds {
  readonly sequencerFeed: Address;
  readonly depositFeed: Address;
}

/** The call of StepVerifier that executes a step. Its size does not depend on the feeds' addresses. */
export function stepCall(
  feeds: StepFeeds,
  {
    position,
    entryBound,
    pre,
    packed,
  }: Pick<ProvenStep, "position" | "entryBound" | "pre" | "packed">,
): Hex {
  // A slot begins at a multiple of 2^30, and nothing but the place in the slot matters to a step.
  const context = { ...feeds, entryBound, t: BigInt(position) };
  return encodeFunctionData({
    abi: StepVerifier.abi,
    functionName: "step",
    args: [context, pre, toHex(packed)],
  });
}
