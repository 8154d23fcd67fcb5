import type { FeedRecord } from "../../l1/types.js";
import { RECORD_KIND_DEPOSIT } from "../../protocol/constants.js";
import { depositTxFromRecord } from "../../protocol/depositFromRecord.js";
import { encodeDepositTx, hashTx } from "../../protocol/depositTx.js";
import { userDepositSourceHash } from "../../protocol/sourceHash.js";
import type { Hash } from "../../util/hex.js";

/**
 * The hashes under which wallets look for a block's deposits, where they differ from those they have.
 * Shapes: `transactions` are the block's, the attributes transaction first; `records` those it consumed, in order.
 * Source: docs/protocol/deposits.md#source-hash
 */
export function depositAliases(
  records: FeedRecord[],
  transactions: Uint8Array[],
): { alias: Hash; hash: Hash }[] {
  const deposits = records.filter(({ header }) => header.kind === RECORD_KIND_DEPOSIT);
  return deposits.flatMap((record, i) => {
    const included = transactions[i + 1];
    if (!included) return [];
    const sourceHash = userDepositSourceHash(record.l1.blockHash, record.l1.logIndex);
    const alias = hashTx(encodeDepositTx(depositTxFromRecord(record, sourceHash)));
    const hash = hashTx(included);
    return alias === hash ? [] : [{ alias, hash }];
  });
}
