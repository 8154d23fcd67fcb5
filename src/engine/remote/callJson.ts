import { toHex } from "../../util/hex.js";
import type { BlockOverride, CallOptions, CallRequest, StateOverride } from "../types.js";
import { quantity } from "../wire/jsonFields.js";
import { encodeWithdrawal } from "../wire/withdrawalsJson.js";

type Json = Record<string, unknown>;

/** Leaves out what is not given. */
function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const number = (value: bigint | undefined) => (value === undefined ? undefined : quantity(value));
const data = (value: Uint8Array | undefined) => (value === undefined ? undefined : toHex(value));

/** A message to run, as eth_call takes it. */
export function encodeCall(request: CallRequest): Json {
  return given({
    from: request.from,
    to: request.to ?? undefined,
    gas: number(request.gas),
    gasPrice: number(request.gasPrice),
    maxFeePerGas: number(request.maxFeePerGas),
    maxPriorityFeePerGas: number(request.maxPriorityFeePerGas),
    value: number(request.value),
    input: data(request.data),
    accessList: request.accessList,
    authorizationList: request.authorizationList?.map((item) => ({
      chainId: quantity(item.chainId),
      address: item.address,
      nonce: quantity(item.nonce),
      yParity: quantity(item.yParity),
      r: quantity(item.r),
      s: quantity(item.s),
    })),
    nonce: number(request.nonce),
  });
}

/** The overrides behind the block parameter; none if there are none. */
export function encodeOptions({ stateOverrides, blockOverrides }: CallOptions = {}): Json[] {
  if (stateOverrides === undefined && blockOverrides === undefined) return [];
  const accounts = Object.entries(stateOverrides ?? {}).map(
    ([address, override]) => [address, encodeState(override)] as const,
  );
  const state = Object.fromEntries(accounts);
  return blockOverrides === undefined ? [state] : [state, encodeBlock(blockOverrides)];
}

function encodeState(override: StateOverride): Json {
  return given({
    balance: number(override.balance),
    nonce: number(override.nonce),
    code: data(override.code),
    state: override.state,
    stateDiff: override.stateDiff,
    movePrecompileToAddress: override.movePrecompileTo,
  });
}

function encodeBlock(override: BlockOverride): Json {
  return given({
    number: number(override.number),
    time: number(override.time),
    gasLimit: number(override.gasLimit),
    feeRecipient: override.feeRecipient,
    prevRandao: override.prevRandao,
    baseFeePerGas: number(override.baseFeePerGas),
    blobBaseFee: number(override.blobBaseFee),
    withdrawals: override.withdrawals?.map(encodeWithdrawal),
  });
}
