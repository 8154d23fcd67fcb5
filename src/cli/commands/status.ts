import { fetchAdminJson } from "../adminClient.js";
import { findServer } from "../findServer.js";
import { columns, print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";
import type { ServerStatus } from "../serverStatus.js";

/** `fovea status`: one page of truth about the running server; exit code 75 while it is not ready. */
export async function status(flags: GivenFlags & { json?: boolean; url?: string }): Promise<void> {
  const adminUrl = flags.url ?? findServer(flags).adminUrl;
  const found = (await fetchAdminJson(adminUrl, "/status", flags)) as ServerStatus;
  if (found.problems.length > 0) process.exitCode = 75;
  if (flags.json) return printJson(found);
  for (const line of columns(describe(found))) print(line);
}

function roleState({ isRunning, problems }: ServerStatus["roles"][number]): string {
  if (!isRunning) return "stopped by an operator";
  return problems.length === 0 ? "running" : problems.join("; ");
}

function describe(found: ServerStatus): [string, string][] {
  const { l1, l2 } = found;
  const head = (ref: { number: string | number; hash: string } | null) =>
    ref === null ? "-" : `${String(ref.number).padEnd(8)} ${ref.hash}`;
  return [
    ["fovea", `${found.version}, pid ${found.pid}, up ${found.uptimeSec} s`],
    ["ready", found.problems.length === 0 ? "yes" : `no: ${found.problems.join("; ")}`],
    ["L1", `chain ${l1.chainId} at ${l1.url}`],
    ["  head", head(l1.head)],
    ["  finalized", head(l1.finalized)],
    ["L2", `chain ${l2.chainId} at ${l2.url}`],
    ["  unsafe", head(l2.unsafe)],
    ["  safe", head(l2.safe)],
    ["  finalized", head(l2.finalized)],
    ["  undisputed", head(l2.undisputed)],
    ["queue", `${found.queue.redis}, ${found.queue.label}`],
    ...found.roles.map((role): [string, string] => [`role ${role.name}`, roleState(role)]),
    ...found.duties.map((duty): [string, string] => [
      `job  ${duty.name}`,
      duty.lastRunAt === null ? duty.outcome : `${duty.outcome} at ${duty.lastRunAt}`,
    ]),
  ];
}
