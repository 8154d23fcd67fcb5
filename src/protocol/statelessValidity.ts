import { MAX_INIT_CODE_BYTES, MAX_TX_BYTES, MAX_TX_GAS } from "./constants.js";
import { decodeTx, recoverSender } from "./txCodec.js";

/**
 * True if a transaction of a batch is kept for execution: it decodes, is signed for this chain, and its gas limit can pay for it.
 * Total: never throws, whatever the bytes. The state decides the rest.
 * Source: docs/protocol/derivation.md#stateless-validity-of-a-transaction
 */
export function isStatelesslyValid(raw: Uint8Array, l2ChainId: number): boolean {
  if (raw.length > MAX_TX_BYTES) return false;
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
