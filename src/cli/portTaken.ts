import { cliError } from "./errors.js";

/** The error of a port that cannot be listened on. */
export function portTaken(flag: string, port: number, cause: unknown) {
  const { code } = cause as NodeJS.ErrnoException;
  return cliError(
    "CLI_PORT_TAKEN",
    code === "EADDRINUSE"
      ? `Port ${port} is in use by another program; stop it or choose another with ${flag}.`
      : `Port ${port} cannot be opened (${code}); choose another with ${flag}.`,
    cause,
  );
}
