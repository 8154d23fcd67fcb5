import type { ExecutionPayload } from "../../protocol/index.js";
import { type Hash, toHex } from "../../util/hex.js";
import { sealHeader } from "../header.js";
import { listRoot } from "../state/trie.js";
import type { BlockHeader } from "../types.js";

/** The header that a payload's fields make; its hash is the payload's if nobody lies. */
export function payloadHeader(payload: ExecutionPayload, requestsHash: Hash): BlockHeader {
  const { blockNumber: number, transactions, blockHash: _, ...rest } = payload;
  const { withdrawals, executionRequests: _requests, ...fields } = rest;
  const transactionsRoot = toHex(listRoot(transactions));
  const header = { ...fields, number, transactionsRoot, requestsHash };
  return sealHeader(header, { transactions, ...(withdrawals ? { withdrawals } : {}) }).header;
}

/** Fields of a header that only execution finds, and its hash. */
export type ClaimedHeader = Pick<
  BlockHeader,
  | "stateRoot"
  | "receiptsRoot"
  | "logsBloom"
  | "gasUsed"
  | "withdrawalsRoot"
  | "blobGasUsed"
  | "hash"
> & { requestsHash?: Hash };

/** Names of the fields in which an executed block differs from what a payload or header claimed. */
export function findDifferences(claimed: ClaimedHeader, header: BlockHeader): string[] {
  const pairs: [string, unknown, unknown][] = [
    ["stateRoot", claimed.stateRoot, header.stateRoot],
    ["receiptsRoot", claimed.receiptsRoot, header.receiptsRoot],
    ["logsBloom", toHex(claimed.logsBloom), toHex(header.logsBloom)],
    ["gasUsed", claimed.gasUsed, header.gasUsed],
    ["withdrawalsRoot", claimed.withdrawalsRoot, header.withdrawalsRoot],
    ["blobGasUsed", claimed.blobGasUsed, header.blobGasUsed],
    ["requestsHash", claimed.requestsHash ?? header.requestsHash, header.requestsHash],
    ["blockHash", claimed.hash, header.hash],
  ];
  return pairs.flatMap(([name, wanted, found]) => (wanted === found ? [] : [name]));
}
