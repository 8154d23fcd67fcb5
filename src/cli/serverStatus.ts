import type { RedisMode } from "../jobs/redisServer.js";

/** A block as a status shows it; numbers are decimal strings where JSON would lose digits. */
export interface StatusHead {
  number: string;
  hash: string;
}

/** What the admin port answers at /status. */
export interface ServerStatus {
  version: string;
  pid: number;
  uptimeSec: number;
  /** Empty when ready. */
  problems: string[];
  l1: { chainId: number; url: string; head: StatusHead | null; finalized: StatusHead | null };
  l2: {
    chainId: number;
    url: string;
    unsafe: StatusHead | null;
    safe: StatusHead | null;
    finalized: StatusHead | null;
    undisputed: StatusHead | null;
  };
  queue: { mode: RedisMode; label: string; redis: "up" | "down" };
  /** Work done as jobs, with what became of the last run. */
  duties: { name: string; lastRunAt: string | null; outcome: string }[];
  roles: { name: string; isRunning: boolean; problems: string[] }[];
}
