import {
  ripemd160Compress,
  ripemd160Finish,
  startRipemd160,
} from "../../compute/ripemd160Blocks.js";
import { sha256Compress, sha256Finish, startSha256 } from "../../compute/sha256Blocks.js";
import type { Step } from "../../state/types.js";
import { readPages, regs, touch } from "../../step.js";
import { BUFFER, G, LIMIT } from "../../table.js";
import {
  answerBytes,
  clearSlices,
  progressOf,
  runningBytes,
  setProgress,
  setRunningBytes,
} from "./slices.js";

const BLOCK = 64;
const WORD = 32;

/** A hash that works block by block. */
interface Compression {
  readonly stateBytes: number;
  readonly start: () => Uint8Array;
  readonly compress: (state: Uint8Array, blocks: Uint8Array) => Uint8Array;
  readonly finish: (state: Uint8Array, tail: Uint8Array, totalLength: number) => Uint8Array;
}

const SHA256: Compression = {
  stateBytes: 32,
  start: startSha256,
  compress: sha256Compress,
  finish: sha256Finish,
};
const RIPEMD160: Compression = {
  stateBytes: 20,
  start: startRipemd160,
  compress: ripemd160Compress,
  finish: ripemd160Finish,
};

/** A state of less than a word stands at its right. */
function padded(state: Uint8Array): Uint8Array {
  if (state.length === WORD) return state;
  const word = new Uint8Array(WORD);
  word.set(state, WORD - state.length);
  return word;
}

function begin({ start }: Compression) {
  return (step: Step): void => {
    setProgress(step, 0);
    setRunningBytes(step, padded(start()));
  };
}

function slice({ stateBytes, compress, finish }: Compression) {
  return (step: Step): void => {
    const { inputLen } = regs(step);
    touch(step, G.lens);
    const done = progressOf(step);
    const blocks = Math.min(LIMIT.compressBlocks, Math.floor((inputLen - done) / BLOCK));
    const stop = done + blocks * BLOCK;
    const isLast = inputLen - stop < BLOCK;
    const bytes = readPages(step, BUFFER.input, done, (isLast ? inputLen : stop) - done);
    const before = runningBytes(step, 1).slice(WORD - stateBytes);
    const state = compress(before, bytes.subarray(0, stop - done));
    if (!isLast) {
      setProgress(step, stop);
      setRunningBytes(step, padded(state));
      return;
    }
    const digest = finish(state, bytes.subarray(stop - done), inputLen);
    clearSlices(step);
    answerBytes(step, padded(digest));
  };
}

/** PRECOMP's part of SHA-256 in slices. */
export const beginSha256 = begin(SHA256);
/** PRECOMP's part of RIPEMD-160 in slices. */
export const beginRipemd = begin(RIPEMD160);
/** SHA256_I: some blocks of SHA-256. Source: docs/protocol/machine.md#precompiles */
export const sha256Slice = slice(SHA256);
/** RIPEMD_I: some blocks of RIPEMD-160. Source: docs/protocol/machine.md#precompiles */
export const ripemdSlice = slice(RIPEMD160);
