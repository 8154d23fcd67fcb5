import { decodeEventLog, type Hex, toEventSelector } from "viem";
import { L2ToL1MessagePasser } from "../../contracts/generated/L2ToL1MessagePasser.js";
import type { Block, Receipt } from "../../engine/types.js";
import { PREDEPLOYS } from "../../protocol/constants.js";
import type { Address } from "../../util/hex.js";
import { toHex } from "../../util/hex.js";
import type { IndexedWithdrawal } from "./types.js";

/** A withdrawal as stored; its data are a hex string. */
export type WithdrawalRow = Omit<IndexedWithdrawal, "mark" | "data"> & { data: Hex };

const MESSAGE_PASSED = toEventSelector(
  "MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)",
);
/** More logs than a block can hold. */
const LOGS_PER_BLOCK = 1n << 20n;

/** Place of a withdrawal in the list of all. */
export function withdrawalPosition(l2: { blockNumber: bigint; logIndex: number }): bigint {
  return l2.blockNumber * LOGS_PER_BLOCK + BigInt(l2.logIndex);
}

/** The messages to L1 that a block sent, in order. */
export function readWithdrawals(block: Block, receipts: Receipt[]): WithdrawalRow[] {
  const { number: blockNumber, hash: blockHash, timestamp } = block.header;
  return receipts.flatMap(({ transactionHash: txHash, logs, firstLogIndex }) =>
    logs.flatMap(({ address, topics, data }, i) => {
      if (address !== PREDEPLOYS.l2ToL1MessagePasser || topics[0] !== MESSAGE_PASSED) return [];
      const { args } = decodeEventLog({
        abi: L2ToL1MessagePasser.abi,
        eventName: "MessagePassed",
        topics: topics as [Hex, ...Hex[]],
        data: toHex(data),
      });
      const l2 = { blockNumber, blockHash, timestamp, txHash, logIndex: firstLogIndex + i };
      return [
        {
          withdrawalHash: args.withdrawalHash,
          nonce: args.nonce,
          sender: args.sender.toLowerCase() as Address,
          target: args.target.toLowerCase() as Address,
          value: args.value,
          gasLimit: args.gasLimit,
          data: args.data,
          l2,
        },
      ];
    }),
  );
}
