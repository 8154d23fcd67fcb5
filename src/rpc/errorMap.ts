import type { CallResult } from "../engine/types.js";
import { FoveaError } from "../util/errors.js";
import { callFailure } from "./encode/callFailure.js";

/** Error object of JSON-RPC. */
export interface JsonRpcError {
  code: number;
  message: string;
  data?: unknown;
}

type ErrorData = Readonly<Record<string, unknown>>;

interface Row {
  /** JSON-RPC error number. */
  number: number;
  /** HTTP status of a single request; 200 when left out. */
  http?: number;
  /** Words that clients compare are geth's. */
  message?: (data: ErrorData) => string;
  data?: (data: ErrorData) => unknown;
}

const text = (value: unknown) => String(value);
const reasonOr = (fallback: string) => (data: ErrorData) =>
  typeof data.reason === "string" ? data.reason : fallback;
const row = (number: number, message?: Row["message"], http?: number): Row => ({
  number,
  ...(message === undefined ? {} : { message }),
  ...(http === undefined ? {} : { http }),
});
/** A row of the Engine API: its fixed words, and what is wrong in `data.err`. */
const engineRow = (number: number, message: string): Row => ({
  number,
  message: () => message,
  data: ({ reason }) => (typeof reason === "string" ? { err: reason } : undefined),
});
const says = (message: string) => row(-32000, () => message);

