import { method } from "../method.js";
import { parseAddress } from "../params/hex.js";
import { required } from "../params/param.js";
import { parseNumber, parsePageSize } from "./params.js";
import { encodePage, findRows } from "./searchPage.js";

const NEWEST = 2n ** 63n;

/** Transactions of an address in blocks below one, newest first; 0: from the newest block on. */
export const ots_searchTransactionsBefore = method({
  doc: "Transactions of an address in blocks below one, newest first; 0: from the newest block on.",
  params: [required(parseAddress), required(parseNumber), required(parsePageSize)],
  async run([address, number, pageSize], context) {
    const isFirst = number === 0n;
    const search = { from: isFirst ? NEWEST : number - 1n, isDescending: true };
    const { rows, hasMore } = await findRows(context, address, search, pageSize);
    return encodePage(rows, { firstPage: isFirst, lastPage: !hasMore });
  },
});
