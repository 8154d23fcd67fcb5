import type { EVM } from "@ethereumjs/evm";
import type { Address } from "../../util/hex.js";
import type { SignedTx } from "../envelope.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { restoreOnError, type TxOutcome } from "../execution/executeTx.js";
import { type BlockEnv, runMessage } from "../execution/runMessage.js";
import { blobGasOf } from "./txRules.js";

/** The journal keeps which accounts were touched, but offers no way to say that one was without writing it. */
function touch({ journal }: EVM, address: Address): void {
  (journal as unknown as { touchAccount(digits: string): void }).touchAccount(address.slice(2));
}

/** Executes a transaction that the rules have nothing against. Base fee and blob fee are burnt. */
export async function executeEthereumTx(
  machine: EvmMachine,
  env: BlockEnv,
  tx: SignedTx,
): Promise<TxOutcome> {
  const { state, evm } = machine;
  const room = tx.maxFeePerGas - env.baseFeePerGas;
  const tip = tx.maxPriorityFeePerGas < room ? tx.maxPriorityFeePerGas : room;
  const price = env.baseFeePerGas + tip;
  const blobFee = blobGasOf(tx) * (env.blobBaseFee ?? 0n);
  const result = await restoreOnError(machine, async () => {
    const sender = state.readAccount(tx.from);
    state.writeAccount(tx.from, {
      nonce: tx.nonce + 1n,
      balance: (sender?.balance ?? 0n) - tx.gasLimit * price - blobFee,
    });
    return runMessage(machine, env, tx, price, (gasUsed) => {
      state.addBalance(tx.from, (tx.gasLimit - gasUsed) * price);
      state.addBalance(env.feeRecipient, gasUsed * tip);
      // A recipient that gets nothing was touched all the same: it comes into being, or goes away since EIP-158.
      touch(evm, env.feeRecipient);
    });
  });
  return { ...result, from: tx.from, effectiveGasPrice: price, depositNonce: null, costs: null };
}
