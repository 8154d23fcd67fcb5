import type { Engine } from "../../engine/types.js";
import type { RoleControl } from "../../jobs/roleControl.js";
import type { Jobs } from "../../jobs/startJobs.js";
import type { L1SenderControl } from "../../l1/flight.js";
import type { RollupNodeView } from "../../services/types.js";
import type { LogControl } from "../../telemetry/logControl.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Clock } from "../../util/clock.js";
import type { AdminTokens } from "./adminTokens.js";

/** A key of this server: what it is for, and what may be asked about it. The key itself is not in here. */
export interface AdminKey {
  /** Roles that use it. */
  roles: string[];
  sender: L1SenderControl;
  stats: { feesPerHourWei(): bigint };
}

/** What the admin port shows and moves. */
export interface AdminDeps {
  version: string;
  tokens: AdminTokens;
  metrics: Metrics;
  logger: Logger;
  logControl: LogControl;
  clock: Clock;
  node: Pick<RollupNodeView, "syncStatus">;
  jobs: Jobs;
  roles: RoleControl;
  /** Absent: no batcher in this server. */
  batcher?: { requestFlush(): void } | undefined;
  keys: readonly AdminKey[];
  /** Empty when ready; else one sentence per reason. */
  readiness(): string[];
  /** The answer of /status. */
  status(): Promise<object>;
  /** Effective configuration, with secrets already hidden. */
  config(): object;
  /** Contents of the engine's states by their hash; absent: not in this server. */
  engine?: Pick<Engine, "dbGet"> | undefined;
  /** What the witness generator needs beside them. */
  prover?: { payload(block: bigint): Promise<Uint8Array> } | undefined;
  /** Newest first. */
  incidents?(): readonly object[];
}
