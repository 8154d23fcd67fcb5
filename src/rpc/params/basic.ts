import { invalidParams } from "../errors.js";

/** A JSON object that is no array; the result has only own keys of the input. */
export function parseObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidParams("object expected");
  }
  return value as Record<string, unknown>;
}

/** Own property only: keys such as "constructor" must not reach the prototype. */
export function ownField(object: Record<string, unknown>, name: string): unknown {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return value === null ? undefined : value;
}

/** A list of at most `limit` items. */
export function parseList<T>(value: unknown, limit: number, parseItem: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw invalidParams("array expected");
  if (value.length > limit) throw invalidParams(`at most ${limit} items allowed`);
  return value.map(parseItem);
}

/** A JSON boolean. */
export function parseBoolean(value: unknown): boolean {
  if (typeof value !== "boolean") throw invalidParams("boolean expected");
  return value;
}

/** A JSON string of at most `maxChars` characters. */
export function parseText(value: unknown, maxChars = 256): string {
  if (typeof value !== "string") throw invalidParams("string expected");
  if (value.length > maxChars) throw invalidParams("string too long");
  return value;
}
