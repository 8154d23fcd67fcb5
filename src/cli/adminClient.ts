import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cliError } from "./errors.js";
import { type GivenFlags, readSettings } from "./readSettings.js";

const TIMEOUT_MS = 10_000;
const TOKEN_FILES = ["viewer.token", "admin.token"];

/**
 * JSON of an admin port of this machine, asked with the viewer's token of the data directory.
 * Errors: CLI_SERVER_UNREACHABLE, CLI_DATADIR (its token is not that server's).
 */
export async function fetchAdminJson(
  adminUrl: string,
  path: string,
  flags: GivenFlags,
): Promise<unknown> {
  const base = adminUrl.replace(/\/$/, "");
  const { datadir } = readSettings(flags, process.env).settings;
  const token = readToken(datadir);
  try {
    const response = await fetch(`${base}${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401) {
      throw cliError(
        "CLI_DATADIR",
        `The server at ${base} wants a token and ${resolve(datadir)} holds none for it; name its data directory with --datadir.`,
      );
    }
    return await response.json();
  } catch (cause) {
    if (cause instanceof Error && "severity" in cause) throw cause;
    throw cliError(
      "CLI_SERVER_UNREACHABLE",
      `No Fovea server answers at ${base}; start one with \`npx fovea start\`, or name its port or data directory.`,
      cause,
    );
  }
}

/** The token of a data directory that an admin port of this machine takes. */
export function readToken(datadir: string): string | undefined {
  for (const name of TOKEN_FILES) {
    try {
      return readFileSync(join(resolve(datadir), name), "utf8").trim();
    } catch {
      // The other one, or none: the server says what it thinks of that.
    }
  }
  return undefined;
}
