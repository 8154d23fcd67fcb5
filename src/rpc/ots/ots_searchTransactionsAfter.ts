import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { parseNumber, parsePageSize } from "./params.js";
import { encodePage, findRows } from "./searchPage.js";

/** Transactions of an address in the next blocks above one, newest first; 0: from the first block on. */
export const ots_searchTransactionsAfter = method({
  doc: "Transactions of an address in the next blocks above one, newest first; 0: from the first block on.",
  params: [required(parseAddress), required(parseNumber), required(parsePageSize)],
  async run([address, number, pageSize], context) {
    const isLast = number === 0n;
    const search = { from: isLast ? 0n : number + 1n, isDescending: false };
    const { rows, hasMore } = await findRows(context, address, search, pageSize);
    return encodePage([...rows].reverse(), { firstPage: !hasMore, lastPage: isLast });
  },
});
