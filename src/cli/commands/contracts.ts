import { fetchJson, findServer } from "../findServer.js";
import { columns, print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** `fovea contracts`: chain ids and L1 addresses, as the running server answers them. */
export async function contracts(flags: GivenFlags & { json?: boolean }): Promise<void> {
  const { url } = findServer(flags);
  const answer = (await fetchJson(`${url}/api/v1/contracts`)) as Record<string, unknown>;
  if (flags.json) return printJson(answer);
  for (const line of columns(Object.entries(answer).map(([name, v]) => [name, String(v)])))
    print(line);
}
