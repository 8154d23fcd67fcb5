import { type Abi, decodeErrorResult } from "viem";
import { L2CrossDomainMessenger } from "../../contracts/generated/L2CrossDomainMessenger.js";
import { L2StandardBridge } from "../../contracts/generated/L2StandardBridge.js";
import { L2ToL1MessagePasser } from "../../contracts/generated/L2ToL1MessagePasser.js";
import { MerkleTrie } from "../../contracts/generated/MerkleTrie.js";
import { RlpReader } from "../../contracts/generated/RlpReader.js";
import { L1_ERRORS_ABI } from "../../contracts/l1ErrorsAbi.js";
import type { CallOptions, CallRequest, CallResult, ChainReader } from "../../engine/types.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { readRevertReason } from "../../l1/revertReason.js";
import { parseQuantity, toQuantity } from "../../l1/rpcValues.js";
import { FoveaError, hasCode } from "../../util/errors.js";
import { type Address, type Hex, toHex } from "../../util/hex.js";

/** A transaction before it is signed. */
export interface TransactionDraft {
  from: Address;
  to: Address;
  data: Hex;
  value: bigint;
}

/** What a transaction would come to if it were included now. */
export interface Simulation {
  ok: boolean;
  /** Name of the contract's error with its arguments, a revert string, or what the node says. */
  revertReason: string | null;
  /** Gas limit to send it with; null if it fails. */
  gas: bigint | null;
}

/** Most gas of one transaction. Source: EIP-7825 */
const MAX_TX_GAS = 2n ** 24n;
const MAX_REASON_CHARS = 300;

const errorsOf = (contract: { abi: readonly unknown[] }): Abi =>
  (contract.abi as Abi).filter((item) => item.type === "error");
const ERRORS_ABI: Abi = [
  ...L1_ERRORS_ABI,
  ...[MerkleTrie, RlpReader, L2CrossDomainMessenger, L2StandardBridge, L2ToL1MessagePasser].flatMap(
    errorsOf,
  ),
];

/** Tries a transaction on L1's newest block. Errors: those of JsonRpc, but for answers about the transaction itself. */
export async function simulateOnL1(
  rpc: JsonRpc,
  { from, to, data, value }: TransactionDraft,
  signal?: AbortSignal,
): Promise<Simulation> {
  const call = { from, to, data, value: toQuantity(value) };
  try {
    const answer = await rpc.call("eth_estimateGas", [call, "latest"], signal);
    return { ok: true, revertReason: null, gas: withMargin(parseQuantity(answer, "gas")) };
  } catch (error) {
    if (!(error instanceof FoveaError) || error.code !== "L1_RPC_ERROR") throw error;
    const reason = readRevertReason(error, ERRORS_ABI) ?? String(error.data.rpcMessage);
    return { ok: false, revertReason: reason.slice(0, MAX_REASON_CHARS), gas: null };
  }
}

/** Tries a transaction on L2's newest block. Errors: ENGINE_CALL_BUSY. */
export async function simulateOnL2(
  engine: Pick<ChainReader, "estimateGas">,
  request: CallRequest,
  options: CallOptions = {},
): Promise<Simulation> {
  try {
    const gas = await engine.estimateGas(request, "latest", options);
    return { ok: true, revertReason: null, gas: withMargin(gas) };
  } catch (error) {
    const revertReason = readL2Failure(error)?.slice(0, MAX_REASON_CHARS);
    if (revertReason === undefined) throw error;
    return { ok: false, revertReason, gas: null };
  }
}

function readL2Failure(error: unknown): string | undefined {
  if (!(error instanceof FoveaError)) return undefined;
  if (hasCode(error, "ENGINE_CALL_FAILED")) {
    const result = error.data.result as CallResult | undefined;
    return result ? reasonOf(result) : String(error.data.reason ?? error.message);
  }
  if (hasCode(error, "ENGINE_CALL_INVALID") || hasCode(error, "ENGINE_CALL_TIMEOUT")) {
    return String(error.data.reason ?? error.message);
  }
  return undefined;
}

function reasonOf({ failure, returnData }: CallResult): string {
  if (returnData.length < 4) return failure?.reason ?? "execution reverted";
  const data = toHex(returnData);
  try {
    const { errorName, args } = decodeErrorResult({ abi: ERRORS_ABI, data });
    if (errorName === "Error") return String(args?.[0]);
    return `${errorName}(${(args ?? []).map(String).join(", ")})`;
  } catch {
    return data.slice(0, 10);
  }
}

/** A fifth more, because the state moves until it is included. */
function withMargin(gas: bigint): bigint {
  const padded = gas + gas / 5n;
  return padded > MAX_TX_GAS && gas <= MAX_TX_GAS ? MAX_TX_GAS : padded;
}
