import { EMPTY_BYTES, ZERO_ADDRESS } from "../../util/hex.js";
import type { ForkRules } from "../execution/forks.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";
import type { CallRequest } from "../types.js";
import { SimulateError } from "./errors.js";
import type { FilledCall } from "./simulatedTx.js";

/** Source: EIP-4844 */
export const GAS_PER_BLOB = 131_072n;
const MAX_NONCE = 2n ** 64n - 1n;
const MAX_INIT_CODE_BYTES = 49_152;
const MAX_BLOBS_OSAKA = 6;
const BLOB_HASH_VERSION = "0x01";

/** What a call meets where it stands. Units: wei. */
export interface CallPlace {
  rules: ForkRules;
  validation: boolean;
  baseFeePerGas: bigint;
  blobBaseFee: bigint;
  stateNonce: bigint;
  /** Gas that the block has left. */
  blockGas: bigint;
  /** Gas that the simulation may still use. */
  budget: bigint;
  balance: bigint;
}

/** A call that may run. */
export interface ReadyCall extends FilledCall {
  /** What is paid for a unit of gas. */
  price: bigint;
  /** What the fee recipient gets of that; null: the call is free, and the recipient is not even touched. */
  tip: bigint | null;
  blobGas: bigint;
  isGasCapped: boolean;
}

type Code = ConstructorParameters<typeof SimulateError>[0];

function limitGas(request: CallRequest, place: CallPlace): { gas: bigint; isGasCapped: boolean } {
  const { blockGas, budget } = place;
  const wanted = request.gas ?? blockGas;
  if (wanted > blockGas) {
    const reason = `block gas limit reached: remaining: ${blockGas}, required: ${wanted}`;
    throw new SimulateError("SIMULATE_BLOCK_GAS", { reason });
  }
  return { gas: wanted < budget ? wanted : budget, isGasCapped: wanted > budget };
}

