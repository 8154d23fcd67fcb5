import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of package.json, from src/cli and from dist/cli alike. */
export const PACKAGE_ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** A file that the person named: below the current folder, else below this package (`config/dev.json`). */
export function findFile(given: string): string {
  const here = resolve(given);
  if (isAbsolute(given) || existsSync(here)) return here;
  return join(PACKAGE_ROOT, given);
}
