import { DEPOSIT_TX_TYPE } from "../../protocol/index.js";
import type { BlockHeader } from "../types.js";
import type { ChainStore } from "./chainStore.js";

const BLOCKS = 20;
/** Tips of one block that count: its lowest. */
const SAMPLES_PER_BLOCK = 3;
const PERCENTILE = 60;
const MIN_TIP_WEI = 1_000_000n;
const MAX_TIP_WEI = 500_000_000_000n;

/** A tip that recent blocks accepted: a high percentile of their lowest tips, as geth does. */
export function suggestTip(chain: ChainStore, head: BlockHeader): bigint {
  const tips: bigint[] = [];
  let header: BlockHeader | undefined = head;
  for (let i = 0; i < BLOCKS && header && header.number > 0n; i++) {
    const { baseFeePerGas } = header;
    const paid = (chain.getReceipts(header.hash)?.receipts ?? [])
      .filter(({ type }) => type !== DEPOSIT_TX_TYPE)
      .map(({ effectiveGasPrice }) => effectiveGasPrice - baseFeePerGas)
      .sort(ascending);
    // Empty blocks say that the least is enough.
    tips.push(...(paid.length > 0 ? paid.slice(0, SAMPLES_PER_BLOCK) : [MIN_TIP_WEI]));
    header = chain.getHeader(header.parentHash);
  }
  tips.sort(ascending);
  const tip = tips[Math.floor(((tips.length - 1) * PERCENTILE) / 100)] ?? MIN_TIP_WEI;
  if (tip < MIN_TIP_WEI) return MIN_TIP_WEI;
  return tip > MAX_TIP_WEI ? MAX_TIP_WEI : tip;
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
