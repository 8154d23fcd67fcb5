import type { Address } from "../../util/hex.js";
import type {
  Block,
  BlockOverride,
  CallRequest,
  CallResult,
  Log,
  StateOverride,
} from "../types.js";

/** One block to simulate: what is changed at its start, and the messages in it. */
export interface SimulateBlock {
  blockOverrides: BlockOverride;
  stateOverrides: Readonly<Record<Address, StateOverride>>;
  calls: readonly CallRequest[];
}

/** What `eth_simulateV1` is asked. */
export interface SimulateRequest {
  blocks: readonly SimulateBlock[];
  /** True: transfers of ether are logged as if they were tokens (ERC-7528). */
  traceTransfers: boolean;
  /** True: calls must be valid transactions, but for their signature. */
  validation: boolean;
}

/** What one simulation may take. */
export interface SimulateLimits {
  /** For all its calls together. */
  gas: bigint;
  timeoutMs: number;
}

/** A log of a call; indexes count per block, and also what was taken back by a revert. */
export interface SimulatedLog extends Log {
  logIndex: number;
}

/** What one call came to. */
export interface SimulatedCall {
  failure: CallResult["failure"];
  /** True: it got less gas than it asked for, because of the limit for all calls. */
  isGasCapped: boolean;
  returnData: Uint8Array;
  logs: SimulatedLog[];
  gasUsed: bigint;
  /** Most gas in use at any time, before refunds. */
  maxUsedGas: bigint;
}

/** A simulated block, its transactions unsigned, their senders and the outcome of each. */
export interface SimulatedBlock {
  block: Block;
  senders: Address[];
  calls: SimulatedCall[];
}
