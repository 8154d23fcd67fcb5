import { MAX_TX_GAS } from "../../protocol/index.js";
import type { SignedTx } from "../envelope.js";
import type { Invalidity } from "../execution/executeTx.js";
import type { ForkRules } from "../execution/forks.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";
import { type BlockEnv, isDelegation } from "../execution/runMessage.js";
import type { BlockState } from "../state/blockState.js";
import { GAS_PER_BLOB } from "./blobParams.js";

/** What transactions of a block are measured by. */
export interface TxLimits {
  chainId: number;
  rules: ForkRules;
  /** EIP-155. */
  hasReplayProtection: boolean;
  /** Most blobs of one block; zero before Cancun. */
  maxBlobs: bigint;
}

/** What is left of a block. */
export interface BlockGas {
  gas: bigint;
  blobGas: bigint;
}

const MAX_NONCE = 2n ** 64n - 1n;
const MAX_INIT_CODE_BYTES = 49_152;
/** EIP-7594. */
const MAX_BLOBS_PER_TX = 6;
const VERSIONED_HASH_PREFIX = "0x01";

const forever = (reason: string): Invalidity => ({ reason, isForever: true });
const forNow = (reason: string): Invalidity => ({ reason, isForever: false });

function isKnownType({ type }: SignedTx, rules: ForkRules): boolean {
  if (type === 0) return true;
  if (type === 1) return rules.isBerlin;
  if (type === 2) return rules.isLondon;
  return type === 3 ? rules.isCancun : rules.isPrague;
}

function findSignatureInvalidity(tx: SignedTx, limits: TxLimits): Invalidity | undefined {
  if (tx.hasHighS && limits.rules.isHomestead) return forever("signature: s too high");
  if (tx.chainId === undefined) return undefined;
  if (tx.type === 0 && !limits.hasReplayProtection) return forever("signature: v");
  return tx.chainId === BigInt(limits.chainId) ? undefined : forever("chain id");
}

function findBlobInvalidity(tx: SignedTx, limits: TxLimits): Invalidity | undefined {
  const hashes = tx.blobHashes ?? [];
  if (tx.to === null) return forever("blob transaction: creates a contract");
  if (hashes.length === 0) return forever("blob transaction: no blobs");
  if (hashes.some((hash) => !hash.startsWith(VERSIONED_HASH_PREFIX))) {
    return forever("blob transaction: version of a blob hash");
  }
  const isAboveTx = limits.rules.isOsaka && hashes.length > MAX_BLOBS_PER_TX;
  if (isAboveTx || BigInt(hashes.length) > limits.maxBlobs) {
    return forever("blob transaction: too many blobs");
  }
  return undefined;
}

/** Checks that need no state. Sources: EIP-2, 155, 1559, 2681, 2930, 3860, 4844, 7594, 7623, 7702, 7825 */
export function findStatelessTxInvalidity(tx: SignedTx, limits: TxLimits): Invalidity | undefined {
  const { rules } = limits;
  if (!isKnownType(tx, rules)) return forever(`type ${tx.type} is not known in this fork`);
  const signature = findSignatureInvalidity(tx, limits);
  if (signature) return signature;
  if (tx.nonce >= MAX_NONCE) return forever("nonce at its maximum");
  if (rules.isOsaka && tx.gasLimit > MAX_TX_GAS) return forever("gas limit above 2^24");
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) return forever("tip above fee cap");
  const { intrinsic, floor } = intrinsicGas(tx, rules);
  if (tx.gasLimit < intrinsic) return forever("intrinsic gas");
  if (tx.gasLimit < floor) return forever("calldata floor gas");
  if (rules.isShanghai && tx.to === null && tx.data.length > MAX_INIT_CODE_BYTES) {
    return forever("init code size");
  }
  if (tx.type === 3) return findBlobInvalidity(tx, limits);
  if (tx.type === 4 && tx.to === null) return forever("set-code transaction: creates a contract");
  if (tx.type === 4 && tx.authorizations.length === 0) {
    return forever("set-code transaction: no authorizations");
  }
  return undefined;
}

/** Blob gas of a transaction. */
export function blobGasOf(tx: Pick<SignedTx, "blobHashes">): bigint {
  return GAS_PER_BLOB * BigInt(tx.blobHashes?.length ?? 0);
}

/** Checks against the state and what is left of the block. Sources: EIP-1559, 3607, 4844, 7702 */
export function findTxInvalidity(
  state: BlockState,
  env: BlockEnv,
  left: BlockGas,
  tx: SignedTx,
  rules: ForkRules,
): Invalidity | undefined {
  if (tx.gasLimit > left.gas) return forNow("gas limit above the gas left in the block");
  const blobGas = blobGasOf(tx);
  if (blobGas > left.blobGas) return forNow("blob gas above the blob gas left in the block");
  const account = state.readAccount(tx.from);
  const nonce = account?.nonce ?? 0n;
  if (tx.nonce < nonce) return forever("nonce too low");
  if (tx.nonce > nonce) return forNow("nonce too high");
  const code = state.readCode(tx.from);
  if (code.length > 0 && !(rules.isPrague && isDelegation(code))) {
    return forever("sender has code");
  }
  if (tx.maxFeePerGas < env.baseFeePerGas) return forNow("fee cap below base fee");
  const blobFeeCap = tx.maxFeePerBlobGas ?? 0n;
  if (blobGas > 0n && blobFeeCap < (env.blobBaseFee ?? 0n)) {
    return forNow("blob fee cap below blob base fee");
  }
  const upFront = tx.gasLimit * tx.maxFeePerGas + blobGas * blobFeeCap + tx.value;
  if ((account?.balance ?? 0n) < upFront) return forNow("balance below the cost of gas and value");
  return undefined;
}
