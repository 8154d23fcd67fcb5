const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Longer ones are no ids that anybody counts. */
const MAX_CHARS = 100;

/** True for ids that JavaScript may not be able to give back as they were sent, such as 2^53 + 1. */
export function isInexact(id: unknown): boolean {
  return Number.isFinite(id) && !Number.isSafeInteger(id);
}

/**
 * Numbers that are ids of requests, as they were written: one per item of a batch, undefined for other ids. Nanoseconds since 1970
 * are such ids, and rounded ones would belong to nobody.
 * Shapes: `text` is valid JSON.
 */
export function exactIds(text: string): (string | undefined)[] {
  const ids: (string | undefined)[] = [];
  const isBatch = text.trimStart().startsWith("[");
  const level = isBatch ? 2 : 1;
  let depth = 0;
  let item = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === "," && isBatch && depth === 1) item++;
    else if (char === '"') {
      const end = endOfString(text, at);
      const colon = skipSpace(text, end);
      if (depth === level && text[colon] === ":" && JSON.parse(text.slice(at, end)) === "id") {
        // Of equal keys the last counts.
        ids[item] = numberAt(text, skipSpace(text, colon + 1));
      }
      at = end - 1;
    }
  }
  return ids;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (" \t\n\r".includes(text[at] ?? "x")) at++;
  return at;
}

function numberAt(text: string, at: number): string | undefined {
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(text)?.[0];
  return found !== undefined && found.length <= MAX_CHARS ? found : undefined;
}
