import type { Address, Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { ByteWriter } from "./byteWriter.js";

/** A message from L2 to L1. */
export interface Withdrawal {
  nonce: bigint;
  sender: Address;
  target: Address;
  value: bigint;
  gasLimit: bigint;
  data: Uint8Array;
}

const HEAD_WORDS = 6;

/** Identity of a withdrawal on both chains. Errors: PROTOCOL_BAD_VALUE. Source: docs/protocol/execution.md#withdrawals */
export function withdrawalHash(withdrawal: Withdrawal): Hash {
  const padding = (32 - (withdrawal.data.length % 32)) % 32;
  return keccakHex(
    new ByteWriter((HEAD_WORDS + 1) * 32 + withdrawal.data.length + padding)
      .uint(32, withdrawal.nonce)
      .uint(12, 0)
      .hex(20, withdrawal.sender)
      .uint(12, 0)
      .hex(20, withdrawal.target)
      .uint(32, withdrawal.value)
      .uint(32, withdrawal.gasLimit)
      .uint(32, HEAD_WORDS * 32)
      .uint(32, withdrawal.data.length)
      .bytes(withdrawal.data)
      .bytes(new Uint8Array(padding))
      .finish(),
  );
}

/** Storage slot of `sentMessages[hash]` in L2ToL1MessagePasser. Source: docs/protocol/execution.md#withdrawals */
export function sentMessageSlot(hash: Hash): Hash {
  return keccakHex(new ByteWriter(64).hex(32, hash).uint(32, 0).finish());
}
