/** What of a process is used: the events of errors that nobody handled, and the ways out. */
export interface CrashingProcess {
  on(event: "uncaughtException", listener: (error: unknown) => void): unknown;
  exit(code: number): void;
  stderr: { write(text: string): unknown };
}

/** Software error, of sysexits.h. */
const EXIT_SOFTWARE = 70;

/**
 * Ends the process with exit code 70 and one JSON line when an error was handled nowhere: what the process holds in memory may be
 * half changed, and what was acknowledged is on disk, so a supervisor's restart is the repair. A promise's error comes here too.
 */
export function exitOnCrash(process: CrashingProcess): void {
  process.on("uncaughtException", (error) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${JSON.stringify({ level: "fatal", msg: "unhandled error", stack })}\n`);
    process.exit(EXIT_SOFTWARE);
  });
}
