import type { Block, BlockHeader, FoundTransaction } from "../../engine/types.js";
import { toHex } from "../../util/hex.js";
import { quantity } from "./hex.js";
import { encodeTransaction } from "./transaction.js";

/** keccak of the RLP of an empty list: L2 blocks have no ommers. */
const EMPTY_OMMERS_HASH = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

/** Header in geth's JSON, as newHeads sends it. */
export function encodeHeader(header: BlockHeader): Record<string, unknown> {
  return {
    number: quantity(header.number),
    hash: header.hash,
    parentHash: header.parentHash,
    nonce: "0x0000000000000000",
    mixHash: header.prevRandao,
    sha3Uncles: EMPTY_OMMERS_HASH,
    logsBloom: toHex(header.logsBloom),
    stateRoot: header.stateRoot,
    miner: header.feeRecipient,
    difficulty: "0x0",
    extraData: toHex(header.extraData),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    transactionsRoot: header.transactionsRoot,
    receiptsRoot: header.receiptsRoot,
    baseFeePerGas: quantity(header.baseFeePerGas),
    withdrawalsRoot: header.withdrawalsRoot,
    blobGasUsed: quantity(header.blobGasUsed),
    excessBlobGas: quantity(header.excessBlobGas),
    parentBeaconBlockRoot: header.parentBeaconBlockRoot,
    requestsHash: header.requestsHash,
  };
}

/** Block in geth's JSON: with hashes, or with whole transactions when they are given. */
export function encodeBlock(block: Block, full?: FoundTransaction[]): Record<string, unknown> {
  return {
    ...encodeHeader(block.header),
    size: quantity(block.header.sizeBytes),
    transactions: full === undefined ? block.transactionHashes : full.map(encodeTransaction),
    uncles: [],
    withdrawals: [],
  };
}
