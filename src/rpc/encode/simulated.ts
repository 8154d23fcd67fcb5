import { decodeRevertReason } from "../../engine/decodeRevertReason.js";
import type { SimulatedBlock, SimulatedCall } from "../../engine/simulate/types.js";
import type { Hash } from "../../util/hex.js";
import { toHex } from "../../util/hex.js";
import { encodeBlock } from "./block.js";
import { quantity } from "./hex.js";
import { encodeLog } from "./log.js";

const REVERTED = 3;
const VM_ERROR = -32_015;
const CAPPED = " (gas limit was capped by the RPC server's global gas cap)";

/** A simulated block in geth's JSON: a block whose `calls` say what its transactions came to. */
export function encodeSimulatedBlock(
  simulated: SimulatedBlock,
  hasFullTransactions: boolean,
): Record<string, unknown> {
  const { block, senders, calls } = simulated;
  const { hash, number, timestamp, baseFeePerGas } = block.header;
  const place = { hash, number, timestamp, baseFeePerGas };
  const full = block.transactions.map((raw, index) => ({
    hash: block.transactionHashes[index] as Hash,
    raw,
    from: senders[index] as Hash,
    block: place,
    index,
    depositNonce: null,
  }));
  return {
    ...encodeBlock(block, hasFullTransactions ? full : undefined),
    calls: calls.map((call, index) => encodeCall(call, simulated, index)),
  };
}

function encodeCall(
  call: SimulatedCall,
  { block }: SimulatedBlock,
  transactionIndex: number,
): Record<string, unknown> {
  const { hash: blockHash, number: blockNumber, timestamp: blockTimestamp } = block.header;
  const transactionHash = block.transactionHashes[transactionIndex] as Hash;
  const place = { blockHash, blockNumber, blockTimestamp, transactionHash, transactionIndex };
  return {
    // What a revert returned is the data of its error.
    returnData: call.failure === null ? toHex(call.returnData) : "0x",
    logs: call.logs.map((log) => encodeLog({ ...log, ...place, removed: false })),
    gasUsed: quantity(call.gasUsed),
    maxUsedGas: quantity(call.maxUsedGas),
    status: call.failure === null ? "0x1" : "0x0",
    ...(call.failure === null ? {} : { error: encodeFailure(call) }),
  };
}

function encodeFailure({ failure, returnData, isGasCapped }: SimulatedCall) {
  if (failure?.kind === "revert") {
    const reason = decodeRevertReason(returnData);
    const message = reason === undefined ? "execution reverted" : `execution reverted: ${reason}`;
    return { message, code: REVERTED, data: toHex(returnData) };
  }
  return { message: `${failure?.reason}${isGasCapped ? CAPPED : ""}`, code: VM_ERROR };
}
