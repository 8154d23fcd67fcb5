import type { Hash } from "../util/hex.js";
import { parseHash, parseObject, parseQuantity } from "./rpcValues.js";

/** What the sender needs of a receipt. */
export interface TxReceipt {
  blockNumber: bigint;
  blockHash: Hash;
  gasUsed: bigint;
  /** 0 where the node does not tell the price. */
  feeWei: bigint;
  isReverted: boolean;
}

/** Reads the answer of eth_getTransactionReceipt. Errors: L1_LIED for what is none. */
export function parseReceipt(answer: unknown): TxReceipt {
  const receipt = parseObject(answer, "receipt");
  const gasUsed = parseQuantity(receipt.gasUsed, "gasUsed");
  const price = parseQuantity(receipt.effectiveGasPrice ?? "0x0", "effectiveGasPrice");
  return {
    blockNumber: parseQuantity(receipt.blockNumber, "blockNumber"),
    blockHash: parseHash(receipt.blockHash, "blockHash"),
    gasUsed,
    feeWei: gasUsed * price,
    isReverted: parseQuantity(receipt.status, "status") === 0n,
  };
}
