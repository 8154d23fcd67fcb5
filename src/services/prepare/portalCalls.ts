import { encodeFunctionData } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import { L2ToL1MessagePasser } from "../../contracts/generated/L2ToL1MessagePasser.js";
import { OptimismPortal } from "../../contracts/generated/OptimismPortal.js";
import type { Withdrawal } from "../../protocol/withdrawal.js";
import { type Address, type Hex, toHex } from "../../util/hex.js";
import type { WithdrawalProof } from "../withdrawals/buildWithdrawalProof.js";

const { abi } = OptimismPortal;

/** A deposit as the portal takes it. */
export interface DepositCall {
  to: Address;
  value: bigint;
  gasLimit: bigint;
  isCreation: boolean;
  data: Hex;
}

/** Calldata of OptimismPortal.depositTransaction; its value is what is minted. */
export function encodeDeposit({ to, value, gasLimit, isCreation, data }: DepositCall): Hex {
  const args = [to, value, gasLimit, isCreation, data] as const;
  return encodeFunctionData({ abi, functionName: "depositTransaction", args });
}

/** Calldata of L2ToL1MessagePasser.initiateWithdrawal; its value is what is withdrawn. */
export function encodeInitiate(target: Address, gasLimit: bigint, data: Hex): Hex {
  return encodeFunctionData({
    abi: L2ToL1MessagePasser.abi,
    functionName: "initiateWithdrawal",
    args: [target, gasLimit, data],
  });
}

/** Calldata of OptimismPortal.proveWithdrawalTransaction. */
export function encodeProve(withdrawal: Withdrawal, proof: WithdrawalProof): Hex {
  const args = [
    toTuple(withdrawal),
    proof.proposalIndex,
    proof.outputRootProof,
    proof.withdrawalProof,
  ] as const;
  return encodeFunctionData({ abi, functionName: "proveWithdrawalTransaction", args });
}

/** Calldata of OptimismPortal.finalizeWithdrawalTransactionExternalProof: anybody's proof will do. */
export function encodeFinalize(withdrawal: Withdrawal, proofSubmitter: Address): Hex {
  return encodeFunctionData({
    abi,
    functionName: "finalizeWithdrawalTransactionExternalProof",
    args: [toTuple(withdrawal), proofSubmitter],
  });
}

function toTuple({ nonce, sender, target, value, gasLimit, data }: Withdrawal) {
  return { nonce, sender, target, value, gasLimit, data: toHex(data) };
}

/** Calldata of BlockOracle.unstake. */
export function encodeUnstake(): Hex {
  return encodeFunctionData({ abi: BlockOracle.abi, functionName: "unstake" });
}
