import type { RpcMethod } from "./method.js";

const USUAL = 1;
const EVM = 10;
const TRACE = 50;
const COSTS: ReadonlyMap<string, number> = new Map([
  ["eth_getLogs", 20],
  ["eth_getFilterLogs", 20],
  ["eth_simulateV1", TRACE],
  ["eth_sendRawTransaction", 5],
  ["eth_sendRawTransactionSync", 5],
  ["eth_getProof", 5],
  ["eth_getBlockReceipts", 5],
  ["eth_feeHistory", 5],
]);

/** What a request takes from its sender's rate limit, in units: one is a look at something small. */
export function methodCost(name: string, method: RpcMethod | undefined): number {
  const known = COSTS.get(name);
  if (known !== undefined) return known;
  if (/^(debug_trace|trace_)/.test(name)) return TRACE;
  return method?.usesEvm ? EVM : USUAL;
}
