import type { Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { Lru } from "../util/lru.js";
import { MAX_INIT_CODE_BYTES, MAX_TX_BYTES, MAX_TX_GAS } from "./constants.js";
import { decodeTx, recoverSender } from "./txCodec.js";

/** Valid ones found lately: what the pool took in comes back in batches, and the recovery of its sender is what costs. */
const MAX_KNOWN = 20_000;
const known = new Lru<string, true>(MAX_KNOWN);
const keyOf = (hash: Hash, l2ChainId: number): string => `${l2ChainId} ${hash}`;

/** Tells that a transaction was found valid, for whoever has found that out by the same rule. */
export function rememberValid(txHash: Hash, l2ChainId: number): void {
  known.set(keyOf(txHash, l2ChainId), true);
}

/**
 * True if a transaction of a batch is kept for execution: it decodes, is signed for this chain, and its gas limit can pay for it.
 * Total: never throws, whatever the bytes. The state decides the rest.
 * Source: docs/protocol/derivation.md#stateless-validity-of-a-transaction
 */
export function isStatelesslyValid(raw: Uint8Array, l2ChainId: number): boolean {
  if (raw.length > MAX_TX_BYTES) return false;
  if (known.get(keyOf(keccakHex(raw), l2ChainId))) return true;
  try {
    const tx = decodeTx(raw, l2ChainId);
    // Fee order, chain id, nonce, init code and type 4's own rules were checked by decoding.
    if (tx.gasLimit > MAX_TX_GAS || tx.gasLimit < tx.getMinimumGasLimit()) return false;
    if (tx.to === undefined && tx.data.length > MAX_INIT_CODE_BYTES) return false;
    recoverSender(tx);
    return true;
  } catch {
    return false;
  }
}
