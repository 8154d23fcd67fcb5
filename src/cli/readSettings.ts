import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { cliError } from "./errors.js";
import { SETTINGS, type Setting, type SettingName, type Settings } from "./settings.js";

/** What a person gave: flags by setting name, as text; `true` for a switch. */
export type GivenFlags = Partial<Record<SettingName, string | boolean | undefined>>;

/** Where a value came from. */
export type SettingSource = "flag" | "environment" | "file" | "default";

/** All settings with their sources. */
export interface ReadSettings {
  settings: Settings;
  sources: Record<SettingName, SettingSource>;
}

const rows = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];

/**
 * Flags win over the environment, the environment over defaults. A key may also come from a file: `FOVEA_BATCHER_KEY_FILE`.
 * Errors: CLI_CONFIG with all problems in one sentence.
 */
export function readSettings(
  flags: GivenFlags,
  env: Record<string, string | undefined>,
): ReadSettings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  const sources = {} as Record<SettingName, SettingSource>;

  for (const [name, row] of rows) {
    const found = findText(name, row, flags, env, problems);
    sources[name] = found.source;
    if (found.text === null) continue;
    const parsed = row.schema.safeParse(found.text);
    if (parsed.success) settings[name] = parsed.data;
    else problems.push(describeProblem(row, found, parsed.error));
  }
  problems.push(...misspelled(env));
  if (problems.length > 0)
    throw cliError("CLI_CONFIG", `Wrong configuration: ${problems.join("; ")}.`);
  return { settings: settings as unknown as Settings, sources };
}

interface Found {
  text: string | null;
  source: SettingSource;
  /** What the person wrote it as. */
  label: string;
}

function findText(
  name: SettingName,
  row: Setting<unknown>,
  flags: GivenFlags,
  env: Record<string, string | undefined>,
  problems: string[],
): Found {
  const given = flags[name];
  if (given !== undefined) return { text: String(given), source: "flag", label: `--${row.flag}` };
  const text = env[row.env];
  // An empty variable means "not set": that is how people unset one for a single command.
  if (text !== undefined && text !== "") return { text, source: "environment", label: row.env };
  const path = row.unit === "key" ? env[`${row.env}_FILE`] : undefined;
  if (path !== undefined && path !== "") {
    const label = `${row.env}_FILE`;
    try {
      if ((statSync(path).mode & 0o077) !== 0) {
        problems.push(`${label}: others may read ${path} (run \`chmod 600 ${path}\`)`);
        return { text: null, source: "file", label };
      }
      return { text: readFileSync(path, "utf8").trim(), source: "file", label };
    } catch (error) {
      problems.push(`${label}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return { text: null, source: "file", label };
    }
  }
  return { text: row.default, source: "default", label: `--${row.flag}` };
}

function describeProblem(row: Setting<unknown>, found: Found, error: z.ZodError): string {
  const reason = error.issues[0]?.message ?? "is wrong";
  // A secret is not repeated, not even a wrong one.
  const shown = row.flag === null ? "" : ` (given: ${JSON.stringify(found.text)})`;
  return `${found.label} ${reason}${shown}`;
}

/** Variables with our prefix that look like a setting but are none. */
function misspelled(env: Record<string, string | undefined>): string[] {
  const known = rows.flatMap(([, row]) => [row.env, `${row.env}_FILE`]);
  return Object.keys(env)
    .filter((name) => name.startsWith("FOVEA_") && !known.includes(name))
    .flatMap((name) => {
      const nearest = known.find((candidate) => editDistance(name, candidate) <= 2);
      return nearest === undefined ? [] : [`${name} is unknown; did you mean ${nearest}?`];
    });
}

/** Number of letters to change, add or remove. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitute));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