function pricesOf(request: CallRequest, { rules, baseFeePerGas }: CallPlace) {
  const { gasPrice, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = request;
  if (gasPrice !== undefined || !rules.isLondon) {
    const price = gasPrice ?? 0n;
    return { feeCap: price, tipCap: price, price };
  }
  const wanted = baseFeePerGas + maxPriorityFeePerGas;
  const isFree = maxFeePerGas === 0n && maxPriorityFeePerGas === 0n;
  const price = isFree ? 0n : wanted < maxFeePerGas ? wanted : maxFeePerGas;
  return { feeCap: maxFeePerGas, tipCap: maxPriorityFeePerGas, price };
}

/**
 * Fills in what a call leaves out, and checks that it can start where it stands. Without validation its nonce may be any, and a
 * call without fees pays none; that its sender may have code is never checked.
 * Errors: SIMULATE_*.
 */
export function fillCall(request: CallRequest, place: CallPlace): ReadyCall {
  const { rules, validation, baseFeePerGas, stateNonce } = place;
  const from = request.from ?? ZERO_ADDRESS;
  const { gas, isGasCapped } = limitGas(request, place);
  const refuse = (code: Code, reason: string): never => {
    throw new SimulateError(code, { reason: `err: ${reason} (supplied gas ${gas})` });
  };
  const { feeCap, tipCap, price } = pricesOf(request, place);
  const call: FilledCall = {
    from,
    to: request.to ?? null,
    nonce: request.nonce ?? stateNonce,
    gas,
    value: request.value ?? 0n,
    data: request.data ?? EMPTY_BYTES,
    accessList: request.accessList ?? [],
    feeCap,
    tipCap,
  };
  if (validation) {
    const both = `address ${from}, tx: ${call.nonce} state: ${stateNonce}`;
    if (call.nonce > stateNonce) refuse("SIMULATE_NONCE_TOO_HIGH", `nonce too high: ${both}`);
    if (call.nonce < stateNonce) refuse("SIMULATE_NONCE_TOO_LOW", `nonce too low: ${both}`);
    if (stateNonce === MAX_NONCE) {
      refuse("SIMULATE_INVALID", `nonce has max value: address ${from}, nonce: ${stateNonce}`);
    }
  }
  const isFree = !validation && feeCap === 0n && tipCap === 0n;
  if (rules.isLondon && !isFree) {
    if (tipCap > feeCap) {
      refuse(
        "SIMULATE_PARAMS",
        `max priority fee per gas higher than max fee per gas: address ${from}, maxPriorityFeePerGas: ${tipCap}, maxFeePerGas: ${feeCap}`,
      );
    }
    if (feeCap < baseFeePerGas) {
      refuse(
        "SIMULATE_FEE_CAP",
        `max fee per gas less than block base fee: address ${from}, maxFeePerGas: ${feeCap}, baseFee: ${baseFeePerGas}`,
      );
    }
  }
  const blobGas = checkBlobs(request, place, refuse);
  checkKind(request, rules, refuse);
  const needed = gas * feeCap + call.value + blobGas * (request.maxFeePerBlobGas ?? 0n);
  if (place.balance < needed) {
    refuse(
      "SIMULATE_INSUFFICIENT_FUNDS",
      `insufficient funds for gas * price + value: address ${from} have ${place.balance} want ${needed}`,
    );
  }
  const authorizations = request.authorizationList ?? [];
  const { intrinsic, floor } = intrinsicGas({ ...call, authorizations }, rules);
  if (gas < intrinsic) {
    refuse("SIMULATE_INTRINSIC_GAS", `intrinsic gas too low: have ${gas}, want ${intrinsic}`);
  }
  if (gas < floor) {
    refuse(
      "SIMULATE_INVALID",
      `insufficient gas for floor data gas cost: have ${gas}, want ${floor}`,
    );
  }
  const tip = isFree ? null : price - (rules.isLondon ? baseFeePerGas : 0n);
  return { ...call, price, tip, blobGas, isGasCapped };
}

function checkBlobs(
  { blobVersionedHashes, maxFeePerBlobGas = 0n, to }: CallRequest,
  { rules, validation, blobBaseFee }: CallPlace,
  refuse: (code: Code, reason: string) => never,
): bigint {
  if (blobVersionedHashes === undefined) return 0n;
  const count = blobVersionedHashes.length;
  if (!to) refuse("SIMULATE_INVALID", "input string is blob transaction of type create");
  if (count === 0) refuse("SIMULATE_INVALID", "blob transaction missing blob hashes");
  if (rules.isOsaka && count > MAX_BLOBS_OSAKA) {
    refuse("SIMULATE_INVALID", `blob transaction has too many blobs (max ${MAX_BLOBS_OSAKA})`);
  }
  const wrong = blobVersionedHashes.findIndex((hash) => !hash.startsWith(BLOB_HASH_VERSION));
  if (wrong >= 0) refuse("SIMULATE_INVALID", `blob ${wrong} has invalid hash version`);
  const isFree = !validation && maxFeePerBlobGas === 0n;
  if (rules.isCancun && !isFree && maxFeePerBlobGas < blobBaseFee) {
    refuse(
      "SIMULATE_INVALID",
      `max fee per blob gas less than block blob gas fee: blobGasFeeCap: ${maxFeePerBlobGas}, blobBaseFee: ${blobBaseFee}`,
    );
  }
  return BigInt(count) * GAS_PER_BLOB;
}

function checkKind(
  { authorizationList, to, data }: CallRequest,
  rules: ForkRules,
  refuse: (code: Code, reason: string) => never,
): void {
  if (authorizationList && !to) {
    refuse("SIMULATE_INVALID", "EIP-7702 transaction cannot be used to create contract");
  }
  if (authorizationList?.length === 0) {
    refuse("SIMULATE_INVALID", "EIP-7702 transaction with empty auth list");
  }
  const size = data?.length ?? 0;
  if (!to && rules.isShanghai && size > MAX_INIT_CODE_BYTES) {
    refuse(
      "SIMULATE_INIT_CODE",
      `max initcode size exceeded: code size ${size} limit ${MAX_INIT_CODE_BYTES}`,
    );
  }
}
