import type { Common } from "@ethereumjs/common";
import { createEVM, type EVM, EVMError } from "@ethereumjs/evm";
import { EMPTY_BYTES } from "../../util/hex.js";
import { installDirectCalls } from "./directCall.js";
import { createOpcodeTable, type Opcode, type OpcodeTable } from "./opcodeTable.js";
import { type LibraryFrame, PlainFrame, type RunBounds, type RunState } from "./plainFrame.js";
import { runPlain } from "./plainLoop.js";
import { countOpcode } from "./quickRun.js";

/** How the code of a frame has ended. */
export interface FrameResult {
  runState: RunState;
  exceptionError?: EVMError;
}

/** A frame of the library's interpreter. */
export interface Frame {
  readonly _evm: EVM;
  readonly _runState: RunState;
  readonly _result: {
    logs: unknown[];
    returnValue: Uint8Array | undefined;
    selfdestruct: unknown;
    createdAddresses?: unknown;
  };
  readonly common: Common;
  readonly profilerOpts?: { enabled?: boolean };
  runStep(opcode: Opcode): Promise<void>;
  useGas(amount: bigint, info: Opcode["opcodeInfo"]): void;
  run(code: Uint8Array, options?: { pc?: number }): Promise<FrameResult>;
  _getValidJumpDestinations(code: Uint8Array): { jumps: Uint8Array };
}

/** What our loop knows of an EVM. */
interface FastEvm {
  table: OpcodeTable;
  bounds: RunBounds;
}

/** EIPs that the library's loop looks at in each step, and that no chain of ours has. */
const UNKNOWN_EIPS = [3540, 6800, 7864, 7928, 8024, 8037, 8038];

const fastEvms = new WeakMap<EVM, FastEvm>();
/** A frame that shows how the library makes them, once it is patched. */
let patched: Frame | undefined;

/**
 * Makes an EVM step through code without a promise per opcode. Opcodes that only compute, and those of memory, storage and logs,
 * are done by `runPlain`; the rest, and whatever does not end well, is left to the library's own handlers, of which only those
 * are waited for that have to wait. While somebody observes the steps the library's loop runs.
 */
export async function installFastLoop(evm: EVM, bounds: RunBounds): Promise<void> {
  if (UNKNOWN_EIPS.some((eip) => evm.common.isActivatedEIP(eip))) return;
  if (evm.DEBUG) return;
  patched ??= await patchFrames(evm.common);
  const fast = { table: createOpcodeTable(opcodesOf(evm), evm.common), bounds };
  fastEvms.set(evm, fast);
  // Before EIP-161 calls bring accounts into being, which is the library's matter.
  if (!evm.common.gteHardfork("spuriousDragon")) return;
  const example = patched;
  installDirectCalls(
    evm,
    (env, gas) => createFrame(example, evm, env, gas),
    (frame, code) => runFast(frame, code, fast),
    bounds,
  );
}

/** Bytes of memory that a frame has from the start; it grows by as much as the library has it grow. */
const FIRST_MEMORY_BYTES = 1_024;

/** What the library's constructor makes, without 8 kB of memory for each frame. */
function createFrame(example: Frame, evm: EVM, env: object, gasLeft: bigint): Frame {
  const frame = Object.create(Object.getPrototypeOf(example));
  const { memory, stack } = example._runState;
  const ownMemory = Object.create(Object.getPrototypeOf(memory));
  ownMemory._store = new Uint8Array(FIRST_MEMORY_BYTES);
  const { stateManager, blockchain, common, journal } = evm;
  const { gasRefund } = env as { gasRefund: bigint };
  frame.opDebuggers = {};
  frame._evm = evm;
  frame._stateManager = stateManager;
  frame.common = common;
  frame._runState = {
    programCounter: 0,
    opCode: 0xfe,
    memory: ownMemory,
    memoryWordCount: 0n,
    highestMemCost: 0n,
    stack: new (stack.constructor as new () => object)(),
    code: EMPTY_BYTES,
    validJumps: EMPTY_BYTES,
    cachedPushes: {},
    stateManager,
    blockchain,
    env,
    shouldDoJumpAnalysis: true,
    interpreter: frame,
    gasRefund,
    gasLeft,
    stateGasSpilled: 0n,
    returnBytes: EMPTY_BYTES,
  };
  frame.journal = journal;
  frame._env = env;
  frame._result = { logs: [], returnValue: undefined, selfdestruct: new Map() };
  frame.profilerOpts = undefined;
  frame.performanceLogger = undefined;
  return frame;
}

