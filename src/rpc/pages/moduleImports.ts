/** Import and export statements and `import("x")`, in minified code as well; words in strings are no statements. */
const IMPORT =
  /((?:^|[;}\n])\s*(?:import|export)\b(?:[\w\s{},*$]*?\bfrom)?\s*|\bimport\(\s*)(["'])([^"'\n]+)\2/g;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//g;
const LINE_COMMENT = /(^|\n)[ \t]*\/\/[^\n]*/g;

/** Specifiers that a module imports, in order, each once. Examples in comments do not count. */
export function readImports(text: string): string[] {
  const code = text.replace(BLOCK_COMMENT, "").replace(LINE_COMMENT, "$1");
  return [...new Set([...code.matchAll(IMPORT)].map(([, , , specifier]) => specifier as string))];
}

/** The module with other specifiers. A browser has no node_modules, and an import map would be an inline script. */
export function rewriteImports(text: string, rename: (specifier: string) => string): string {
  return text.replace(IMPORT, (_all, before: string, quote: string, specifier: string) => {
    return `${before}${quote}${rename(specifier)}${quote}`;
  });
}
