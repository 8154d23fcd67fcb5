import type { Abi } from "viem";
import { type Address, toHex } from "../util/hex.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { readRevertReason } from "./revertReason.js";
import { parseQuantity, toQuantity } from "./rpcValues.js";
import { classifySendError } from "./sendErrors.js";
import type { L1TxRequest } from "./types.js";

const MAX_TX_GAS = 1n << 24n;
/** At `latest` a call sees that block's own number, so it could not refer to the block; `pending` is the one after. */
const SIMULATED_BLOCK = "pending";
/** Two new storage slots: the first append after the end of a claim period writes them, the simulation before it did not. */
const GAS_HEADROOM = 60_000n;

/**
 * Gas limit for a call that would succeed now.
 * Errors: L1_TX_REVERTED, L1_TX_TOO_LARGE, what `outOfFunds` makes, those of the L1 connection.
 */
export async function estimateTx(
  request: L1TxRequest,
  from: Address,
  deps: { rpc: JsonRpc; errorsAbi: Abi; outOfFunds(cause: unknown): Promise<Error> },
): Promise<bigint> {
  const { label } = request;
  const call = {
    from,
    to: request.to,
    data: toHex(request.data),
    value: toQuantity(request.valueWei ?? 0n),
  };
  try {
    await deps.rpc.call("eth_call", [call, SIMULATED_BLOCK]);
    const gas = parseQuantity(
      await deps.rpc.call("eth_estimateGas", [call, SIMULATED_BLOCK]),
      "gas",
    );
    if (gas > MAX_TX_GAS) throw new L1Error("L1_TX_TOO_LARGE", { label, gas });
    const padded = gas + gas / 5n + GAS_HEADROOM;
    return padded < MAX_TX_GAS ? padded : MAX_TX_GAS;
  } catch (error) {
    const outcome = classifySendError(error);
    if (outcome === "insufficient funds") throw await deps.outOfFunds(error);
    if (outcome === "too much gas") throw new L1Error("L1_TX_TOO_LARGE", { label }, error);
    const reason = readRevertReason(error, deps.errorsAbi);
    if (reason === undefined) throw error;
    throw new L1Error("L1_TX_REVERTED", { label, reason }, error);
  }
}
