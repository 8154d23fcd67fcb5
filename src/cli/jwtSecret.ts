import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cliError } from "./errors.js";

/**
 * The secret that both sides of an Engine API share: 32 bytes in hex, alone in a file. A file that is missing is made, readable
 * by its owner only, unless the other side must have it already.
 * Errors: CLI_CONFIG.
 */
export function readJwtSecret(path: string, { mayCreate = true } = {}): Uint8Array {
  try {
    if (mayCreate && !existsSync(path)) {
      writeFileSync(path, `0x${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    }
    const text = readFileSync(path, "utf8").trim().replace(/^0x/, "");
    if (/^[0-9a-f]{64}$/i.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw cliError("CLI_CONFIG", `The secret in ${path} cannot be read: ${reason}.`, cause);
  }
  throw cliError("CLI_CONFIG", `${path} does not hold a secret: it takes 32 bytes in hex.`);
}
