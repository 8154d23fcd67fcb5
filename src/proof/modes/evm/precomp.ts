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
const BLAKE2_BYTES = 213;

function isBlake2(input: Uint8Array): boolean {
  return input.length === BLAKE2_BYTES && (input[BLAKE2_BYTES - 1] as number) <= 1;
}

/** Bytes that count, for precompiles that cut or fill their input. */
const PREFIX: Readonly<Record<number, number>> = { 1: 128, 5: 96 + 3 * 1024, 6: 128, 7: 96 };
const PAIR_BYTES: Readonly<Record<number, number>> = { 12: 160, 14: 288 };

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
  const isRead = address !== IDENTITY && !isLong(address, inputLen);
  const input = isRead ? readPages(step, BUFFER.input, 0, size) : new Uint8Array(size);
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

/** True if the price depends on the length alone, and slices will read the bytes. */
function isLong(address: number, inputLen: number): boolean {
  if (address === 2 || address === 3) return inputLen > LIMIT.precompileBytes;
  return isManyPairs(address, inputLen);
}

function isManyPairs(address: number, inputLen: number): boolean {
  const pair = PAIR_BYTES[address];
  return pair !== undefined && inputLen % pair === 0 && inputLen > LIMIT.msmPairs * pair;
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
  // An input that BLAKE2F refuses goes the short way.
  if (address === 9 && isBlake2(input) && gas > BigInt(LIMIT.blakeL1Rounds)) {
    return { mode: MODE.blake2I, begin: beginBlake2 };
  }
  return isManyPairs(address, inputLen) ? { mode: MODE.msmI, begin: beginMsm } : undefined;
}
