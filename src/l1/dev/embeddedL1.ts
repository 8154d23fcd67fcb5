import type { Logger } from "../../telemetry/logger.js";
import type { JsonRpc } from "../jsonRpc.js";

/** The programs that can be the embedded L1. */
export const L1_ENGINES = ["anvil", "hardhat"] as const;
/** One of them. */
export type L1Engine = (typeof L1_ENGINES)[number];

/** Settings of the embedded L1. */
export interface EmbeddedL1Config {
  dataDir: string;
  port: number;
  chainId: number;
  blockTimeSeconds: number;
  /** True: begin a new chain even if `dataDir` holds one. */
  fresh: boolean;
  logger: Logger;
  /** Told when the L1 ends without having been asked to. */
  onExit?: (reason: string) => void;
}

/** A running embedded L1. It ends with this process, however this process ends. */
export interface EmbeddedL1 {
  readonly engine: L1Engine;
  readonly url: string;
  readonly pid: number;
  readonly rpc: JsonRpc;
  /** True if the chain was continued from disk. */
  readonly isContinued: boolean;
  /** From one block per transaction (for deploying) to one block every `blockTimeSeconds`. */
  startIntervalMining(): Promise<void>;
  /** Ends the L1. Idempotent. */
  stop(): Promise<void>;
}

/** Blocks have this gas limit, as on Ethereum. */
export const L1_BLOCK_GAS_LIMIT = 60_000_000;
/** Whose accounts have 10,000 ETH each. */
export const L1_MNEMONIC = "test test test test test test test test test test test junk";
