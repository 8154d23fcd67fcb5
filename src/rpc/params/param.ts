import { type FoveaError, hasCode } from "../../util/errors.js";
import { invalidParams } from "../errors.js";

/** One positional parameter: from untrusted JSON to a typed value. Errors: RPC_INVALID_PARAMS. */
export interface Param<T> {
  parse(value: unknown): T;
  readonly optional: boolean;
  /** What an absent or null optional parameter means. */
  readonly fallback: T | undefined;
}

/** The tuple of values that a list of parameters parses to. */
export type ParsedParams<Params extends readonly Param<unknown>[]> = {
  [Index in keyof Params]: Params[Index] extends Param<infer T> ? T : never;
};

/** A required parameter. */
export function required<T>(parse: (value: unknown) => T): Param<T> {
  return { parse, optional: false, fallback: undefined };
}

/** A parameter that may be left out or null. */
export function optional<T>(parse: (value: unknown) => T, fallback: T): Param<T> {
  return { parse, optional: true, fallback };
}

/** Parses positional parameters. Errors: RPC_INVALID_PARAMS with geth's wording in `data.reason`. */
export function parseParams<Params extends readonly Param<unknown>[]>(
  params: Params,
  raw: unknown,
): ParsedParams<Params> {
  if (raw !== undefined && raw !== null && !Array.isArray(raw))
    throw invalidParams("non-array args");
  const given: unknown[] = raw ?? [];
  if (given.length > params.length) {
    throw invalidParams(`too many arguments, want at most ${params.length}`);
  }
  return params.map((param, index) => parseOne(param, given[index], index)) as ParsedParams<Params>;
}

function parseOne(param: Param<unknown>, value: unknown, index: number): unknown {
  if (value === undefined || value === null) {
    if (param.optional) return param.fallback;
    throw invalidParams(`missing value for required argument ${index}`);
  }
  try {
    return param.parse(value);
  } catch (error) {
    // What is wrong for another reason than its form keeps its own number.
    if (!hasCode(error, "RPC_INVALID_PARAMS")) throw error;
    const { reason } = (error as FoveaError).data;
    throw invalidParams(`invalid argument ${index}: ${reason}`);
  }
}
