import { maxPrecompileInput, precompileGas } from "../../compute/precompileGas.js";
import type { Step } from "../../state/types.js";
import { goTo, halt, readPages, regs, touch } from "../../step.js";
import { BUFFER, G, LIMIT, MODE } from "../../table.js";
import { beginBlake2 } from "./blake2Slices.js";
import { beginRipemd, beginSha256 } from "./compressSlices.js";
import { beginModExp } from "./modExpSlices.js";
import { beginMsm } from "./msmSlices.js";
import { runPrecompile } from "./runPrecompile.js";
import { answer, answerBytes } from "./slices.js";

const IDENTITY = 4;
/** Bytes that count, for precompiles that cut or fill their input. */
const PREFIX: Readonly<Record<number, number>> = { 1: 128, 5: 96 + 3 * 1024, 6: 128, 7: 96 };
/** Lengths of inputs that alone can succeed or give an answer; of other lengths nothing is opened. */
const EXACT: Readonly<Record<number, number>> = {
  9: 213,
  10: 192,
  11: 256,
  13: 512,
  16: 64,
  17: 128,
  256: 160,
};
/** Bytes of a pair, for precompiles that take lists of them. */
const PAIR_BYTES: Readonly<Record<number, number>> = { 8: 192, 12: 160, 14: 288, 15: 384 };
const MULTIPLICATIONS: ReadonlySet<number> = new Set([12, 14]);

/** A precompile: charges, and answers in this step if L1's own can. Source: docs/protocol/machine.md#precompiles */
export function precomp(step: Step): void {
  const frame = regs(step);
  touch(step, G.newAddr, G.lens);
  const address = Number(frame.newAddr);
  const { inputLen } = frame;
  if (!step.isPlain && inputLen > maxPrecompileInput(address, true)) {
    halt(step);
    return;
  }
  const size = Math.min(inputLen, PREFIX[address] ?? inputLen);
  const input = isOpened(address, inputLen)
    ? readPages(step, BUFFER.input, 0, size)
    : new Uint8Array(size);
  const gas = precompileGas(address, input);
  if (gas > BigInt(frame.gas)) {
    halt(step);
    return;
  }
  frame.gas -= Number(gas);
  if (address === IDENTITY) {
    touch(step, G.input);
    answer(step, frame.input.clone(), inputLen);
    return;
  }
  const slices = slicesFor(address, input, gas);
  if (slices !== undefined) {
    // Before it begins: an answer at once goes elsewhere.
    goTo(step, slices.mode);
    slices.begin(step);
    return;
  }
  const output = runPrecompile(address, input);
  if (output !== undefined) {
    answerBytes(step, output);
    return;
  }
  // A halt changes nothing but R4.
  frame.gas += Number(gas);
  halt(step);
}

/** True if the bytes of the input are needed in this step, and not its length alone. */
function isOpened(address: number, inputLen: number): boolean {
  if (address === IDENTITY || isLong(address, inputLen)) return false;
  if (inputLen !== (EXACT[address] ?? inputLen)) return false;
  return inputLen % (PAIR_BYTES[address] ?? 1) === 0;
}

/** True if slices read the bytes, and the price depends on the length alone. */
function isLong(address: number, inputLen: number): boolean {
  if (address === 2 || address === 3) return inputLen > LIMIT.precompileBytes;
  const pair = PAIR_BYTES[address] as number;
  if (!MULTIPLICATIONS.has(address) || inputLen % pair !== 0) return false;
  return inputLen > LIMIT.msmPairs * pair;
}

interface Slices {
  readonly mode: number;
  /** Writes what the first slice begins with, or answers. */
  readonly begin: (step: Step) => void;
}

/** The slices that follow, if L1's own precompile cannot do all in one step. */
function slicesFor(address: number, input: Uint8Array, gas: bigint): Slices | undefined {
  const inputLen = input.length;
  if (address === 2 && isLong(2, inputLen)) return { mode: MODE.sha256I, begin: beginSha256 };
  if (address === 3 && isLong(3, inputLen)) return { mode: MODE.ripemdI, begin: beginRipemd };
  if (address === 5 && gas > BigInt(LIMIT.modexpL1Gas)) {
    return { mode: MODE.modexpI, begin: beginModExp };
  }
  // An input that BLAKE2F refuses goes the short way; its last byte is the flag.
  if (address === 9 && (input.at(-1) ?? 2) <= 1 && gas > BigInt(LIMIT.blakeL1Rounds)) {
    return { mode: MODE.blake2I, begin: beginBlake2 };
  }
  return isLong(address, inputLen) ? { mode: MODE.msmI, begin: beginMsm } : undefined;
}
