import type { Address, Hash } from "../../util/hex.js";
import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { framesOfBlock, walkFrames } from "./callFrames.js";
import { firstBlockWith } from "./firstBlockWith.js";

/** Who made a contract, and in which transaction; null if it has no code, or has had it from genesis on. */
export const ots_getContractCreator = method({
  doc: "Who made a contract, and in which transaction; null if it has no code, or has had it from genesis on.",
  params: [required(parseAddress)],
  usesEvm: true,
  async run([address], context) {
    const { engine } = context;
    const hasCode = async (number: bigint) => (await engine.getCode(address, number)).length > 0;
    const number = await firstBlockWith(context, hasCode);
    const header = number === undefined ? undefined : await engine.getHeader(number);
    if (!header || header.number === 0n) return null;
    let found: { hash: Hash; creator: Address } | null = null;
    for (const { txHash, frames } of await framesOfBlock(context, header.hash)) {
      if (!frames) continue;
      walkFrames(frames, ({ type, from, to, error }) => {
        if (error !== undefined) return false;
        const isCreation = type === "CREATE" || type === "CREATE2";
        if (isCreation && to === address) found = { hash: txHash, creator: from };
        return true;
      });
    }
    return found;
  },
});
