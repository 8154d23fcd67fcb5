import { FoveaError } from "../util/errors.js";

/** What a node's refusal of a transaction means. */
export type SendOutcome =
  /** The node has it. */
  | "accepted"
  /** The nonce was used, by this or another transaction. */
  | "nonce used"
  /** A replacement, or any transaction, must pay more. */
  | "underpriced"
  | "insufficient funds"
  | "too much gas"
  /** It may or may not have been accepted. */
  | "unknown";

const PATTERNS: readonly (readonly [RegExp, SendOutcome])[] = [
  [/already known|already imported|known transaction|already exists|alreadyknown/i, "accepted"],
  [
    /nonce too low|nonce is too low|nonce has already been used|expected nonce to be/i,
    "nonce used",
  ],
  [/insufficient (funds|balance)|doesn't have enough funds/i, "insufficient funds"],
  [
    /exceeds (block |transaction )?gas (limit|cap)|gas limit (too high|reached)|intrinsic gas too high/i,
    "too much gas",
  ],
  [
    /underpriced|fee too low|gas price too low|less than block base fee|below (the )?block base fee/i,
    "underpriced",
  ],
];

/** Reads the error with which `eth_sendRawTransaction` (or a simulation) was refused. Nodes differ in their words. */
export function classifySendError(error: unknown): SendOutcome {
  if (!(error instanceof FoveaError) || error.code !== "L1_RPC_ERROR") return "unknown";
  const message = String(error.data.rpcMessage);
  return PATTERNS.find(([pattern]) => pattern.test(message))?.[1] ?? "unknown";
}
