import { encodeFunctionData, parseAbi } from "viem";
import type { Hash, Hex } from "../util/hex.js";
import { fromHex, toHex } from "../util/hex.js";

/** Source: docs/protocol/feeds.md#append; a test compares the selectors with the compiled contract. */
const feedAbi = parseAbi([
  "function append(uint64 expectedIndex, bytes32 expectedPrevHash, uint64 firstOrigin, uint64 lastOrigin, bytes32 lastOriginHash, uint64 depTo, bytes data)",
  "function forceInclude(uint64 expectedIndex, bytes32 expectedPrevHash)",
]);

/** Arguments of SequencerFeed.append. */
export interface AppendArguments {
  expectedIndex: bigint;
  expectedPrevHash: Hash;
  firstOrigin: bigint;
  lastOrigin: bigint;
  lastOriginHash: Hash;
  depTo: bigint;
  data: Uint8Array;
}

/** Calldata of SequencerFeed.append. Source: docs/protocol/feeds.md#append */
export function encodeAppend(call: AppendArguments): Uint8Array {
  return fromHex(
    encodeFunctionData({
      abi: feedAbi,
      functionName: "append",
      args: [
        call.expectedIndex,
        call.expectedPrevHash,
        call.firstOrigin,
        call.lastOrigin,
        call.lastOriginHash,
        call.depTo,
        toHex(call.data) as Hex,
      ],
    }),
  );
}

/** Calldata of SequencerFeed.forceInclude. Source: docs/protocol/feeds.md#forced-inclusion */
export function encodeForceInclude(expectedIndex: bigint, expectedPrevHash: Hash): Uint8Array {
  return fromHex(
    encodeFunctionData({
      abi: feedAbi,
      functionName: "forceInclude",
      args: [expectedIndex, expectedPrevHash],
    }),
  );
}
