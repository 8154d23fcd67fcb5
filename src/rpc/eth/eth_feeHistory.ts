import { invalidParams } from "../errors.js";
import { method } from "../method.js";
import { parseList } from "../params/basic.js";
import { parseUint64 } from "../params/hex.js";
import { optional, required } from "../params/param.js";
import { blockNumberParam, requireHeader } from "./shared.js";

const MAX_PERCENTILES = 100;

/** geth takes the count as QUANTITY or as a JSON number. */
const blockCountParam = required((value) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return parseUint64(value);
});

const percentilesParam = optional<number[] | null>((value) => {
  const percentiles = parseList(value, MAX_PERCENTILES, (item) => {
    if (typeof item !== "number" || !(item >= 0 && item <= 100)) {
      throw invalidParams("invalid reward percentile");
    }
    return item;
  });
  if (percentiles.some((item, index) => index > 0 && item < (percentiles[index - 1] ?? 0))) {
    throw invalidParams("reward percentiles must rise");
  }
  return percentiles;
}, null);

/** Base fees, fullness and tips of recent blocks. */
export const eth_feeHistory = method({
  doc: "Base fees, fullness and tips of recent blocks.",
  params: [blockCountParam, blockNumberParam, percentilesParam],
  async run([count, newest, percentiles], context) {
    const head = await requireHeader(context, newest);
    if (count === 0n) return { oldestBlock: "0x0", gasUsedRatio: [] };
    const most = BigInt(context.limits.feeHistoryBlocks);
    return context.feeHistory.read(head, count > most ? most : count, percentiles);
  },
});
