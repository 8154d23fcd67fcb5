import { MAX_INIT_CODE_BYTES, MAX_TX_GAS } from "../../protocol/index.js";
import type { SignedTx } from "../envelope.js";
import type { Invalidity } from "../execution/executeTx.js";
import type { ForkRules } from "../execution/forks.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";

const MAX_NONCE = 2n ** 64n - 1n;

/** Why a signed transaction is valid in no block of an OP chain with these rules; undefined if it may be valid in one. */
export function findOpStatelessInvalidity(
  tx: SignedTx,
  chainId: number,
  rules: ForkRules,
): Invalidity | undefined {
  const forever = (reason: string): Invalidity => ({ reason, isForever: true });
  if (tx.type === 3 || (tx.type === 4 && !rules.isPrague)) return forever(`type ${tx.type}`);
  if (tx.hasHighS) return forever("signature");
  if (tx.chainId !== undefined && tx.chainId !== BigInt(chainId)) return forever("chain id");
  if (rules.isOsaka && tx.gasLimit > MAX_TX_GAS) return forever("gas limit above 2^24");
  const { intrinsic, floor } = intrinsicGas(tx, rules);
  if (tx.gasLimit < intrinsic) return forever("intrinsic gas");
  if (tx.gasLimit < floor) return forever("calldata floor gas");
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) return forever("tip above fee cap");
  if (tx.to === null && rules.isShanghai && tx.data.length > MAX_INIT_CODE_BYTES) {
    return forever("init code size");
  }
  if (tx.nonce >= MAX_NONCE) return forever("nonce");
  if (tx.type === 4 && (tx.to === null || tx.authorizations.length === 0))
    return forever("set-code");
  return undefined;
}
