/** What became of building a block from a list: the built thing, or that the list is not valid. */
export type BuildOutcome<T> =
  | { built: T }
  /** `at`: place of the transaction that is to blame, if the engine named one; it is not trusted. */
  | { invalid: string; at?: number | undefined };

/**
 * Builds from the transactions of a list that are valid where they stand, as if the others had not been given, with an engine that
 * takes a list whole or not at all. The first invalid transaction is found by building prefixes, is dropped, and what is left
 * is tried again; so the result is the block that an engine with the drop rule builds.
 * The first `forced` transactions are never dropped; if they alone are not valid, neither is anything else.
 * Source: docs/protocol/execution.md#drop-rule
 */
export async function buildDroppingInvalid<T>(
  transactions: readonly Uint8Array[],
  forced: number,
  build: (transactions: Uint8Array[]) => Promise<BuildOutcome<T>>,
): Promise<BuildOutcome<T>> {
  let kept = transactions.slice(0, forced);
  let rest = transactions.slice(forced);
  for (;;) {
    const outcome = await build([...kept, ...rest]);
    if ("built" in outcome || rest.length === 0) return outcome;
    const first = await findFirstInvalid(kept, rest, outcome.at, build);
    kept = [...kept, ...rest.slice(0, first)];
    rest = rest.slice(first + 1);
  }
}

/** Index in `rest` of the first transaction that is not valid after `kept` and those before it. All of `rest` is not valid. */
async function findFirstInvalid<T>(
  kept: readonly Uint8Array[],
  rest: readonly Uint8Array[],
  blamedAt: number | undefined,
  build: (transactions: Uint8Array[]) => Promise<BuildOutcome<T>>,
): Promise<number> {
  const blamed = blamedAt === undefined ? -1 : blamedAt - kept.length;
  /** A prefix of `valid` transactions is valid, one of `invalid` is not. */
  let valid = 0;
  let invalid = rest.length;
  let step = 1;
  while (invalid - valid > 1) {
    const length = nextLength(valid, invalid, blamed, step);
    const outcome = await build([...kept, ...rest.slice(0, length)]);
    if ("built" in outcome) {
      valid = length;
      step *= 2;
    } else {
      invalid = length;
    }
  }
  return invalid - 1;
}

/** Which prefix to try: the two that would show that the engine blamed the right one, else longer and longer steps, then halves. */
function nextLength(valid: number, invalid: number, blamed: number, step: number): number {
  if (blamed + 1 > valid && blamed + 1 < invalid) return blamed + 1;
  if (blamed > valid && blamed < invalid) return blamed;
  return valid + Math.min(step, Math.floor((invalid - valid) / 2));
}
