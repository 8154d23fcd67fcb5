import type { Address } from "../util/hex.js";
import type { TxPoolAccount } from "./txPoolAccount.js";
import type { TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import type { PooledTx, UnsignedFields } from "./txPoolTx.js";

/** As in geth. */
const BLOB_PRICE_BUMP_PERCENT = 100n;

/**
 * Rules that hold for everything that is sent, whatever the sender's account says.
 * Errors: POOL_UNPROTECTED, POOL_GAS_LIMIT, POOL_TIP_BELOW_MINIMUM, POOL_FEE_CAP_EXCEEDED.
 */
export function checkWithoutState(
  tx: UnsignedFields,
  blockGasLimit: bigint,
  limits: TxPoolLimits,
): void {
  if (!tx.isProtected && !limits.allowUnprotected) throw new PoolError("POOL_UNPROTECTED");
  if (tx.gasLimit > blockGasLimit) {
    throw new PoolError("POOL_GAS_LIMIT", { gas: tx.gasLimit, limit: blockGasLimit });
  }
  if (tx.maxPriorityFeePerGas < limits.minTipWei) {
    throw new PoolError("POOL_TIP_BELOW_MINIMUM", {
      tip: tx.maxPriorityFeePerGas,
      minimum: limits.minTipWei,
    });
  }
  const feeWei = tx.gasLimit * tx.maxFeePerGas;
  if (limits.maxFeeWei > 0n && feeWei > limits.maxFeeWei) {
    throw new PoolError("POOL_FEE_CAP_EXCEEDED", { feeWei, capWei: limits.maxFeeWei });
  }
}

/**
 * A transaction whose DA footprint alone fills more than a block could wait for ever.
 * Errors: POOL_DA_FOOTPRINT. Source: docs/protocol/execution.md#da-footprint
 */
export function checkFootprint(daFootprint: bigint, blockGasLimit: bigint): void {
  if (daFootprint > blockGasLimit) {
    throw new PoolError("POOL_DA_FOOTPRINT", { daFootprint, limit: blockGasLimit });
  }
}

/** Errors: POOL_NONCE_TOO_LOW, POOL_NONCE_TOO_HIGH. */
export function checkNonce(
  tx: PooledTx,
  stateNonce: bigint,
  account: TxPoolAccount | undefined,
  limits: TxPoolLimits,
): void {
  if (tx.nonce < stateNonce) {
    throw new PoolError("POOL_NONCE_TOO_LOW", { nonce: tx.nonce, stateNonce });
  }
  const isGapped = tx.nonce > (account?.nextNonce ?? stateNonce);
  const queued = account?.queuedCount ?? 0;
  if (isGapped && queued >= limits.accountQueue && account?.get(tx.nonce) === undefined) {
    throw new PoolError("POOL_NONCE_TOO_HIGH", { nonce: tx.nonce, limit: limits.accountQueue });
  }
}

/**
 * An account that runs the code of another, or is about to, can be emptied by anybody's transaction, which would make all it has in the
 * pool worthless at once; so it has one at a time, and none that waits for another. As in geth.
 * Errors: POOL_DELEGATED.
 */
export function checkDelegated(
  tx: PooledTx,
  stateNonce: bigint,
  account: TxPoolAccount | undefined,
): void {
  const pending = account?.pendingCount ?? 0;
  if (pending === 0 ? tx.nonce === stateNonce : account?.isExecutable(tx.nonce)) return;
  const reason = pending === 0 ? "gap" : "limit";
  throw new PoolError("POOL_DELEGATED", { reason, from: tx.from });
}

/**
 * The other way round: an account with several transactions in the pool cannot be made one that runs the code of another by a further
 * one. As in geth.
 * Errors: POOL_AUTHORITY_RESERVED.
 */
export function checkAuthorities(
  tx: PooledTx,
  accountOf: (address: Address) => TxPoolAccount | undefined,
): void {
  const authority = tx.authorities?.find((address) => (accountOf(address)?.size ?? 0) > 1);
  if (authority !== undefined) throw new PoolError("POOL_AUTHORITY_RESERVED", { authority });
}

/** Errors: POOL_REPLACEMENT_UNDERPRICED unless both fee fields rise by the bump. */
export function checkReplacement(tx: PooledTx, old: PooledTx, limits: TxPoolLimits): void {
  // Whoever keeps blobs for nothing has paid for their traffic: the fees double, and blobs go for blobs only.
  const isBlobTx = tx.blobFeeCap !== undefined;
  const bumpPercent = isBlobTx ? BLOB_PRICE_BUMP_PERCENT : limits.priceBumpPercent;
  const isEnough = (fee: bigint, oldFee: bigint) =>
    fee > oldFee && fee * 100n >= oldFee * (100n + bumpPercent);
  if (
    isBlobTx !== (old.blobFeeCap !== undefined) ||
    !isEnough(tx.maxFeePerGas, old.maxFeePerGas) ||
    !isEnough(tx.maxPriorityFeePerGas, old.maxPriorityFeePerGas) ||
    (isBlobTx && !isEnough(tx.blobFeeCap ?? 0n, old.blobFeeCap ?? 0n))
  ) {
    throw new PoolError("POOL_REPLACEMENT_UNDERPRICED", { replaces: old.hash });
  }
}

/**
 * The balance has to cover this and the account's executable transactions; one that this replaces does not count.
 * Errors: POOL_INSUFFICIENT_FUNDS; `queued`: what the executable ones cost, `bump`: what this costs more than the one it replaces.
 */
export function checkAffordable(
  tx: PooledTx,
  balance: bigint,
  account: TxPoolAccount | undefined,
): void {
  const cost = tx.costWei;
  const queued = account?.pendingCostWei ?? 0n;
  const replaced = account?.isExecutable(tx.nonce) ? account.get(tx.nonce)?.costWei : undefined;
  const bump = replaced === undefined ? undefined : cost - replaced;
  const overshot = queued + (bump ?? cost) - balance;
  if (overshot <= 0n) return;
  // Those who cannot pay for it alone want to hear that, whatever else is there.
  if (cost > balance) {
    throw new PoolError("POOL_INSUFFICIENT_FUNDS", { balance, cost, overshot: cost - balance });
  }
  const isBump = bump === undefined ? {} : { bump };
  throw new PoolError("POOL_INSUFFICIENT_FUNDS", { balance, cost, queued, ...isBump, overshot });
}
