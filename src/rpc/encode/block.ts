import { ommerHash } from "../../engine/blockCodec.js";
import { EMPTY_OMMERS_HASH, hasField } from "../../engine/header.js";
import type { Block, BlockHeader, FoundTransaction } from "../../engine/types.js";
import type { BeaconWithdrawal } from "../../protocol/types.js";
import { toHex } from "../../util/hex.js";
import { quantity } from "./hex.js";
import { encodeTransaction } from "./transaction.js";

/** Header in geth's JSON, as newHeads sends it: with the fields that its fork has. */
export function encodeHeader(header: BlockHeader): Record<string, unknown> {
  return {
    number: quantity(header.number),
    hash: header.hash,
    parentHash: header.parentHash,
    nonce: header.nonce ?? "0x0000000000000000",
    mixHash: header.prevRandao,
    sha3Uncles: header.ommersHash ?? EMPTY_OMMERS_HASH,
    logsBloom: toHex(header.logsBloom),
    stateRoot: header.stateRoot,
    miner: header.feeRecipient,
    difficulty: quantity(header.difficulty ?? 0n),
    extraData: toHex(header.extraData),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    transactionsRoot: header.transactionsRoot,
    receiptsRoot: header.receiptsRoot,
    ...forkFields(header),
  };
}

function forkFields(header: BlockHeader): Record<string, unknown> {
  return {
    ...(hasField(header, "london") ? { baseFeePerGas: quantity(header.baseFeePerGas) } : {}),
    ...(hasField(header, "shanghai") ? { withdrawalsRoot: header.withdrawalsRoot } : {}),
    ...(hasField(header, "cancun")
      ? {
          blobGasUsed: quantity(header.blobGasUsed),
          excessBlobGas: quantity(header.excessBlobGas),
          parentBeaconBlockRoot: header.parentBeaconBlockRoot,
        }
      : {}),
    ...(hasField(header, "prague") ? { requestsHash: header.requestsHash } : {}),
  };
}

/** Block in geth's JSON: with hashes, or with whole transactions when they are given. */
export function encodeBlock(block: Block, full?: FoundTransaction[]): Record<string, unknown> {
  return {
    ...encodeHeader(block.header),
    size: quantity(block.header.sizeBytes),
    transactions: full === undefined ? block.transactionHashes : full.map(encodeTransaction),
    uncles: (block.ommers ?? []).map(ommerHash),
    ...(hasField(block.header, "shanghai")
      ? { withdrawals: (block.withdrawals ?? []).map(encodeWithdrawal) }
      : {}),
  };
}

/** Withdrawal of the beacon chain, as a block shows it. Units: gwei. */
export function encodeWithdrawal(withdrawal: BeaconWithdrawal): Record<string, unknown> {
  return {
    index: quantity(withdrawal.index),
    validatorIndex: quantity(withdrawal.validatorIndex),
    address: withdrawal.address,
    amount: quantity(withdrawal.amountGwei),
  };
}
