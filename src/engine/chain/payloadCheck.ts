import {
  decodeExtraData,
  type ExecutionPayload,
  nextBaseFee,
  PREDEPLOYS,
} from "../../protocol/index.js";
import { type Hash, toHex } from "../../util/hex.js";
import type { BlockInput } from "../execution/blockExecution.js";
import { EMPTY_REQUESTS_HASH, sealHeader } from "../header.js";
import { listRoot } from "../state/trie.js";
import type { BlockHeader } from "../types.js";

/** Hash that the fields of a payload have as a header. */
export function payloadHash(payload: ExecutionPayload): Hash {
  const { blockNumber: number, transactions, blockHash: _, ...fields } = payload;
  const transactionsRoot = toHex(listRoot(transactions));
  const header = { ...fields, number, transactionsRoot, requestsHash: EMPTY_REQUESTS_HASH };
  return sealHeader(header, transactions).header.hash;
}

/** What a payload says beside its transactions, if its header may follow `parent`; otherwise why not. */
export function checkPayload(
  payload: ExecutionPayload,
  parent: BlockHeader,
): BlockInput | { invalid: string } {
  if (payload.blockNumber !== parent.number + 1n) return { invalid: "block number" };
  if (payload.timestamp <= parent.timestamp) return { invalid: "timestamp" };
  if (payload.feeRecipient !== PREDEPLOYS.sequencerFeeVault) return { invalid: "fee recipient" };
  if (payload.excessBlobGas !== 0n) return { invalid: "excessBlobGas" };
  if (payload.baseFeePerGas !== nextBaseFee(parent)) return { invalid: "base fee" };
  try {
    const { denominator, elasticity, minBaseFee } = decodeExtraData(payload.extraData);
    if (denominator === 0 || elasticity === 0) return { invalid: "extraData" };
    return { ...payload, eip1559Params: { denominator, elasticity }, minBaseFee };
  } catch {
    return { invalid: "extraData" };
  }
}

/** Names of the fields in which an executed block differs from what a payload claimed. */
export function findDifferences(payload: ExecutionPayload, header: BlockHeader): string[] {
  const pairs: [string, unknown, unknown][] = [
    ["stateRoot", payload.stateRoot, header.stateRoot],
    ["receiptsRoot", payload.receiptsRoot, header.receiptsRoot],
    ["logsBloom", toHex(payload.logsBloom), toHex(header.logsBloom)],
    ["gasUsed", payload.gasUsed, header.gasUsed],
    ["withdrawalsRoot", payload.withdrawalsRoot, header.withdrawalsRoot],
    ["blobGasUsed", payload.blobGasUsed, header.blobGasUsed],
    ["blockHash", payload.blockHash, header.hash],
  ];
  return pairs.flatMap(([name, claimed, found]) => (claimed === found ? [] : [name]));
}
