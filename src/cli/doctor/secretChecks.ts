import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Check, type Finding, problem } from "./types.js";

const JWT_FILE = "jwt.hex";
const JWT_HEX_DIGITS = 64;

/** The secret of the Engine API, if there is one: both sides need the same 32 bytes, and nobody else. */
export const jwtCheck: Check = {
  name: "jwt",
  async run({ settings }) {
    const file = join(resolve(settings.datadir), JWT_FILE);
    if (!existsSync(file)) return undefined;
    const renew = `make a new one with \`openssl rand -hex 32 > ${file}\``;
    const findings: Finding[] = [];
    try {
      if ((statSync(file).mode & 0o077) !== 0) {
        findings.push(
          problem(`Others may read the engine's secret ${file}`, `run \`chmod 600 ${file}\``),
        );
      }
      const digits = readFileSync(file, "utf8").trim().replace(/^0x/, "");
      if (!/^[0-9a-fA-F]*$/.test(digits)) {
        findings.push(problem(`The engine's secret ${file} is not hex`, renew));
      } else if (digits.length !== JWT_HEX_DIGITS) {
        const bytes = digits.length / 2;
        findings.push(problem(`The engine's secret ${file} has ${bytes} bytes and not 32`, renew));
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      findings.push(problem(`The engine's secret ${file} cannot be read (${code})`, renew));
    }
    return findings.length > 0 ? findings : "32 bytes, ours alone";
  },
};
