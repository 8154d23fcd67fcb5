/** Writes one line of a command's result to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a result as JSON; integers beyond JavaScript's safe range as decimal strings. */
export function printJson(value: unknown): void {
  print(toJsonText(value));
}

/** JSON with two spaces; bigints as decimal strings, secrets as `***`. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item) => (typeof item === "bigint" ? item.toString() : item),
    2,
  );
}

/** Lines of `name  value`, the values in one column. */
export function columns(rows: [name: string, value: string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
