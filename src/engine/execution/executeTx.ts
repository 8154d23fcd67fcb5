import { MAX_INIT_CODE_BYTES, MAX_TX_BYTES, MAX_TX_GAS, PREDEPLOYS } from "../../protocol/index.js";
import type { Address } from "../../util/hex.js";
import type { DepositMessage, SignedTx } from "../envelope.js";
import type { BlockState } from "../state/blockState.js";
import type { EvmMachine } from "./evmMachine.js";
import { type L1FeeParams, operatorFeeOf, type RollupCosts } from "./fees.js";
import { intrinsicGas } from "./intrinsicGas.js";
import { type BlockEnv, isDelegation, type MessageResult, runMessage } from "./runMessage.js";

/** What is left of a block's limits. */
export interface BlockRoom {
  gas: bigint;
  daFootprint: bigint;
}

/** Why a transaction is not valid where it stands; `isForever`: nor will it be on any later state. */
export interface Invalidity {
  reason: string;
  isForever: boolean;
}

/** Outcome of one transaction. */
export interface TxOutcome extends MessageResult {
  from: Address;
  effectiveGasPrice: bigint;
  /** Deposits only. */
  depositNonce: bigint | null;
  /** Null for deposits. */
  costs: (RollupCosts & { operatorFee: bigint }) | null;
}

const MAX_NONCE = 2n ** 64n - 1n;

const forever = (reason: string): Invalidity => ({ reason, isForever: true });
const forNow = (reason: string): Invalidity => ({ reason, isForever: false });

/** Checks that need no state. Source: docs/protocol/derivation.md#stateless-validity-of-a-transaction */
export function findStatelessInvalidity(
  tx: Omit<SignedTx, "from">,
  chainId: number,
): Invalidity | undefined {
  if (tx.type === 3) return forever("type");
  if (tx.hasHighS) return forever("signature");
  if (tx.raw.length > MAX_TX_BYTES) return forever("size");
  if (tx.chainId !== undefined && tx.chainId !== BigInt(chainId)) return forever("chain id");
  if (tx.gasLimit > MAX_TX_GAS) return forever("gas limit above 2^24");
  const { intrinsic, floor } = intrinsicGas(tx);
  if (tx.gasLimit < intrinsic || tx.gasLimit < floor) return forever("intrinsic gas");
  if (tx.maxPriorityFeePerGas > tx.maxFeePerGas) return forever("tip above fee cap");
  if (tx.to === null && tx.data.length > MAX_INIT_CODE_BYTES) return forever("init code size");
  if (tx.nonce >= MAX_NONCE) return forever("nonce");
  if (tx.type === 4 && (tx.to === null || tx.authorizations.length === 0)) return forever("type 4");
  return undefined;
}

/** The drop rule. Source: docs/protocol/execution.md#drop-rule */
export function findInvalidity(
  state: BlockState,
  env: BlockEnv,
  room: BlockRoom,
  tx: SignedTx,
  costs: RollupCosts,
  params: L1FeeParams,
): Invalidity | undefined {
  const account = state.readAccount(tx.from);
  const nonce = account?.nonce ?? 0n;
  if (tx.nonce < nonce) return forever("nonce too low");
  if (tx.nonce > nonce) return forNow("nonce too high");
  const code = state.readCode(tx.from);
  if (code.length > 0 && !isDelegation(code)) return forever("sender has code");
  if (tx.maxFeePerGas < env.baseFeePerGas) return forNow("fee cap below base fee");
  const upFront =
    tx.gasLimit * tx.maxFeePerGas + tx.value + costs.l1Fee + operatorFeeOf(tx.gasLimit, params);
  if ((account?.balance ?? 0n) < upFront) return forNow("balance");
  if (tx.gasLimit > room.gas) return forNow("gas limit above the gas left");
  if (costs.daFootprint > room.daFootprint) return forNow("DA footprint above what is left");
  return undefined;
}

