import { type Address, EMPTY_BYTES, fromHex, ZERO_ADDRESS } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import { EngineError } from "../errors.js";
import type { BlockEnv } from "../execution/runMessage.js";
import type { BlockState } from "../state/blockState.js";
import type { BlockHeader, BlockOverride, CallRequest, StateOverride } from "../types.js";
import type { MovedPrecompiles } from "./movedPrecompiles.js";

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
    authorizations: [...(request.authorizationList ?? [])],
    ...(request.blobVersionedHashes ? { blobHashes: request.blobVersionedHashes } : {}),
  };
}

/**
 * The header as the EVM sees it, with overrides. A call without a price sees a base fee of zero, as in geth, and so it is with blobs.
 * `blobBaseFee` is that of the header; absent on chains without blobs.
 */
export function callEnv(
  header: BlockHeader,
  overrides: BlockOverride,
  request: CallRequest,
  blobBaseFee?: bigint,
): BlockEnv {
  const isFree = !request.gasPrice && !request.maxFeePerGas;
  const areBlobsFree = request.blobVersionedHashes !== undefined && !request.maxFeePerBlobGas;
  const blobPrice = areBlobsFree ? 0n : (overrides.blobBaseFee ?? blobBaseFee);
  const difficulty = header.difficulty && (overrides.difficulty ?? header.difficulty);
  return {
    number: overrides.number ?? header.number,
    timestamp: overrides.time ?? header.timestamp,
    gasLimit: overrides.gasLimit ?? header.gasLimit,
    feeRecipient: overrides.feeRecipient ?? header.feeRecipient,
    prevRandao: fromHex(overrides.prevRandao ?? header.prevRandao),
    baseFeePerGas: isFree ? 0n : (overrides.baseFeePerGas ?? header.baseFeePerGas),
    ...(difficulty === undefined ? {} : { difficulty }),
    ...(blobPrice === undefined ? {} : { blobBaseFee: blobPrice }),
  };
}

/** Effective gas price of a request. Errors: ENGINE_CALL_INVALID. */
export function gasPriceOf(request: CallRequest, env: BlockEnv): bigint {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (gasPrice !== undefined && (maxFeePerGas ?? maxPriorityFeePerGas) !== undefined) {
    refuse("both gasPrice and maxFeePerGas or maxPriorityFeePerGas specified");
  }
  const cap = gasPrice ?? maxFeePerGas ?? 0n;
  if (maxPriorityFeePerGas !== undefined && maxPriorityFeePerGas > cap) {
    refuse("max priority fee per gas higher than max fee per gas");
  }
  if (cap === 0n) return 0n;
  if (cap < env.baseFeePerGas) refuse("max fee per gas less than block base fee");
  const tip = gasPrice !== undefined ? cap : (maxPriorityFeePerGas ?? 0n);
  const wanted = env.baseFeePerGas + tip;
  return wanted < cap ? wanted : cap;
}

/**
 * Writes overrides into a state that is thrown away afterwards. An override of any kind makes a precompile an ordinary account;
 * without `precompiles` none can be moved. Errors: ENGINE_CALL_INVALID.
 */
export function applyStateOverrides(
  state: BlockState,
  overrides: Readonly<Record<Address, StateOverride>>,
  precompiles?: MovedPrecompiles,
): void {
  const byAddress = new Map(
    Object.entries(overrides).map(([key, override]) => [key.toLowerCase() as Address, override]),
  );
  const targets = new Set<Address>();
  // In order of the addresses, so that what a contradiction is does not depend on how the request was written.
  for (const address of [...byAddress.keys()].sort()) {
    const override = byAddress.get(address) as StateOverride;
    if (targets.has(address))
      refuse(`account ${address} has already been overridden by a precompile`);
    const { movePrecompileTo: target } = override;
    if (target !== undefined) {
      if (!precompiles?.isPrecompile(address)) refuse(`account ${address} is not a precompile`);
      if (byAddress.has(target)) refuse(`account ${target} is already overridden`);
      precompiles.move(address, target);
      targets.add(target);
    }
    precompiles?.switchOff(address);
    writeOverride(state, address, override);
  }
  state.settle();
}

function writeOverride(state: BlockState, address: Address, override: StateOverride): void {
  const { balance, nonce, code } = override;
  if (override.state && override.stateDiff) {
    refuse(`account ${address} has both 'state' and 'stateDiff'`);
  }
  if (balance !== undefined) state.writeAccount(address, { balance });
  if (nonce !== undefined) state.writeAccount(address, { nonce });
  if (code !== undefined) state.writeCode(address, code);
  const slots = override.state ?? override.stateDiff;
  if (!slots) return;
  // Storage belongs to an account, which thereby comes into being.
  state.writeAccount(address, {});
  if (override.state) state.wipeStorage(address);
  for (const [slot, value] of Object.entries(slots)) {
    state.writeStorage(address, fromHex(slot), fromHex(value));
  }
}
