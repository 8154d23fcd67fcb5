import { readdirSync } from "node:fs";
import { join } from "node:path";

/** All JSON files of a folder and of the folders in it. */
export function* jsonFiles(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* jsonFiles(path);
    else if (entry.name.endsWith(".json")) yield path;
  }
}