/** Runs what changes the state; if it throws, nothing of it remains. */
export async function restoreOnError<Result>(
  machine: EvmMachine,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    // Nothing of a transaction that could not be executed to its end may remain.
    machine.state.rollback(0);
    machine.state.settle();
    machine.reset();
    throw error;
  }
}

/** Nothing is not paid: who is not there does not come into being by it. Source: EIP-161 */
function pay(state: BlockState, to: Address, amountWei: bigint): void {
  if (amountWei > 0n) state.addBalance(to, amountWei);
}

/**
 * Executes a transaction that `findInvalidity` has nothing against.
 * Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction
 */
export async function executeSigned(
  machine: EvmMachine,
  env: BlockEnv,
  tx: SignedTx,
  costs: RollupCosts,
  params: L1FeeParams,
): Promise<TxOutcome> {
  const { state } = machine;
  const wantedTip = tx.maxFeePerGas - env.baseFeePerGas;
  const tip = tx.maxPriorityFeePerGas < wantedTip ? tx.maxPriorityFeePerGas : wantedTip;
  const price = env.baseFeePerGas + tip;
  const bought = operatorFeeOf(tx.gasLimit, params);
  let operatorFee = 0n;
  const result = await restoreOnError(machine, async () => {
    const sender = state.readAccount(tx.from);
    state.writeAccount(tx.from, {
      nonce: tx.nonce + 1n,
      balance: (sender?.balance ?? 0n) - tx.gasLimit * price - costs.l1Fee - bought,
    });
    return runMessage(machine, env, tx, price, (gasUsed) => {
      operatorFee = operatorFeeOf(gasUsed, params);
      pay(state, tx.from, (tx.gasLimit - gasUsed) * price + bought - operatorFee);
      pay(state, env.feeRecipient, gasUsed * tip);
      pay(state, PREDEPLOYS.baseFeeVault, gasUsed * env.baseFeePerGas);
      pay(state, PREDEPLOYS.l1FeeVault, costs.l1Fee);
      // Before Isthmus there is no such vault.
      if (params.older?.operatorFee !== "none") {
        pay(state, PREDEPLOYS.operatorFeeVault, operatorFee);
      }
    });
  });
  return {
    ...result,
    from: tx.from,
    effectiveGasPrice: price,
    depositNonce: null,
    costs: { ...costs, operatorFee },
  };
}

/**
 * Executes a deposit; it cannot fail to be included. Before Regolith, which only old OP chains have known, it counts its gas limit
 * whatever it used, and nothing at all if it is a system transaction.
 * Source: docs/protocol/deposits.md#execution-of-a-deposit
 */
export async function executeDeposit(
  machine: EvmMachine,
  env: BlockEnv,
  tx: DepositMessage,
  isRegolith = true,
): Promise<TxOutcome> {
  const { state, rules } = machine;
  const before = state.readAccount(tx.from);
  const nonce = before?.nonce ?? 0n;
  const balance = (before?.balance ?? 0n) + tx.mint;
  const { intrinsic, floor } = intrinsicGas(tx, rules);
  const canStart =
    !(tx.isSystemTx && isRegolith) &&
    tx.gasLimit >= intrinsic &&
    tx.gasLimit >= floor &&
    tx.value <= balance &&
    (tx.to !== null || !rules.isShanghai || tx.data.length <= MAX_INIT_CODE_BYTES);
  const result = await restoreOnError(machine, async (): Promise<MessageResult> => {
    state.writeAccount(tx.from, { balance, nonce: nonce + 1n });
    if (canStart) return runMessage(machine, env, tx, 0n);
    state.settle();
    const failed = { exception: "cannot start", returnData: new Uint8Array(), logs: [] };
    return { ...failed, gasUsed: tx.gasLimit, peakGas: tx.gasLimit };
  });
  const outcome = { ...result, from: tx.from, effectiveGasPrice: 0n, costs: null };
  if (isRegolith) return { ...outcome, depositNonce: nonce };
  return { ...outcome, gasUsed: tx.isSystemTx ? 0n : tx.gasLimit, depositNonce: null };
}
