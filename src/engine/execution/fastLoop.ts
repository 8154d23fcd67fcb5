import type { Common } from "@ethereumjs/common";
import { createEVM, type EVM, EVMError } from "@ethereumjs/evm";

/** What the loop uses of the state of a running frame. */
interface RunState {
  programCounter: number;
  opCode: number;
  code: Uint8Array;
  validJumps: Uint8Array;
  cachedPushes: Record<number, bigint>;
  shouldDoJumpAnalysis: boolean;
  memoryWordCount: bigint;
  stack: { length: number; peek(count?: number): bigint[] };
}

interface Opcode {
  opcodeInfo: { code: number; feeBigInt: bigint; dynamicGas: boolean; isInvalid?: boolean };
  gasHandler: (state: RunState, gas: bigint, common: Common) => Promise<bigint>;
  opHandler: (state: RunState, common: Common) => unknown;
}

interface FrameResult {
  runState: RunState;
  exceptionError?: EVMError;
}

/** A frame of the library's interpreter. */
interface Frame {
  readonly _evm: EVM;
  readonly _runState: RunState;
  readonly common: Common;
  readonly profilerOpts?: { enabled?: boolean };
  runStep(opcode: Opcode): Promise<void>;
  useGas(amount: bigint, info: Opcode["opcodeInfo"]): void;
  run(code: Uint8Array, options?: { pc?: number }): Promise<FrameResult>;
  _getValidJumpDestinations(code: Uint8Array): JumpTable;
}

interface JumpTable {
  jumps: Uint8Array;
  pushes: Record<number, bigint>;
}

/** EIPs that the library's loop looks at in each step, and that no chain of ours has. */
const UNKNOWN_EIPS = [3540, 6800, 7864, 7928, 8024, 8037];
const MLOAD = 0x51;
const MSTORE8 = 0x53;
const WORD_BYTES = 32n;

/** Jumps of contracts that were run lately; codes come from a cache, so the same code is the same object. */
const jumpTables = new WeakMap<Uint8Array, JumpTable>();
const fastEvms = new WeakSet<EVM>();
let isPatched = false;

/**
 * Makes an EVM step through code without a promise per opcode: only handlers that have to wait are waited for. Everything that
 * opcodes do and cost is left to the library's own handlers. While somebody observes the steps the library's loop runs.
 */
export async function installFastLoop(evm: EVM): Promise<void> {
  if (UNKNOWN_EIPS.some((eip) => evm.common.isActivatedEIP(eip))) return;
  if (evm.DEBUG) return;
  if (!isPatched) await patchFrames(evm.common);
  fastEvms.add(evm);
}

/** The library does not export its interpreter: a program of one STOP shows it. Other EVMs of the process run as they did. */
async function patchFrames(common: Common): Promise<void> {
  const probe = await createEVM({ common });
  // It would live as long as the Common otherwise.
  common.events.removeAllListeners();
  let frame: Frame | undefined;
  const opcodes = opcodesOf(probe);
  const stop = opcodes[0] as Opcode;
  opcodes[0] = {
    ...stop,
    opHandler: (state, ofCommon) => {
      frame = (state as unknown as { interpreter: Frame }).interpreter;
      return stop.opHandler(state, ofCommon);
    },
  };
  await probe.runCode({ code: Uint8Array.of(0) });
  if (frame === undefined || isPatched) return;
  const prototype = Object.getPrototypeOf(frame) as Frame;
  const { run } = prototype;
  prototype.run = function (this: Frame, code, options = {}) {
    const isOurs = fastEvms.has(this._evm) && options.pc === undefined;
    return isOurs && !isObserved(this) ? runFast(this, code) : run.call(this, code, options);
  };
  isPatched = true;
}

function opcodesOf(evm: EVM): Opcode[] {
  return (evm as unknown as { _opcodeMap: Opcode[] })._opcodeMap;
}

function isObserved({ _evm: evm }: Frame): boolean {
  return evm.events.listenerCount("step") > 0;
}

async function runFast(frame: Frame, code: Uint8Array): Promise<FrameResult> {
  const { _runState: state } = frame;
  state.code = code;
  const known = jumpTables.get(code);
  if (known) useJumps(state, known);
  try {
    await loop(frame, state);
  } catch (error) {
    if (!isEvmError(error)) throw error;
    if (error.error !== EVMError.errorMessages.STOP) {
      return { runState: state, exceptionError: error };
    }
  }
  return { runState: state };
}

async function loop(frame: Frame, state: RunState): Promise<void> {
  const { common, _evm: evm } = frame;
  const opcodes = opcodesOf(evm);
  const { code } = state;
  while (state.programCounter < code.length) {
    const opcode = opcodes[code[state.programCounter] as number] as Opcode;
    const info = opcode.opcodeInfo;
    state.opCode = info.code;
    // Only code that jumps needs to know where it may jump to.
    if (state.shouldDoJumpAnalysis && (info.code === 0x56 || info.code === 0x57)) {
      const table = frame._getValidJumpDestinations(code);
      jumpTables.set(code, table);
      useJumps(state, table);
    }
    if (info.isInvalid) throw new EVMError(EVMError.errorMessages.INVALID_OPCODE);
    let gas = info.feeBigInt;
    if (info.dynamicGas && !isInMemory(info.code, state)) {
      gas = await opcode.gasHandler(state, gas, common);
    }
    frame.useGas(gas, info);
    state.programCounter++;
    const waits = opcode.opHandler(state, common);
    if (!isThenable(waits)) continue;
    await waits;
    // What was called may have been told to report the steps from now on.
    if (isObserved(frame)) return loopObserved(frame, state);
  }
}

async function loopObserved(frame: Frame, state: RunState): Promise<void> {
  const opcodes = opcodesOf(frame._evm);
  while (state.programCounter < state.code.length) {
    const opcode = opcodes[state.code[state.programCounter] as number] as Opcode;
    state.opCode = opcode.opcodeInfo.code;
    if (state.shouldDoJumpAnalysis) useJumps(state, frame._getValidJumpDestinations(state.code));
    await frame.runStep(opcode);
  }
}

function useJumps(state: RunState, { jumps, pushes }: JumpTable): void {
  state.validJumps = jumps;
  state.cachedPushes = pushes;
  state.shouldDoJumpAnalysis = false;
}

/** True for MLOAD, MSTORE and MSTORE8 within the memory that has been paid for: they cost nothing beside their fixed gas. */
function isInMemory(code: number, { stack, memoryWordCount }: RunState): boolean {
  if (code < MLOAD || code > MSTORE8 || stack.length === 0) return false;
  const offset = stack.peek(1)[0] as bigint;
  return offset + WORD_BYTES <= memoryWordCount * WORD_BYTES;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== undefined && typeof (value as { then?: unknown }).then === "function";
}

function isEvmError(error: unknown): error is EVMError {
  return typeof error === "object" && error !== null && "errorType" in error;
}
