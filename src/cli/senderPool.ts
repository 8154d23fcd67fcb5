import type { JsonRpc } from "../l1/jsonRpc.js";
import type { PrivateKey } from "../l1/privateKey.js";
import { KeyL1Sender } from "../l1/sender.js";
import { SenderStats } from "../l1/senderStats.js";
import type { L1Sender } from "../l1/types.js";
import type { AdminKey } from "../rpc/admin/adminDeps.js";
import type { Logger } from "../telemetry/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import type { Clock } from "../util/clock.js";
import { stoppableSender } from "./stoppableSender.js";

/** One sender per key: two would use the same nonces. */
export class SenderPool {
  readonly #config: { chainId: number; pollMs: number };
  readonly #deps: {
    rpc: JsonRpc;
    clock: Clock;
    logger: Logger;
    metrics: Metrics;
    stopping: AbortSignal;
  };
  readonly #keys = new Map<string, AdminKey & { stoppable: L1Sender }>();

  constructor(
    config: { chainId: number; pollMs: number },
    deps: {
      rpc: JsonRpc;
      clock: Clock;
      logger: Logger;
      metrics: Metrics;
      stopping: AbortSignal;
    },
  ) {
    this.#config = config;
    this.#deps = deps;
  }

  /** What operators see of the keys. */
  get keys(): readonly AdminKey[] {
    return [...this.#keys.values()];
  }

  /** The sender of a key, for one more role. */
  of(key: PrivateKey, role: string): L1Sender {
    const known = this.#keys.get(key.address);
    if (known !== undefined) {
      known.roles.push(role);
      return known.stoppable;
    }
    const { rpc, clock, logger, metrics, stopping } = this.#deps;
    const stats = new SenderStats({ role }, { clock, metrics });
    const sender = new KeyL1Sender({ key, ...this.#config }, { rpc, clock, logger, stats });
    const stoppable = stoppableSender(sender, stopping);
    this.#keys.set(key.address, { roles: [role], sender, stats, stoppable });
    return stoppable;
  }
}
