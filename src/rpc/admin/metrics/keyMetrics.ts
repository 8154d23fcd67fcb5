import type { Metrics } from "../../../telemetry/metrics.js";
import type { AdminKey } from "../adminDeps.js";
import { readKey } from "../routes/keyRoutes.js";

/** Balances of the keys, how long they last, and their transactions on the way. */
export function registerKeyMetrics(metrics: Metrics, keys: readonly AdminKey[]): void {
  const balance = metrics.gauge("role_balance_wei", "Ether of a role's account on L1.", ["role"]);
  const runway = metrics.gauge(
    "role_runway_seconds",
    "Time until the fees of the last hour's pace have used the balance; missing while nothing is spent.",
    ["role"],
  );
  const pending = metrics.gauge("l1_tx_pending", "L1 transactions sent and not included.", [
    "role",
  ]);
  const age = metrics.gauge("l1_tx_pending_age_seconds", "Age of the oldest of them.", ["role"]);
  metrics.onScrape(async () => {
    runway.reset();
    await Promise.all(
      keys.map(async (key) => {
        const [state, txs] = await Promise.all([
          readKey(key),
          key.sender.pending().catch(() => undefined),
        ]);
        for (const role of key.roles) {
          if (state.balanceWei !== null) balance.set({ role }, Number(state.balanceWei));
          if (state.runwaySec !== null) runway.set({ role }, state.runwaySec);
          if (txs === undefined) continue;
          pending.set({ role }, txs.length);
          age.set({ role }, Math.max(0, ...txs.map(({ ageMs }) => ageMs)) / 1_000);
        }
      }),
    );
  });
}
