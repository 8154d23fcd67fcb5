import { ComputeError } from "./errors.js";

/** Bytes absorbed by one permutation. */
export const KECCAK_RATE = 136;
/** The sponge's state in the machine: 200 bytes, filled up to 7 words. */
export const KECCAK_STATE_BYTES = 224;

const LANES = 25;
const ROUNDS = 24;

/** Rotation of lane x + 5y. FIPS 202, algorithm 2: along the walk (x, y) -> (y, 2x + 3y), the t-th lane by the t-th triangle number. */
const RHO = new Uint8Array(LANES);
/** Where pi takes lane x + 5y: to (y, 2x + 3y). */
const PI = new Uint8Array(LANES);
/** Round constants, low and high halves. */
const IOTA_LOW = new Int32Array(ROUNDS);
const IOTA_HIGH = new Int32Array(ROUNDS);

function fillTables(): void {
  let x = 1;
  let y = 0;
  for (let t = 0; t < 24; t++) {
    RHO[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  for (let at = 0; at < LANES; at++) {
    const row = Math.floor(at / 5);
    const column = at % 5;
    PI[at] = row + 5 * ((2 * column + 3 * row) % 5);
  }
  // FIPS 202, algorithm 5: a shift register over x^8 + x^6 + x^5 + x^4 + 1; bit 2^j - 1 of round r is its (7r + j)-th output.
  let register = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let j = 0; j <= 6; j++) {
      const bit = (1 << j) - 1;
      if (register & 1) {
        if (bit < 32) IOTA_LOW[round] = (IOTA_LOW[round] as number) | (1 << bit);
        else IOTA_HIGH[round] = (IOTA_HIGH[round] as number) | (1 << (bit - 32));
      }
      register <<= 1;
      if (register & 0x100) register ^= 0x171;
    }
  }
}
fillTables();

/** keccak-f[1600] in place on 25 lanes, each a low and a high half. */
function permute(low: Int32Array, high: Int32Array): void {
  const columnLow = new Int32Array(5);
  const columnHigh = new Int32Array(5);
  const movedLow = new Int32Array(LANES);
  const movedHigh = new Int32Array(LANES);
  for (let round = 0; round < ROUNDS; round++) {
    columnLow.fill(0);
    columnHigh.fill(0);
    for (let at = 0; at < LANES; at++) {
      const x = at % 5;
      columnLow[x] = (columnLow[x] as number) ^ (low[at] as number);
      columnHigh[x] = (columnHigh[x] as number) ^ (high[at] as number);
    }
    for (let at = 0; at < LANES; at++) {
      const before = (at + 4) % 5;
      const after = (at + 1) % 5;
      const afterLow = columnLow[after] as number;
      const afterHigh = columnHigh[after] as number;
      let laneLow = (low[at] as number) ^ (columnLow[before] as number);
      let laneHigh = (high[at] as number) ^ (columnHigh[before] as number);
      laneLow ^= (afterLow << 1) | (afterHigh >>> 31);
      laneHigh ^= (afterHigh << 1) | (afterLow >>> 31);
      let by = RHO[at] as number;
      if (by >= 32) {
        [laneLow, laneHigh] = [laneHigh, laneLow];
        by -= 32;
      }
      const to = PI[at] as number;
      // A shift by 32 would be a shift by 0.
      movedLow[to] = by === 0 ? laneLow : (laneLow << by) | (laneHigh >>> (32 - by));
      movedHigh[to] = by === 0 ? laneHigh : (laneHigh << by) | (laneLow >>> (32 - by));
    }
    for (let at = 0; at < LANES; at++) {
      const row = at - (at % 5);
      const next = row + ((at + 1) % 5);
      const second = row + ((at + 2) % 5);
      low[at] =
        (movedLow[at] as number) ^ (~(movedLow[next] as number) & (movedLow[second] as number));
      high[at] =
        (movedHigh[at] as number) ^ (~(movedHigh[next] as number) & (movedHigh[second] as number));
    }
    low[0] = (low[0] as number) ^ (IOTA_LOW[round] as number);
    high[0] = (high[0] as number) ^ (IOTA_HIGH[round] as number);
  }
}

/**
 * Absorbs whole blocks into a sponge's state; the state that starts a message is all zero.
 * Shapes: `state` 224 bytes, FIPS 202's byte string S and 24 zeroes, not changed; `blocks` a multiple of 136 bytes; a new state comes back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 * Source: FIPS 202 sections 3.2 and 4.
 */
export function keccakAbsorb(state: Uint8Array, blocks: Uint8Array): Uint8Array {
  if (state.length !== KECCAK_STATE_BYTES) {
    throw new ComputeError("COMPUTE_BAD_STATE", { length: state.length });
  }
  if (blocks.length % KECCAK_RATE !== 0) {
    throw new ComputeError("COMPUTE_BAD_SLICE", { length: blocks.length, multipleOf: KECCAK_RATE });
  }
  const low = new Int32Array(LANES);
  const high = new Int32Array(LANES);
  const from = new DataView(state.buffer, state.byteOffset, state.byteLength);
  for (let at = 0; at < LANES; at++) {
    low[at] = from.getInt32(8 * at, true);
    high[at] = from.getInt32(8 * at + 4, true);
  }
  const input = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  for (let start = 0; start < blocks.length; start += KECCAK_RATE) {
    for (let at = 0; at < KECCAK_RATE / 8; at++) {
      low[at] = (low[at] as number) ^ input.getInt32(start + 8 * at, true);
      high[at] = (high[at] as number) ^ input.getInt32(start + 8 * at + 4, true);
    }
    permute(low, high);
  }
  const after = new Uint8Array(KECCAK_STATE_BYTES);
  const to = new DataView(after.buffer);
  for (let at = 0; at < LANES; at++) {
    to.setInt32(8 * at, low[at] as number, true);
    to.setInt32(8 * at + 4, high[at] as number, true);
  }
  return after;
}

/**
 * KECCAK256 of the message whose whole blocks a state has absorbed and whose rest is `tail`.
 * Shapes: `state` as in `keccakAbsorb`; `tail` 0 to 135 bytes; 32 bytes come back.
 * Errors: COMPUTE_BAD_STATE, COMPUTE_BAD_SLICE.
 */
export function keccakFinish(state: Uint8Array, tail: Uint8Array): Uint8Array {
  if (tail.length >= KECCAK_RATE) {
    throw new ComputeError("COMPUTE_BAD_SLICE", { length: tail.length, below: KECCAK_RATE });
  }
  const block = new Uint8Array(KECCAK_RATE);
  block.set(tail);
  block[tail.length] = 0x01;
  block[KECCAK_RATE - 1] = (block[KECCAK_RATE - 1] as number) | 0x80;
  return keccakAbsorb(state, block).slice(0, 32);
}