/** The single table from the project's codes to JSON-RPC numbers, texts and HTTP statuses. */
const ERROR_MAP: ReadonlyMap<string, Row> = new Map(
  Object.entries({
    RPC_PARSE_ERROR: row(-32700, reasonOr("parse error")),
    RPC_INVALID_REQUEST: row(-32600, reasonOr("invalid request")),
    RPC_METHOD_NOT_FOUND: row(-32601, (data) =>
      reasonOr(`the method ${text(data.method)} does not exist/is not available`)(data),
    ),
    RPC_INVALID_PARAMS: row(-32602, reasonOr("invalid argument")),
    RPC_BODY_TOO_LARGE: row(-32600, () => "request body too large", 413),
    RPC_MEDIA_TYPE: row(
      -32600,
      () => "invalid content type, only application/json is supported",
      415,
    ),
    RPC_RESPONSE_TOO_LARGE: row(-32003, () => "response too large"),
    RPC_LIMIT_EXCEEDED: {
      number: -32005,
      message: reasonOr("limit exceeded"),
      data: ({ retry }) => (retry === undefined ? undefined : { retry }),
    },
    RPC_RATE_LIMITED: row(-32005, () => "rate limit exceeded, try again in a second", 429),
    RPC_OVERLOADED: row(-32005, () => "too many requests at once, try again", 503),
    RPC_TIMEOUT: row(-32002, () => "request timed out"),
    RPC_FILTER_NOT_FOUND: row(-32000, reasonOr("filter not found")),
    RPC_SUBSCRIPTION_NOT_FOUND: says("subscription not found"),
    RPC_NOTIFICATIONS_UNSUPPORTED: row(-32601, () => "notifications not supported"),
    RPC_UNKNOWN_BLOCK: row(-32000, reasonOr("unknown block")),
    RPC_INVALID_RANGE: row(-32602, () => "invalid block range params"),
    RPC_RANGE_IN_FUTURE: row(-32602, () => "block range extends beyond current head block"),
    RPC_EXECUTION_REVERTED: {
      number: 3,
      message: reasonOr("execution reverted"),
      data: ({ returnData }) => returnData,
    },
    RPC_EXECUTION_FAILED: row(-32000, reasonOr("execution failed")),
    RPC_CLIENT_LIMIT: row(-38026, reasonOr("client limit exceeded")),
    RPC_TX_SYNC_TIMEOUT: {
      number: 4,
      message: ({ wait }) =>
        `The transaction was added to the transaction pool but wasn't processed in ${text(wait)}ms`,
      data: ({ hash }) => hash,
    },
    RPC_NO_EXECUTION: says("not available: the engine is another process"),
    RPC_UNAVAILABLE: row(-32000, () => "this server runs no rollup node"),

    ENGINE_UNKNOWN_BLOCK: says("header not found"),
    ENGINE_CALL_INVALID: row(-32000, reasonOr("the call is not a valid message")),
    ENGINE_CALL_FAILED: row(-32000, reasonOr("execution failed")),
    ENGINE_CALL_TIMEOUT: says("execution aborted (timeout)"),
    ENGINE_TRACER_INVALID: row(-32602, reasonOr("no such tracer")),
    ENGINE_NOT_TRACEABLE: row(-32000, reasonOr("not traceable")),
    ENGINE_TRACE_TOO_LARGE: row(-32003, () => "response too large"),
    ENGINE_NO_ADDRESS_INDEX: row(-32000),
    ENGINE_CALL_BUSY: row(-32005, () => "too many calls are running, try again", 503),
    ENGINE_THREAD_ENDED: row(-32005, () => "the call was stopped, try again", 503),
    ENGINE_CLOSED: says("the server is stopping"),

    ENGINE_BAD_WIRE: row(-32602, reasonOr("invalid argument")),
    ENGINE_UNKNOWN_PAYLOAD: engineRow(-38001, "Unknown payload"),
    ENGINE_BAD_FORKCHOICE: engineRow(-38002, "Invalid forkchoice state"),
    ENGINE_BAD_ATTRIBUTES: engineRow(-38003, "Invalid payload attributes"),
    RPC_LIST_TOO_LONG: engineRow(-38004, "Too large request"),
    RPC_UNSUPPORTED_FORK: engineRow(-38005, "Unsupported fork"),
    ENGINE_REMOTE_UNREACHABLE: row(-32000, () => "the execution engine does not answer", 503),
    ENGINE_REMOTE_REFUSED: says("the execution engine refuses this server"),
    ENGINE_REMOTE_BAD_ANSWER: says("the execution engine answers nonsense"),
    ENGINE_REMOTE_ERROR: {
      number: -32000,
      message: ({ rpcMessage }) => String(rpcMessage),
      data: ({ rpcData }) => rpcData,
    },

    SIMULATE_NONCE_TOO_LOW: row(-38010, reasonOr("nonce too low")),
    SIMULATE_NONCE_TOO_HIGH: row(-38011, reasonOr("nonce too high")),
    SIMULATE_FEE_CAP: row(-38012, reasonOr("max fee per gas less than block base fee")),
    SIMULATE_INTRINSIC_GAS: row(-38013, reasonOr("intrinsic gas too low")),
    SIMULATE_INSUFFICIENT_FUNDS: row(
      -38014,
      reasonOr("insufficient funds for gas * price + value"),
    ),
    SIMULATE_BLOCK_GAS: row(-38015, reasonOr("block gas limit reached")),
    SIMULATE_BLOCK_NUMBER: row(-38020, reasonOr("block numbers must be in order")),
    SIMULATE_BLOCK_TIMESTAMP: row(-38021, reasonOr("block timestamps must be in order")),
    SIMULATE_INIT_CODE: row(-38025, reasonOr("max initcode size exceeded")),
    SIMULATE_LIMIT: row(-38026, reasonOr("client limit exceeded")),
    SIMULATE_PARAMS: row(-32602, reasonOr("invalid argument")),
    SIMULATE_INVALID: row(-32603, reasonOr("the simulation is not valid")),
    SIMULATE_BLOCK_INVALID: row(-32000, reasonOr("the block is not valid")),
    SIMULATE_TIMEOUT: row(-32016, reasonOr("execution aborted (timeout)")),

    NODE_UNKNOWN_BLOCK: says("not found"),
    NODE_NO_SAFE_HEAD: says("no safe head recorded at this L1 block"),

    POOL_ALREADY_KNOWN: says("already known"),
    POOL_NONCE_TOO_LOW: row(
      -32000,
      (data) => `nonce too low: next nonce ${text(data.stateNonce)}, tx nonce ${text(data.nonce)}`,
    ),
    POOL_NONCE_TOO_HIGH: row(
      -32000,
      (data) =>
        `nonce too high: at most ${text(data.limit)} transactions may wait for a missing nonce`,
    ),
    POOL_TIP_BELOW_MINIMUM: row(
      -32000,
      (data) =>
        `transaction gas price below minimum: gas tip cap ${text(data.tip)}, minimum needed ${text(data.minimum)}`,
    ),
    POOL_UNDERPRICED: row(
      -32000,
      (data) =>
        `transaction underpriced: gas tip cap ${text(data.tip)}, minimum needed ${text(data.minimum)}`,
    ),
    POOL_REPLACEMENT_UNDERPRICED: says("replacement transaction underpriced"),
    POOL_INSUFFICIENT_FUNDS: row(
      -32000,
      (data) =>
        `insufficient funds for gas * price + value: balance ${text(data.balance)}, ${data.queued === undefined ? "" : `queued cost ${text(data.queued)}, `}${data.bump === undefined ? `tx cost ${text(data.cost)}` : `tx bumped ${text(data.bump)}`}, overshot ${text(data.overshot)}`,
    ),
    POOL_INTRINSIC_GAS: row(
      -32000,
      (data) =>
        `intrinsic gas too low: gas ${text(data.gas)}, minimum needed ${text(data.minimum)}`,
    ),
    POOL_FLOOR_GAS: row(
      -32000,
      (data) =>
        `insufficient gas for floor data gas cost: gas ${text(data.gas)}, minimum needed ${text(data.minimum)}`,
    ),
    POOL_GAS_LIMIT: says("exceeds block gas limit"),
    POOL_DA_FOOTPRINT: row(
      -32000,
      (data) =>
        `exceeds block gas limit: DA footprint ${text(data.daFootprint)}, limit ${text(data.limit)}`,
    ),
    POOL_GAS_CAP: row(
      -32000,
      (data) => `transaction gas limit too high (cap: ${text(data.cap)}, tx: ${text(data.gas)})`,
    ),
    POOL_OVERSIZED: row(
      -32000,
      (data) => `oversized data: transaction size ${text(data.size)}, limit ${text(data.limit)}`,
    ),
    POOL_TYPE: says("transaction type not supported"),
    POOL_CHAIN_ID: row(
      -32000,
      (data) => `invalid chain id for signer: have ${text(data.have)} want ${text(data.want)}`,
    ),
    POOL_INVALID_SENDER: says("invalid sender"),
    POOL_SENDER_HAS_CODE: says("sender not an eoa"),
    POOL_DELEGATED: row(-32000, ({ reason }) =>
      reason === "gap"
        ? "gapped-nonce tx from delegated accounts"
        : "in-flight transaction limit reached for delegated accounts",
    ),
    POOL_AUTHORITY_RESERVED: says("authority already reserved"),
    POOL_INIT_CODE: row(
      -32000,
      (data) =>
        `max initcode size exceeded: code size ${text(data.size)}, limit ${text(data.limit)}`,
    ),
    POOL_TIP_ABOVE_FEE_CAP: row(
      -32000,
      (data) =>
        `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: ${text(data.tip)}, maxFeePerGas: ${text(data.feeCap)}`,
    ),
    POOL_FULL: says("txpool is full"),
    POOL_FEE_CAP_EXCEEDED: row(
      -32000,
      (data) =>
        `tx fee (${ether(data.feeWei)} ether) exceeds the configured cap (${ether(data.capWei)} ether)`,
    ),
    POOL_MALFORMED: row(-32000, (data) => `rlp: ${reasonOr("malformed transaction")(data)}`),
    POOL_UNPROTECTED: says("only replay-protected (EIP-155) transactions allowed over RPC"),
    POOL_AUTHORIZATIONS: says("EIP-7702 transaction with empty auth list or without recipient"),
    POOL_BLOBS: row(-32000, (data) => `invalid blob transaction: ${text(data.reason)}`),
    POOL_JOURNAL_FAILED: says("the transaction could not be stored on disk, it is not accepted"),
    POOL_CLOSED: says("the server is stopping"),
  } satisfies Record<string, Row>),
);

