/** JSON with bigints as decimal strings, as all amounts are written. */
export function toJson(value: unknown): string {
  try {
    // A function that looks at each value takes longer than all the rest, so long lists come with strings.
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? item.toString() : item));
  }
}
