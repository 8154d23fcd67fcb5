import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RpcError } from "../errors.js";

/** What a token allows: an operator may change things, a viewer may look. */
export type AdminRole = "operator" | "viewer";

const FILES: readonly (readonly [AdminRole, string])[] = [
  ["operator", "admin.token"],
  ["viewer", "viewer.token"],
];
const TOKEN_BYTES = 32;

/** The two tokens of a server. They are kept as hashes, so that no dump of the memory's strings has them. */
export class AdminTokens {
  readonly #hashes: readonly (readonly [AdminRole, Buffer])[];

  constructor(tokens: Record<AdminRole, string>) {
    this.#hashes = [
      ["operator", hash(tokens.operator)],
      ["viewer", hash(tokens.viewer)],
    ];
  }

  /** What a token allows. It takes the same time for every wrong one. */
  roleOf(token: string): AdminRole | undefined {
    const given = hash(token);
    let found: AdminRole | undefined;
    for (const [role, expected] of this.#hashes) {
      if (timingSafeEqual(given, expected)) found = role;
    }
    return found;
  }
}

/**
 * Reads `admin.token` and `viewer.token` of a folder, and makes those that are missing, readable by the owner alone.
 * Errors: RPC_TOKEN_FILE (others may read it, or it is too short).
 */
export function loadAdminTokens(folder: string): AdminTokens {
  const tokens: Record<AdminRole, string> = { operator: "", viewer: "" };
  for (const [role, name] of FILES) tokens[role] = loadToken(join(folder, name));
  return new AdminTokens(tokens);
}

function loadToken(path: string): string {
  try {
    writeFileSync(path, `${randomBytes(TOKEN_BYTES).toString("hex")}\n`, {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new RpcError("RPC_TOKEN_FILE", { path, reason: "others may read it; chmod 600 it" });
  }
  const token = readFileSync(path, "utf8").trim();
  if (token.length < 2 * TOKEN_BYTES) {
    throw new RpcError("RPC_TOKEN_FILE", { path, reason: "too short; delete it to get a new one" });
  }
  return token;
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
