import { type Address, EMPTY_BYTES, fromHex, ZERO_ADDRESS } from "../../util/hex.js";
import type { Authorization, TxMessage } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockEnv } from "../execution/runMessage.js";
import type { BlockState } from "../state/blockState.js";
import type { BlockHeader, BlockOverride, CallRequest, StateOverride } from "../types.js";

function refuse(reason: string): never {
  throw new EngineError("ENGINE_CALL_INVALID", { reason });
}

/** The request as a message; who is not named is the zero address. */
export function callMessage(request: CallRequest, gasLimit: bigint): TxMessage {
  return {
    from: request.from ?? ZERO_ADDRESS,
    to: request.to ?? null,
    value: request.value ?? 0n,
    data: request.data ?? EMPTY_BYTES,
    gasLimit,
    accessList: request.accessList ?? [],
    authorizations: (request.authorizationList ?? []).filter(isAuthorization),
  };
}

function isAuthorization(item: unknown): item is Authorization {
  return typeof item === "object" && item !== null && "address" in item && "nonce" in item;
}

/** The header as the EVM sees it, with overrides. A call without a price sees a base fee of zero, as in geth. */
export function callEnv(
  header: BlockHeader,
  overrides: BlockOverride,
  request: CallRequest,
): BlockEnv {
  const isFree = !request.gasPrice && !request.maxFeePerGas;
  return {
    number: overrides.number ?? header.number,
    timestamp: overrides.time ?? header.timestamp,
    gasLimit: overrides.gasLimit ?? header.gasLimit,
    feeRecipient: overrides.feeRecipient ?? header.feeRecipient,
    prevRandao: fromHex(overrides.prevRandao ?? header.prevRandao),
    baseFeePerGas: isFree ? 0n : (overrides.baseFeePerGas ?? header.baseFeePerGas),
  };
}

/** Effective gas price of a request. Errors: ENGINE_CALL_INVALID. */
export function gasPriceOf(request: CallRequest, env: BlockEnv): bigint {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (gasPrice !== undefined && (maxFeePerGas ?? maxPriorityFeePerGas) !== undefined) {
    refuse("both gasPrice and maxFeePerGas or maxPriorityFeePerGas specified");
  }
  const cap = gasPrice ?? maxFeePerGas ?? 0n;
  if (cap === 0n) return 0n;
  if (maxPriorityFeePerGas !== undefined && maxPriorityFeePerGas > cap) {
    refuse("max priority fee per gas higher than max fee per gas");
  }
  if (cap < env.baseFeePerGas) refuse("max fee per gas less than block base fee");
  const tip = gasPrice !== undefined ? cap : (maxPriorityFeePerGas ?? 0n);
  const wanted = env.baseFeePerGas + tip;
  return wanted < cap ? wanted : cap;
}

/** Writes overrides into a state that is thrown away afterwards. Errors: ENGINE_CALL_INVALID. */
export function applyStateOverrides(
  state: BlockState,
  overrides: Readonly<Record<Address, StateOverride>>,
): void {
  for (const [key, override] of Object.entries(overrides)) {
    const address = key.toLowerCase() as Address;
    const { balance, nonce, code } = override;
    if (override.state && override.stateDiff) refuse("both state and stateDiff specified");
    if (balance !== undefined) state.writeAccount(address, { balance });
    if (nonce !== undefined) state.writeAccount(address, { nonce });
    if (code !== undefined) state.writeCode(address, code);
    if (override.state) state.wipeStorage(address);
    for (const [slot, value] of Object.entries(override.state ?? override.stateDiff ?? {})) {
      state.writeStorage(address, fromHex(slot), fromHex(value));
    }
  }
  state.settle();
}
