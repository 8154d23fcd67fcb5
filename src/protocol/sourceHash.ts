import type { Hash } from "../util/hex.js";
import { keccak256, keccakHex } from "../util/keccak.js";
import { ByteWriter } from "./byteWriter.js";

const DOMAIN_USER_DEPOSIT = 0;
const DOMAIN_L1_ATTRIBUTES = 1;
const DOMAIN_FALLBACK = 0xf0fea0;

/** Source hash of a deposit in its own L1 block's epoch: the one that viem computes from the log. Source: docs/protocol/deposits.md#source-hash */
export function userDepositSourceHash(l1BlockHash: Hash, logIndex: number): Hash {
  return sourceHashOf(
    DOMAIN_USER_DEPOSIT,
    new ByteWriter(64).hex(32, l1BlockHash).uint(32, logIndex).finish(),
  );
}

/** Source hash of the L1 attributes transaction. Source: docs/protocol/deposits.md#source-hash */
export function l1InfoSourceHash(l1OriginHash: Hash, sequenceNumber: bigint): Hash {
  return sourceHashOf(
    DOMAIN_L1_ATTRIBUTES,
    new ByteWriter(64).hex(32, l1OriginHash).uint(32, sequenceNumber).finish(),
  );
}

/** Source hash of a deposit without a usable hint. Source: docs/protocol/deposits.md#source-hash */
export function fallbackSourceHash(recordIndex: bigint): Hash {
  return sourceHashOf(DOMAIN_FALLBACK, new ByteWriter(32).uint(32, recordIndex).finish());
}

/** Source hash of any domain. Source: docs/protocol/deposits.md#source-hash */
export function sourceHashOf(domain: number, content: Uint8Array): Hash {
  return keccakHex(new ByteWriter(64).uint(32, domain).bytes(keccak256(content)).finish());
}
