import type { OpFork } from "../../protocol/index.js";
import { RpcError } from "../errors.js";

/** Forks by the shape of their payloads, oldest first; what came before Paris has none. */
const PAYLOAD_FORKS = ["paris", "shanghai", "cancun", "prague", "osaka"] as const;
/** Name of a fork of payloads. */
export type PayloadFork = (typeof PAYLOAD_FORKS)[number];

/** What the Engine API must know of the chain that it is in front of. */
export interface EngineForks {
  /** True: a chain of the OP Stack, with its attributes and payload fields, on which heads may move back. */
  readonly isRollup: boolean;
  /** OP chains other than Fovea's, which has Jovian since genesis. */
  opForkAt?(timestamp: bigint): OpFork;
  /** Fork of a block with this time. */
  forkAt(timestamp: bigint): PayloadFork;
}

/** The L2: payloads of Prague and the EVM of Osaka since genesis. */
export const L2_FORKS: EngineForks = { isRollup: true, forkAt: () => "prague" };

/** What the shape of a payload or of attributes of this time depends on beside its structure. */
export function shapeAt(
  { isRollup, opForkAt }: EngineForks,
  timestamp: bigint,
): { isRollup: boolean; opFork?: OpFork } {
  return opForkAt ? { isRollup, opFork: opForkAt(timestamp) } : { isRollup };
}

/** True if a fork is in the range, both ends included. */
export function isForkWithin(fork: PayloadFork, first: PayloadFork, last: PayloadFork): boolean {
  const place = PAYLOAD_FORKS.indexOf(fork);
  return place >= PAYLOAD_FORKS.indexOf(first) && place <= PAYLOAD_FORKS.indexOf(last);
}

/** Errors: RPC_UNSUPPORTED_FORK if the fork is not in the range. */
export function assertFork(
  method: string,
  fork: PayloadFork,
  first: PayloadFork,
  last: PayloadFork,
): void {
  if (isForkWithin(fork, first, last)) return;
  throw new RpcError("RPC_UNSUPPORTED_FORK", { reason: `${method} is not for ${fork} payloads` });
}
