import type { TxPoolAccount } from "./txPoolAccount.js";
import type { TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import type { PooledTx } from "./txPoolTx.js";

/** As in geth. */
const BLOB_PRICE_BUMP_PERCENT = 100n;

/**
 * Rules that hold for everything that is sent, whatever the sender's account says.
 * Errors: POOL_UNPROTECTED, POOL_GAS_LIMIT, POOL_UNDERPRICED, POOL_FEE_CAP_EXCEEDED.
 */
export function checkWithoutState(tx: PooledTx, blockGasLimit: bigint, limits: TxPoolLimits): void {
  if (!tx.isProtected && !limits.allowUnprotected) throw new PoolError("POOL_UNPROTECTED");
  if (tx.gasLimit > blockGasLimit) {
    throw new PoolError("POOL_GAS_LIMIT", { gas: tx.gasLimit, limit: blockGasLimit });
  }
  if (tx.maxPriorityFeePerGas < limits.minTipWei) {
    throw new PoolError("POOL_UNDERPRICED", {
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
 * An account that runs the code of another can be emptied by anybody's transaction, which would make all it has in the pool
 * worthless at once; so it has one at a time, and none that waits for another. As in geth.
 * Errors: POOL_DELEGATED.
 */
export function checkDelegated(
  tx: PooledTx,
  stateNonce: bigint,
  account: TxPoolAccount | undefined,
): void {
  const isReplacement = account?.get(tx.nonce) !== undefined;
  if (isReplacement) return;
  const reason = tx.nonce > stateNonce ? "gap" : "limit";
  if (tx.nonce > stateNonce || (account?.size ?? 0) > 0) {
    throw new PoolError("POOL_DELEGATED", { reason, from: tx.from });
  }
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

/** Errors: POOL_INSUFFICIENT_FUNDS, when the balance does not cover this and the account's executable transactions. */
export function checkAffordable(
  tx: PooledTx,
  balance: bigint,
  account: TxPoolAccount | undefined,
): void {
  const replaced = account?.isExecutable(tx.nonce) ? (account.get(tx.nonce)?.costWei ?? 0n) : 0n;
  const cost = (account?.pendingCostWei ?? 0n) - replaced + tx.costWei;
  if (cost > balance) {
    throw new PoolError("POOL_INSUFFICIENT_FUNDS", {
      balance,
      cost: tx.costWei,
      total: cost,
      overshot: cost - balance,
    });
  }
}
