import { ComputeError } from "./errors.js";

/** Entries of the table of positions; the machine holds 8 to a word, entry 0 first, big-endian. */
export const FAST_LZ_TABLE_ENTRIES = 8_192;
/** Largest `stop - position` that the machine uses in one step. */
export const FAST_LZ_STEP_BYTES = 16_384;

const MAX_DISTANCE = 8_191;
/** A search never starts in the last 13 bytes, and a match never reaches the last 4. */
const SEARCH_MARGIN = 13;
const MATCH_MARGIN = 4;
/** Bytes from `stop` on that the last transition before it can read. */
const LOOK_AHEAD = 2;

/** What is known between two slices. A new one comes out of every slice; none is ever changed. */
export interface FastLzState {
  /** Next position to search, or, inside a match, the next byte to compare. */
  readonly position: number;
  /** Start of the pending literals, or, inside a match, its fourth byte, where comparing began. */
  readonly anchor: number;
  /** Compressed bytes so far, without what is pending. */
  readonly length: number;
  /** 0 while searching; inside a match, how far back its twin lies: 1 to 8,191. */
  readonly distance: number;
  /** Last position by hash of the three bytes there; 0 at first. */
  readonly table: Uint32Array;
}

/** The state in front of the first byte. */
export function startFastLz(): FastLzState {
  const table = new Uint32Array(FAST_LZ_TABLE_ENTRIES);
  return { position: 2, anchor: 0, length: 0, distance: 0, table };
}

/** True when nothing is left to run and `fastLzResult` may be asked. */
export function isFastLzDone(state: FastLzState, totalLength: number): boolean {
  return state.distance === 0 && state.position + SEARCH_MARGIN >= totalLength;
}

/**
 * Bytes of the data that a slice from `state` to `stop` may read, as [start, end).
 * Source: FastLZ rule of docs/protocol/execution.md: distance at most 8,191.
 */
export function fastLzWindow(
  state: FastLzState,
  totalLength: number,
  stop: number,
): { start: number; end: number } {
  const start = Math.max(0, state.position - MAX_DISTANCE);
  return { start, end: Math.max(start, Math.min(totalLength, stop + LOOK_AHEAD)) };
}

/**
 * Runs until the position is at or behind `stop`, or the data are done. Any slicing gives the same states as no slicing.
 * Shapes: `window` is the data from `windowStart` on and holds at least `fastLzWindow(...)`; `state` is not changed.
 * Errors: COMPUTE_BAD_SLICE when the window is too small.
 */
export function runFastLz(
  state: FastLzState,
  window: Uint8Array,
  windowStart: number,
  totalLength: number,
  stop: number,
): FastLzState {
  const needed = fastLzWindow(state, totalLength, stop);
  if (windowStart > needed.start || windowStart + window.length < needed.end) {
    throw new ComputeError("COMPUTE_BAD_SLICE", { windowStart, length: window.length, ...needed });
  }
  const byteAt = (at: number): number => window[at - windowStart] as number;
  const threeBytes = (at: number): number =>
    byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16);
  const table = Uint32Array.from(state.table);
  let { position, anchor, length, distance } = state;

  /** One position: a literal or the start of a match. */
  function search(): void {
    const value = threeBytes(position);
    const slot = hashOf(value);
    const candidate = table[slot] as number;
    table[slot] = position;
    const isNear = position - candidate <= MAX_DISTANCE;
    // The first three bytes of a match that starts at the last position are not worth it.
    const isLast = position + 1 + SEARCH_MARGIN >= totalLength;
    if (!isNear || isLast || threeBytes(candidate) !== value) {
      position++;
      return;
    }
    length += literalLength(position - anchor);
    distance = position - candidate;
    position += 3;
    anchor = position;
  }

  /** One more byte of a match, or its end. The byte that differs is counted as compared. */
  function compare(): void {
    const isAtEnd = position === totalLength - MATCH_MARGIN;
    if (!isAtEnd) {
      const isEqual = byteAt(position) === byteAt(position - distance);
      position++;
      if (isEqual) return;
    }
    length += copyLength(position - anchor);
    table[hashOf(threeBytes(position - 3))] = position - 3;
    table[hashOf(threeBytes(position - 2))] = position - 2;
    position--;
    anchor = position;
    distance = 0;
  }

  while (position < stop && (distance > 0 || position + SEARCH_MARGIN < totalLength)) {
    if (distance === 0) search();
    else compare();
  }
  return { position, anchor, length, distance, table };
}

/**
 * The compressed length, when the run is done: what `fastLzLength` gives for the whole data.
 * Errors: COMPUTE_BAD_STATE before that.
 */
export function fastLzResult(state: FastLzState, totalLength: number): number {
  if (!isFastLzDone(state, totalLength)) {
    throw new ComputeError("COMPUTE_BAD_STATE", { position: state.position, totalLength });
  }
  return state.length + literalLength(totalLength - state.anchor);
}

function hashOf(value: number): number {
  return (Math.imul(2_654_435_769, value) >>> 19) & (FAST_LZ_TABLE_ENTRIES - 1);
}

/** Literals cost their number, and one more for every 32 begun. */
function literalLength(count: number): number {
  return count + Math.ceil(count / 32);
}

/** A match of `compared` bytes behind its first three minus the unequal one: copies of up to 262, the last short if below 6. */
function copyLength(compared: number): number {
  const rest = (compared - 1) % 262;
  return 3 * Math.floor((compared - 1) / 262) + (rest < 6 ? 2 : 3);
}
