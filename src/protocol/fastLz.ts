/** Power of two: positions are remembered under a 13-bit hash of the three bytes they start with. */
const TABLE_SIZE = 8_192;
const HASH_FACTOR = 0x9e3779b9;
const HASH_SHIFT = 19;
const MAX_DISTANCE = 8_191;
const MAX_LITERAL_RUN = 32;
/** Longest match one copy instruction covers. */
const MAX_COPY = 262;
/** Copies shorter than this take two bytes, others three. */
const SHORT_COPY = 6;
/** A search never starts in the last bytes, and a match never reaches the very end. */
const SEARCH_MARGIN = 13;
const MATCH_MARGIN = 4;

// One table for all calls: the function is synchronous, and clearing is cheaper than allocating.
const table = new Int32Array(TABLE_SIZE);

/**
 * Length in bytes of `bytes` compressed with FastLZ level 1; the compressed bytes themselves are never needed.
 * Must equal what GasPriceOracle and every OP client compute, oddities included: an empty table means position 0.
 * Source: docs/protocol/execution.md#fees-of-a-non-deposit-transaction
 */
export function fastLzLength(bytes: Uint8Array): number {
  const searchEnd = bytes.length - SEARCH_MARGIN;
  const matchEnd = bytes.length - MATCH_MARGIN;
  table.fill(0);
  let total = 0;
  let literalStart = 0;
  let position = 2;
  while (position < searchEnd) {
    const word = threeBytes(bytes, position);
    const slot = hashOf(word);
    const candidate = table[slot] as number;
    table[slot] = position;
    const isMatch = position - candidate <= MAX_DISTANCE && threeBytes(bytes, candidate) === word;
    if (!isMatch) {
      position++;
      continue;
    }
    // A match in the last searchable position is not taken.
    if (position + 1 >= searchEnd) break;
    total += literalLength(position - literalStart);
    const extra = countMatch(bytes, candidate + 3, position + 3, matchEnd);
    total += copyLength(extra);
    position += extra;
    table[hashOf(threeBytes(bytes, position))] = position;
    table[hashOf(threeBytes(bytes, position + 1))] = position + 1;
    position += 2;
    literalStart = position;
  }
  return total + literalLength(bytes.length - literalStart);
}

function threeBytes(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
  );
}

function hashOf(word: number): number {
  return (Math.imul(HASH_FACTOR, word) >>> HASH_SHIFT) & (TABLE_SIZE - 1);
}

/** Bytes that agree from both positions on, the first that differs counted too; all up to `end` if none differs. */
function countMatch(bytes: Uint8Array, left: number, right: number, end: number): number {
  const most = end - right;
  let count = 0;
  while (count < most) {
    const isEqual = bytes[left + count] === bytes[right + count];
    count++;
    if (!isEqual) break;
  }
  return count;
}

function literalLength(run: number): number {
  const rest = run % MAX_LITERAL_RUN;
  const fullRuns = (run - rest) / MAX_LITERAL_RUN;
  return fullRuns * (MAX_LITERAL_RUN + 1) + (rest === 0 ? 0 : rest + 1);
}

function copyLength(extra: number): number {
  const length = extra - 1;
  const rest = length % MAX_COPY;
  return 3 * ((length - rest) / MAX_COPY) + (rest >= SHORT_COPY ? 3 : 2);
}
