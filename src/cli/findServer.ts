import { readServerNote, type ServerNote } from "./dataDir.js";
import { cliError } from "./errors.js";
import { type GivenFlags, readSettings } from "./readSettings.js";

/** Addresses of the server that a command talks to. */
export type ServerAddress = Pick<ServerNote, "url" | "adminUrl">;

const TIMEOUT_MS = 10_000;

/** The server that runs on the data directory, else the one that would listen on the given or usual ports. */
export function findServer(flags: GivenFlags): ServerAddress {
  const { settings, sources } = readSettings(flags, process.env);
  const isNamed = sources.port !== "default" || sources.adminPort !== "default";
  const note = isNamed ? undefined : readServerNote(settings.datadir);
  if (note !== undefined) return note;
  const host = settings.host === "0.0.0.0" || settings.host === "::" ? "127.0.0.1" : settings.host;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${settings.port}`,
    adminUrl: `http://127.0.0.1:${settings.adminPort}`,
  };
}

/** JSON of a server. Errors: CLI_SERVER_UNREACHABLE. */
export async function fetchJson(url: string, body?: unknown): Promise<unknown> {
  const post =
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        };
  try {
    const response = await fetch(url, { ...post, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await response.json();
  } catch (cause) {
    throw cliError(
      "CLI_SERVER_UNREACHABLE",
      `No Fovea server answers at ${new URL(url).origin}; start one with \`npx fovea start\`, or name its port or data directory.`,
      cause,
    );
  }
}

/** One JSON-RPC call; undefined if the method failed. Errors: CLI_SERVER_UNREACHABLE. */
export async function callRpc(url: string, method: string, params: unknown[]): Promise<unknown> {
  const answer = await fetchJson(url, { jsonrpc: "2.0", id: 1, method, params });
  return (answer as { result?: unknown }).result;
}
