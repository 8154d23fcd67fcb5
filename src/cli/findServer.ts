import { readServerNote, type ServerNote } from "./dataDir.js";
import { cliError } from "./errors.js";
import { type GivenFlags, readSettings } from "./readSettings.js";

/** Addresses of the server that a command talks to. */
export type ServerAddress = Pick<ServerNote, "url" | "adminUrl">;

const TIMEOUT_MS = 10_000;

/**
 * `--rpc-url`; else the server on the given ports, else the one that runs on the given data directory, else ETH_RPC_URL
 * (a habit of cast's users), else the one on the usual data directory or ports. Errors: CLI_USAGE, CLI_CONFIG.
 */
export function findServer(flags: GivenFlags & { rpcUrl?: string | undefined }): ServerAddress {
  const { sources } = readSettings(flags, process.env);
  const isMine = [sources.port, sources.adminPort, sources.datadir].some((s) => s !== "default");
  const url = flags.rpcUrl ?? (isMine ? undefined : process.env.ETH_RPC_URL || undefined);
  const address = findLocalServer(flags);
  return url === undefined
    ? address
    : { url: checkedUrl(url, flags.rpcUrl), adminUrl: address.adminUrl };
}

function checkedUrl(text: string, flag: string | undefined): string {
  if (/^https?:\/\/[^/]/.test(text) && URL.canParse(text)) return text.replace(/\/$/, "");
  const source = flag === undefined ? "ETH_RPC_URL" : "--rpc-url";
  throw cliError("CLI_USAGE", `${source} must start with http:// or https://.`);
}

function findLocalServer(flags: GivenFlags): ServerAddress {
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
