import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Folder of package.json; jest runs there. */
export const ROOT = resolve(".");

/** A file as the tidy checks see it; tests plant their own. */
export interface SourceFile {
  /** From the root, with slashes. */
  path: string;
  text: string;
}

/** All files below a folder whose names end in one of `endings`; generated ones and modules are left out. */
export function readFiles(folder: string, endings: string[]): SourceFile[] {
  const found: SourceFile[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (["node_modules", "generated", "dist", "data"].includes(entry.name)) continue;
    if (entry.isDirectory()) found.push(...readFiles(path, endings));
    else if (endings.some((ending) => entry.name.endsWith(ending))) {
      found.push({
        path: relative(ROOT, join(ROOT, path)).replaceAll("\\", "/"),
        text: readFileSync(join(ROOT, path), "utf8"),
      });
    }
  }
  return found;
}

/** One import or re-export of a file. */
export interface ImportLine {
  from: string;
  isTypeOnly: boolean;
}

/** Everything that a TypeScript file imports, dynamically or not. */
export function importsOf(text: string): ImportLine[] {
  const statements = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"/gm);
  const dynamic = text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g);
  const bare = text.matchAll(/^\s*import\s+"([^"]+)"/gm);
  return [
    ...[...statements].map(([, type, from]) => ({
      from: from ?? "",
      isTypeOnly: type !== undefined,
    })),
    ...[...dynamic, ...bare].map(([, from]) => ({ from: from ?? "", isTypeOnly: false })),
  ];
}

/** Source without comments, so that words in them are not taken for code. Line breaks stay. */
export function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}