/** Wei to ether with two decimals, as geth prints fee caps. */
function ether(wei: unknown): string {
  return (Number(wei) / 1e18).toFixed(2);
}

/** Whatever was thrown, as a JSON-RPC error. Unknown errors become -32603 and tell nothing. */
export function toJsonRpcError(error: unknown): JsonRpcError {
  const known = knownError(error);
  if (known === undefined) return { code: -32603, message: "internal error" };
  const { found, row } = known;
  const data = row.data?.(found.data);
  // What an external engine answers is passed on as it is.
  const remoteCode = error instanceof FoveaError ? error.data.rpcCode : undefined;
  return {
    code: typeof remoteCode === "number" ? remoteCode : row.number,
    message: row.message?.(found.data) ?? found.message,
    ...(data === undefined ? {} : { data }),
  };
}

/** HTTP status for an error that is the whole answer. */
export function toHttpStatus(error: unknown): number {
  return knownError(error)?.row.http ?? 200;
}

/** True if the table has it: then it is the caller's or the moment's fault, not ours. */
export function isMapped(error: unknown): boolean {
  return knownError(error) !== undefined;
}

function knownError(error: unknown): { found: FoveaError; row: Row } | undefined {
  if (!(error instanceof FoveaError)) return undefined;
  if (error.code === "ENGINE_CALL_FAILED") {
    // A revert is worded as eth_call words it; for the rest the engine's own reason says more.
    const result = error.data.result as CallResult | undefined;
    if (result?.failure?.kind === "revert") return knownError(callFailure(result));
  }
  const found = ERROR_MAP.get(error.code);
  return found === undefined ? undefined : { found: error, row: found };
}
