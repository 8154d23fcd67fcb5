import { simulatedTx } from "../../engine/simulate/simulatedTx.js";
import type { CallRequest } from "../../engine/types.js";
import { type Address, EMPTY_BYTES, toHex } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";
import { encodeTransaction } from "../encode/transaction.js";
import { method } from "../method.js";
import { parseCall } from "../params/callRequest.js";
import { required } from "../params/param.js";
import type { RpcContext } from "../types.js";
import { checkedCall, requireHeader } from "./shared.js";

const NOBODY: Address = "0x0000000000000000000000000000000000000000";

/** A transaction with all that its sender left out: nonce, gas and fees; it is neither signed nor sent. */
export const eth_fillTransaction = method({
  doc: "A transaction with all that its sender left out: nonce, gas and fees; it is neither signed nor sent.",
  params: [required(parseCall)],
  usesEvm: true,
  async run([call], context) {
    const { engine } = context;
    const request = { ...checkedCall(context, call), from: call.request.from ?? NOBODY };
    const { from, to = null, value = 0n, data = EMPTY_BYTES, accessList = [] } = request;
    const [nonce, gas, fees] = await Promise.all([
      request.nonce ?? engine.pool.getPendingNonce(from),
      call.request.gas ?? engine.estimateGas(withoutPrice(request), "latest"),
      feesOf(request, context),
    ]);
    const filled = { from, to, nonce, gas, value, data, accessList, ...fees };
    const { raw, hash } = simulatedTx(request, filled, { chainId: engine.chainId, isLondon: true });
    const found = { hash, raw, from, block: null, index: null, depositNonce: null };
    // It has no block, and an unsigned transaction of type 0 names no chain by itself.
    const { blockTimestamp: _none, ...tx } = encodeTransaction(found);
    return { raw: toHex(raw), tx: { ...tx, chainId: quantity(engine.chainId) } };
  },
});

/** Gas does not depend on its price, and half a price is no valid one. */
function withoutPrice(request: CallRequest): CallRequest {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas, ...rest } = request;
  return rest;
}

/** What the request says, else the suggested tip on top of a base fee that may double. */
async function feesOf(
  request: CallRequest,
  context: RpcContext,
): Promise<{ feeCap: bigint; tipCap: bigint }> {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (gasPrice !== undefined) return { feeCap: gasPrice, tipCap: gasPrice };
  const tip = maxPriorityFeePerGas ?? (await context.engine.suggestTip());
  if (maxFeePerGas !== undefined) {
    return { feeCap: maxFeePerGas, tipCap: tip < maxFeePerGas ? tip : maxFeePerGas };
  }
  const { baseFeePerGas } = await requireHeader(context, "latest");
  return { feeCap: 2n * baseFeePerGas + tip, tipCap: tip };
}
