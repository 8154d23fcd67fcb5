import type { Address, Hash } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import type { ForkRules } from "../execution/forks.js";
import type { BlockState } from "../state/blockState.js";

/** How a frame came to be. */
export type FrameType =
  | "CALL"
  | "CALLCODE"
  | "DELEGATECALL"
  | "STATICCALL"
  | "CREATE"
  | "CREATE2"
  | "SELFDESTRUCT";

/** A frame that begins. Units: wei for `value`; null: a static call, which has none. */
export interface FrameStart {
  /** 0: the transaction itself. */
  depth: number;
  type: FrameType;
  from: Address;
  /** Whose code runs; the new contract of a creation; who gets the balance of a SELFDESTRUCT. */
  to: Address;
  input: Uint8Array;
  gas: bigint;
  value: bigint | null;
}

/** A frame that ends. */
export interface FrameEnd {
  depth: number;
  output: Uint8Array;
  gasUsed: bigint;
  /** Undefined: success. */
  error: string | undefined;
  /** False only for a Frontier creation that could not pay for its code: it stands nevertheless. */
  isReverted: boolean;
}

/** An opcode that is about to run, or that could not (`error`). The arrays are not changed later. */
export interface TraceStep {
  pc: number;
  opcode: number;
  gas: bigint;
  /** With the gas that a call hands on. */
  gasCost: bigint;
  /** Calls and creations: gas that they hand on, the stipend not counted. */
  forwarded: bigint;
  /** 1: the transaction itself. */
  depth: number;
  error: string | undefined;
  /** Last item: top. */
  stack: readonly bigint[];
  memory: Uint8Array;
  /** Return data of the frame's last call. */
  returnData: Uint8Array;
  /** Whose storage it works on. */
  address: Address;
  refund: bigint;
}

/** A log as it is written, in a frame that may fail yet. */
export interface TraceLog {
  address: Address;
  topics: Hash[];
  data: Uint8Array;
  /** Position among the logs of the block. */
  index: number;
}

/** What tracers may read of the state; it changes while the transaction runs. */
export type StateView = Pick<BlockState, "readAccount" | "readCode" | "readStorage">;

/** What is about to run. The state is still that before it. */
export interface TraceContext {
  message: TxMessage;
  state: StateView;
  feeRecipient: Address;
  precompiles: ReadonlySet<Address>;
  fork: ForkRules;
}

/** Where a traced transaction stands; undefined parts: a call, which is on no chain. */
export interface TracePlace {
  blockHash: Hash | undefined;
  blockNumber: bigint | undefined;
  txHash: Hash | undefined;
  txIndex: number;
}

/** Follows one transaction and makes something of it. Each hook is optional; they never wait. */
export interface Tracer {
  onTxStart?(context: TraceContext): void;
  onTxEnd?(gasUsed: bigint): void;
  onEnter?(frame: FrameStart): void;
  onExit?(end: FrameEnd): void;
  onStep?(step: TraceStep): void;
  onLog?(log: TraceLog): void;
  /** A value ready for JSON. */
  result(): unknown;
}

/** Counts what a tracer gathers. Errors: ENGINE_TRACE_TOO_LARGE. */
export interface TraceBudget {
  take(bytes: number): void;
}

/** Which tracer, and what it is told. All fields as debug_traceTransaction takes them. */
export interface TraceOptions {
  /** Undefined: the opcode logger. */
  tracer?: string | undefined;
  tracerConfig?: Readonly<Record<string, unknown>> | undefined;
  enableMemory?: boolean | undefined;
  disableStack?: boolean | undefined;
  disableStorage?: boolean | undefined;
  enableReturnData?: boolean | undefined;
  /** Bytes of JSON after which the opcode logger is silent; 0: none. */
  limit?: number | undefined;
  /** Undefined: 5 s. The engine may allow less. */
  timeoutMs?: number | undefined;
}
