/** Limits of the pool; geth's where it has them. */
export interface TxPoolLimits {
  /** Executable transactions that an account keeps when the pool is full. */
  accountSlots: number;
  /** Executable transactions of all accounts. */
  globalSlots: number;
  /** Transactions of one account that wait for a missing nonce. */
  accountQueue: number;
  globalQueue: number;
  totalBytes: number;
  /** How long a transaction waits for a missing nonce. */
  queueLifetimeMs: number;
  /** A replacement pays this much more in both fee fields. */
  priceBumpPercent: bigint;
  /** Least tip per gas. */
  minTipWei: bigint;
  /** Most that `gasLimit * maxFeePerGas` of a sent transaction may be: protects from mistyped prices. 0: no limit. */
  maxFeeWei: bigint;
  /** Whether legacy transactions without a chain id are taken. */
  allowUnprotected: boolean;
  /** Accounts looked at again after each block. */
  recheckAccounts: number;
  /** Bytes of included transactions that the journal keeps, in case their blocks are lost. */
  includedBytes: number;
}

export const DEFAULT_TX_POOL_LIMITS: TxPoolLimits = {
  accountSlots: 16,
  globalSlots: 4_096,
  accountQueue: 64,
  globalQueue: 1_024,
  totalBytes: 33_554_432,
  queueLifetimeMs: 3_600_000,
  priceBumpPercent: 10n,
  minTipWei: 1n,
  maxFeeWei: 10n ** 18n,
  allowUnprotected: false,
  recheckAccounts: 256,
  includedBytes: 2_097_152,
};

/** Settings of one pool. */
export interface TxPoolConfig {
  chainId: number;
  /** Null: nothing is kept on disk (tests). */
  journalPath: string | null;
  limits?: Partial<TxPoolLimits>;
}
