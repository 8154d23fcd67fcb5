import { encodeFunctionData } from "viem";
import { SequencerFeed } from "../../contracts/generated/SequencerFeed.js";
import { L1Error } from "../../l1/errors.js";
import type { Address } from "../../util/hex.js";
import type { L1Calls } from "./l1Calls.js";

/** Reads `SequencerFeed.genesisTime` once: it never changes. Errors: those of L1Calls. Source: docs/protocol/feeds.md#claim-periods */
export function genesisTimeReader(
  sequencerFeed: Address,
  { calls }: { calls: L1Calls },
): () => Promise<bigint> {
  const data = encodeFunctionData({ abi: SequencerFeed.abi, functionName: "genesisTime" });
  let known: bigint | undefined;
  return async () => {
    if (known !== undefined) return known;
    const [word] = await calls.read([{ target: sequencerFeed, data }], await calls.head());
    if (word === undefined || word === "0x") {
      throw new L1Error("L1_BAD_RESPONSE", { field: "genesisTime" });
    }
    known = BigInt(word);
    return known;
  };
}
