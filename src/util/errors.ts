/**
 * What the catcher should do: `invalid` caller's fault, `temporary` retry later, `reset` the world moved (reorg), rewind,
 * `critical` stop the role.
 */
export type Severity = "invalid" | "temporary" | "reset" | "critical";

/** One row of a room's catalogue: `CODE: { severity, text, help }`. */
export interface ErrorEntry {
  readonly severity: Severity;
  readonly text: string;
  /** What a person can do about it. */
  readonly help?: string;
}

/** Base of every error of the project. Tests and code compare `code`, people read `message`. */
export class FoveaError extends Error {
  readonly code: string;
  readonly severity: Severity;
  readonly help: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    entry: ErrorEntry,
    data: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(entry.text, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.code = code;
    this.severity = entry.severity;
    this.help = entry.help;
    this.data = data;
  }
}

/**
 * Makes the error class of a room from its catalogue.
 * Use: `export const L1Error = defineErrors("L1Error", { L1_UNREACHABLE: { severity: "temporary", text: "..." } })`,
 * then `throw new L1Error("L1_UNREACHABLE", { url }, cause)`.
 */
export function defineErrors<Catalogue extends Record<string, ErrorEntry>>(
  name: string,
  catalogue: Catalogue,
) {
  return class RoomError extends FoveaError {
    static readonly catalogue = catalogue;
    constructor(
      code: keyof Catalogue & string,
      data: Record<string, unknown> = {},
      cause?: unknown,
    ) {
      super(code, catalogue[code] as ErrorEntry, data, cause);
      this.name = name;
    }
  };
}

/** True if `error` is one of ours with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof FoveaError && error.code === code;
}
