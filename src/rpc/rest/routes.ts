import type { Engine } from "../../engine/types.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import type { BatchCosts } from "../../services/batchCosts.js";
import type { ChainAccess, OutputAccess } from "../../services/chainAccess.js";
import type { EventHub } from "../../services/eventHub.js";
import type { HealthView } from "../../services/health/types.js";
import type { IndexReader } from "../../services/indexer/types.js";
import type { StepProver } from "../../services/machine/stepProver.js";
import type { RollupNodeView } from "../../services/types.js";
import type { Clock } from "../../util/clock.js";
import type { GatewayLimits } from "../types.js";
import type { EventStreams } from "./eventStreams.js";
import type { RestRoute } from "./route.js";
import { batchRoutes } from "./routes/batches.js";
import { blockRoutes } from "./routes/blocks.js";
import { depositRoutes } from "./routes/deposits.js";
import { eventRoutes } from "./routes/events.js";
import { feedRoutes } from "./routes/feeds.js";
import { prepareRoutes } from "./routes/prepare.js";
import { prepareWithdrawalRoutes } from "./routes/prepareWithdrawal.js";
import { proofRoutes } from "./routes/proofs.js";
import { proposalRoutes } from "./routes/proposals.js";
import { stepRoutes } from "./routes/steps.js";
import { systemRoutes } from "./routes/system.js";
import { transactionRoutes } from "./routes/transactions.js";
import { withdrawalRoutes } from "./routes/withdrawals.js";

/** What routes read of the rollup node besides its view for JSON-RPC. */
export type RestChain = Pick<ChainAccess, "rollupConfig" | "feeds" | "cursorAfter"> &
  Pick<OutputAccess, "derivedOutputRoot" | "getVerdict" | "machineClaim">;

/**
 * What routes read. Route modules take the part they need; a part that not every server runs is optional, and its routes answer
 * `part-not-running` without it, so that the table of routes is the same everywhere.
 */
export interface RestDeps {
  engine: Engine;
  node: RollupNodeView | undefined;
  /** Feeds and verdicts as the node has them. */
  chain: RestChain | undefined;
  index: IndexReader | undefined;
  /** L1's node, for contract state and simulations. */
  l1?: JsonRpc | undefined;
  /** Proofs of single steps. */
  prover?: Pick<StepProver, "prove"> | undefined;
  /** Chain ids and addresses, as tools are configured with them. */
  contracts(): object;
  health: HealthView;
  events: EventHub;
  streams: EventStreams;
  /** Absent: batches are told without their costs. */
  costs?: Pick<BatchCosts, "get"> | undefined;
  /** When batches are posted; undefined: not by this server. */
  batcher?: { intervalMs: number; targetBytes: number } | undefined;
  /** Roles of this server, by name. */
  roles: readonly string[];
  limits: GatewayLimits;
  clock: Clock;
  /** Of this package. */
  version: string;
}

/** Every operation of openapi.yaml. A test compares both. */
export function restRoutes(deps: RestDeps): RestRoute[] {
  return [
    ...systemRoutes(deps),
    ...feedRoutes(deps),
    ...batchRoutes(deps),
    ...blockRoutes(deps),
    ...eventRoutes(deps),
    ...transactionRoutes(deps),
    ...depositRoutes(deps),
    ...proposalRoutes(deps),
    ...withdrawalRoutes(deps),
    ...proofRoutes(deps),
    ...stepRoutes(deps),
    ...prepareRoutes(deps),
    ...prepareWithdrawalRoutes(deps),
  ];
}
