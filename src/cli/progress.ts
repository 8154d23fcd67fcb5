/** How `start` tells what it does: ticks on a terminal, JSON lines elsewhere. Standard output only; logs go to standard error. */
export interface Progress {
  /** The first line. */
  title(text: string): void;
  /** Something is ready. */
  done(name: string, details: string, fields?: Record<string, unknown>): void;
  /** A block of lines for people; `fields` for machines. */
  banner(lines: string[], fields: Record<string, unknown>): void;
  /** One remark. */
  note(text: string): void;
}

type Write = (line: string) => void;

/** Lines for people. */
export function humanProgress(write: Write, isColored: boolean): Progress {
  const green = (text: string) => (isColored ? `\u001b[32m${text}\u001b[0m` : text);
  return {
    title: (text) => write(text),
    done: (name, details) => write(` ${green("✓")} ${name.padEnd(14)} ${details}`),
    banner: (lines) => write(["", ...lines, ""].join("\n")),
    note: (text) => write(text),
  };
}

/** One JSON object a line. */
export function jsonProgress(write: Write): Progress {
  const line = (event: string, fields: Record<string, unknown>) =>
    write(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
  return {
    title: (text) => line("starting", { text }),
    done: (name, details, fields = {}) => line("up", { name, details, ...fields }),
    banner: (_lines, fields) => line("ready", fields),
    note: (text) => line("note", { text }),
  };
}
