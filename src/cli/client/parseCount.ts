import { cliError } from "../errors.js";

/** A whole number of a flag. Errors: CLI_USAGE. */
export function parseCount(flag: string, text: string, max: number, min = 0): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw cliError("CLI_USAGE", `${flag} must be a whole number from ${min} to ${max}.`);
}