/** The library does not export its interpreter: a program of one STOP shows it. Other EVMs of the process run as they did. */
async function patchFrames(common: Common): Promise<Frame> {
  const probe = await createEVM({ common });
  // It would live as long as the Common otherwise.
  common.events.removeAllListeners();
  let frame: Frame | undefined;
  const opcodes = opcodesOf(probe);
  const stop = opcodes[0] as Opcode;
  opcodes[0] = {
    ...stop,
    opHandler: (state, ofCommon) => {
      frame = (state as { interpreter: Frame }).interpreter;
      return stop.opHandler(state, ofCommon);
    },
  };
  await probe.runCode({ code: Uint8Array.of(0) });
  if (frame === undefined) throw new TypeError("the EVM ran no opcode");
  // Somebody else may have come here at the same time.
  if (patched) return patched;
  const prototype = Object.getPrototypeOf(frame) as Frame;
  const { run } = prototype;
  prototype.run = function (this: Frame, code, options = {}) {
    const fast = options.pc === undefined ? fastEvms.get(this._evm) : undefined;
    if (!fast || isObserved(this)) return run.call(this, code, options);
    return Promise.resolve(runFast(this, code, fast));
  };
  patched = frame;
  return frame;
}

function opcodesOf(evm: EVM): Opcode[] {
  return (evm as unknown as { _opcodeMap: Opcode[] })._opcodeMap;
}

function isObserved({ _evm: evm }: Frame): boolean {
  return evm.events.listenerCount("step") > 0;
}

function runFast(
  frame: Frame,
  code: Uint8Array,
  { table, bounds }: FastEvm,
): Promise<FrameResult> | FrameResult {
  const { _runState: state } = frame;
  state.code = code;
  const plain = PlainFrame.over(frame as unknown as LibraryFrame, table, bounds);
  state.validJumps = plain?.analysis.jumps ?? frame._getValidJumpDestinations(code).jumps;
  if (plain && runPlain(plain)) return { runState: state };
  return runMixed(frame, state, plain, bounds);
}

/** Goes on with an opcode that the library has to do. */
async function runMixed(
  frame: Frame,
  state: RunState,
  plain: PlainFrame | undefined,
  bounds: RunBounds,
): Promise<FrameResult> {
  try {
    await loop(frame, state, plain, bounds);
  } catch (error) {
    if (!isEvmError(error)) throw error;
    if (error.error !== EVMError.errorMessages.STOP) {
      return { runState: state, exceptionError: error };
    }
  }
  return { runState: state };
}

async function loop(
  frame: Frame,
  state: RunState,
  plain: PlainFrame | undefined,
  bounds: RunBounds,
): Promise<void> {
  const { common, _evm: evm } = frame;
  const opcodes = opcodesOf(evm);
  const { code } = state;
  while (state.programCounter < code.length) {
    const opcode = opcodes[code[state.programCounter] as number] as Opcode;
    const info = opcode.opcodeInfo;
    state.opCode = info.code;
    if (info.isInvalid) throw new EVMError(EVMError.errorMessages.INVALID_OPCODE);
    let gas = info.feeBigInt;
    if (info.dynamicGas) gas = await opcode.gasHandler(state as never, gas, common);
    countOpcode(bounds, info.code, gas);
    frame.useGas(gas, info);
    state.programCounter++;
    const waits = opcode.opHandler(state as never, common);
    if (isThenable(waits)) {
      await waits;
      // What was called may have been told to report the steps from now on.
      if (isObserved(frame)) return loopObserved(frame, state);
    }
    if (plain && runPlain(plain)) return;
  }
}

async function loopObserved(frame: Frame, state: RunState): Promise<void> {
  const opcodes = opcodesOf(frame._evm);
  while (state.programCounter < state.code.length) {
    const opcode = opcodes[state.code[state.programCounter] as number] as Opcode;
    state.opCode = opcode.opcodeInfo.code;
    await frame.runStep(opcode);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== undefined && typeof (value as { then?: unknown }).then === "function";
}

function isEvmError(error: unknown): error is EVMError {
  return typeof error === "object" && error !== null && "errorType" in error;
}
