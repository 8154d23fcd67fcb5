import type { AdminDeps, AdminKey } from "../adminDeps.js";
import type { AdminRoute } from "../adminRoute.js";

/** What is known about one key now. */
export interface KeyState {
  roles: string[];
  address: string;
  /** Null: L1 does not answer. */
  balanceWei: bigint | null;
  feesPerHourWei: bigint;
  /** Seconds until fees have used the balance at this pace. Null: nothing was spent, or the balance is unknown. */
  runwaySec: number | null;
}

/** GET /admin/keys: addresses, balances and runways; never keys. */
export function keyRoutes(deps: Pick<AdminDeps, "keys">): AdminRoute[] {
  return [
    {
      method: "get",
      path: "/admin/keys",
      handle: async () => ({ body: { keys: await Promise.all(deps.keys.map(readKey)) } }),
    },
  ];
}

/** Balance and runway of one key. */
export async function readKey(key: AdminKey): Promise<KeyState> {
  const balanceWei = await key.sender.getBalance().catch(() => null);
  const feesPerHourWei = key.stats.feesPerHourWei();
  const runwaySec =
    balanceWei === null || feesPerHourWei === 0n
      ? null
      : Number((balanceWei * 3_600n) / feesPerHourWei);
  return { roles: key.roles, address: key.sender.address, balanceWei, feesPerHourWei, runwaySec };
}
