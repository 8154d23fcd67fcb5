import {
  type EVM,
  EVMError,
  type EVMResult,
  type InterpreterStep,
  type Message,
} from "@ethereumjs/evm";
import { bigIntToBytes, generateAddress, generateAddress2 } from "@ethereumjs/util";
import { type Address, EMPTY_BYTES, fromHex, type Hash, toHex } from "../../util/hex.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { DEPTH_EXCEEDED, frameError, INSUFFICIENT_BALANCE, REVERTED } from "./frameError.js";
import { fromTop, isCallOpcode, isCreateOpcode, OP } from "./opcodes.js";
import { stepCost } from "./stepCost.js";
import type { FrameEnd, FrameStart, FrameType, Tracer, TraceStep } from "./types.js";
import { addressOf, memoryPart, word, wordBytes } from "./words.js";

/** A frame that runs. */
interface OpenFrame {
  message: Message;
  start: FrameStart;
  lastStep: TraceStep | undefined;
  /** True: what the last opcode does is not known yet; the next event of the frame tells. */
  isOpen: boolean;
  /** Of the last SELFDESTRUCT, before it ran. */
  balance: bigint;
  returnData: Uint8Array;
  /** Logs of the block when it began; those of a frame that fails do not count. */
  logIndex: number;
}

const TYPES: Readonly<Record<number, FrameType>> = {
  [OP.call]: "CALL",
  [OP.callcode]: "CALLCODE",
  [OP.delegatecall]: "DELEGATECALL",
  [OP.staticcall]: "STATICCALL",
  [OP.create]: "CREATE",
  [OP.create2]: "CREATE2",
};
const MAX_DEPTH = 1_024;
const CALL_STIPEND = 2_300n;
/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 256;
/** Opcodes that end a frame without an error. */
const ENDS: ReadonlySet<number> = new Set([OP.stop, OP.return, OP.selfdestruct]);

interface OpcodeEntry {
  opcodeInfo: { code: number; feeBigInt: bigint };
}

/** Number of REVERT while it is observed: by its own one the EVM would read its data before they are paid for. */
const UNREAD_REVERT = 0x1fd;

function opcodeMap(evm: EVM): OpcodeEntry[] {
  return (evm as unknown as { _opcodeMap: OpcodeEntry[] })._opcodeMap;
}

function renumberRevert(evm: EVM): void {
  const map = opcodeMap(evm);
  const entry = map[OP.revert];
  if (!entry || entry.opcodeInfo.code !== OP.revert) return;
  const info = Object.create(Object.getPrototypeOf(entry.opcodeInfo)) as object;
  const opcodeInfo = Object.assign(info, entry.opcodeInfo, { code: UNREAD_REVERT });
  map[OP.revert] = { ...entry, opcodeInfo };
  map[UNREAD_REVERT] = { ...entry, opcodeInfo };
}

/**
 * Turns the events of one EVM into what clients call a trace: frames, opcodes and logs in the order in which they happen, with
 * calls that fail before they start, the end of a program without STOP, and errors in the words that clients compare.
 */
export class EvmObserver {
  readonly #machine: EvmMachine;
  readonly #frames: OpenFrame[] = [];
  #tracer: Tracer | undefined;
  #depth = 0;
  #hasStarted = false;
  #steps = 0;
  #logIndex = 0;
  /** Refund that is there before the first opcode. */
  #baseRefund = 0n;
  readonly #detach: () => void;

  /** Listens from now on, until `close`. */
  constructor(machine: EvmMachine) {
    this.#machine = machine;
    const { evm } = machine;
    renumberRevert(evm);
    const before = (message: Message): void => this.#enter(message);
    const after = (result: EVMResult): void => this.#leave(result);
    const step = (event: InterpreterStep, resolve?: (value?: unknown) => void): void => {
      this.#step(event);
      this.#steps++;
      // A rejected promise becomes the failure of the run.
      resolve?.(this.#steps % STEPS_PER_LOOK === 0 ? machine.breathe() : undefined);
    };
    evm.events.on("beforeMessage", before);
    evm.events.on("afterMessage", after);
    this.#detach = () => {
      evm.events.off("beforeMessage", before);
      evm.events.off("afterMessage", after);
      evm.events.off("step", step);
    };
    this.#watchSteps = (isWanted) => {
      evm.events.off("step", step);
      if (isWanted) evm.events.on("step", step);
    };
  }

  readonly #watchSteps: (isWanted: boolean) => void;

  /** Follows what runs from now on with a tracer; without one only logs are counted. */
  follow(tracer: Tracer | undefined, baseRefund = 0n): void {
    this.#tracer = tracer;
    this.#baseRefund = baseRefund;
    this.#frames.length = 0;
    this.#hasStarted = false;
    this.#watchSteps(tracer !== undefined);
  }

  /** False: what is followed never reached the EVM. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Stops listening: the EVM will be used by others. */
  close(): void {
    this.#detach();
  }

  #enter(message: Message): void {
    this.#depth++;
    if (!this.#tracer) return;
    this.#hasStarted = true;
    const parent = this.#frames.at(-1);
    if (parent) parent.isOpen = false;
    const type = parent ? (TYPES[parent.lastStep?.opcode ?? OP.call] as FrameType) : undefined;
    const start = this.#startOf(message, type ?? (message.to ? "CALL" : "CREATE"));
    this.#frames.push({
      message,
      start,
      lastStep: undefined,
      isOpen: false,
      balance: 0n,
      returnData: EMPTY_BYTES,
      logIndex: this.#logIndex,
    });
    this.#tracer.onEnter?.(start);
  }

  #startOf(message: Message, type: FrameType): FrameStart {
    const { depth, caller, to, data, gasLimit, value } = message;
    const hex = (address: { bytes: Uint8Array }): Address => toHex(address.bytes);
    return {
      depth,
      type,
      from: type === "DELEGATECALL" && to ? hex(to) : hex(caller),
      to: to ? hex(message.codeAddress) : this.#createdBy(message),
      // What a call is given is a view of its caller's memory, which changes.
      input: data.slice(),
      gas: gasLimit,
      value: type === "STATICCALL" ? null : value,
    };
  }

  /** Address of the contract that a message is about to make; the maker's nonce has been raised already. */
  #createdBy({ caller, salt, data }: Message): Address {
    if (salt) return toHex(generateAddress2(caller.bytes, salt, data));
    const nonce = this.#machine.state.readAccount(toHex(caller.bytes))?.nonce ?? 1n;
    return toHex(generateAddress(caller.bytes, bigIntToBytes(nonce - 1n)));
  }

  #step(event: InterpreterStep): void {
    const tracer = this.#tracer;
    const frame = this.#frames.at(-1);
    if (!tracer || !frame) return;
    this.#settleLast(frame);
    const { pc, stack, memory, gasLeft, address } = event;
    const code = frame.message.code;
    const opcode = (code instanceof Uint8Array ? code[pc] : undefined) ?? OP.stop;
    const info = opcodeMap(this.#machine.evm)[event.opcode.code]?.opcodeInfo;
    const isDefined = (event.opcode.code & 0xff) === opcode && opcode !== OP.invalid;
    const fixedGas = info?.feeBigInt ?? 0n;
    const cost = stepCost(
      {
        opcode,
        isDefined,
        gas: gasLeft,
        fixedGas,
        fee: (event.opcode as { dynamicFee?: bigint }).dynamicFee ?? fixedGas,
        stack,
        memoryBytes: memory.length,
        isStatic: frame.message.isStatic,
        returnDataBytes: frame.returnData.length,
      },
      this.#machine.rules,
    );
    const step: TraceStep = {
      pc,
      opcode,
      gas: gasLeft,
      ...cost,
      depth: frame.start.depth + 1,
      stack,
      memory,
      returnData: frame.returnData,
      address: toHex(address.bytes),
      refund: event.gasRefund + this.#baseRefund,
    };
    frame.lastStep = step;
    if (opcode === OP.selfdestruct) {
      frame.balance = this.#machine.state.readAccount(step.address)?.balance ?? 0n;
    }
    frame.isOpen = isDefined && cost.error === undefined;
    tracer.onStep?.(step);
  }

  /** The last opcode has run: tells what it did, unless a frame of its own has told it. */
  #settleLast(frame: OpenFrame): void {
    const { lastStep, isOpen } = frame;
    if (!lastStep || !isOpen) return;
    frame.isOpen = false;
    const { opcode } = lastStep;
    if (opcode >= OP.log0 && opcode <= OP.log4) this.#log(lastStep);
    else if (opcode === OP.selfdestruct) this.#selfdestruct(frame, lastStep);
    else if (isCallOpcode(opcode) || isCreateOpcode(opcode)) this.#failedStart(frame, lastStep);
  }

  #log({ opcode, stack, memory, address }: TraceStep): void {
    const topics: Hash[] = [];
    for (let index = 0; index < opcode - OP.log0; index++) {
      topics.push(word(fromTop(stack, 2 + index)));
    }
    const data = memoryPart(memory, fromTop(stack, 0), fromTop(stack, 1)) ?? EMPTY_BYTES;
    this.#tracer?.onLog?.({ address, topics, data, index: this.#logIndex++ });
  }

  #selfdestruct({ start, balance }: OpenFrame, { address, stack }: TraceStep): void {
    this.#wholeFrame({
      depth: start.depth + 1,
      type: "SELFDESTRUCT",
      from: address,
      to: addressOf(fromTop(stack, 0)),
      input: EMPTY_BYTES,
      gas: 0n,
      value: balance,
    });
  }

  /** A call or creation that the EVM has not even started. */
  #failedStart(frame: OpenFrame, step: TraceStep): void {
    const { opcode, stack, memory, address, forwarded } = step;
    const isCreate = isCreateOpcode(opcode);
    const hasValue = isCreate || opcode === OP.call || opcode === OP.callcode;
    const value = hasValue ? fromTop(stack, isCreate ? 0 : 2) : frame.message.value;
    const inputAt = isCreate ? 1 : hasValue ? 3 : 2;
    const input =
      memoryPart(memory, fromTop(stack, inputAt), fromTop(stack, inputAt + 1)) ?? EMPTY_BYTES;
    const start: FrameStart = {
      depth: frame.start.depth + 1,
      type: TYPES[opcode] as FrameType,
      from: address,
      to: isCreate ? createdAt(this.#machine, step, input) : addressOf(fromTop(stack, 1)),
      input,
      gas: forwarded + (!isCreate && hasValue && value > 0n ? CALL_STIPEND : 0n),
      value: opcode === OP.staticcall ? null : value,
    };
    const balance = this.#machine.state.readAccount(address)?.balance ?? 0n;
    let error = balance < value && hasValue ? INSUFFICIENT_BALANCE : "nonce uint64 overflow";
    if (frame.start.depth >= MAX_DEPTH) error = DEPTH_EXCEEDED;
    frame.returnData = EMPTY_BYTES;
    this.#wholeFrame(start, error);
  }

  #wholeFrame(start: FrameStart, error?: string): void {
    this.#tracer?.onEnter?.(start);
    this.#tracer?.onExit?.({
      depth: start.depth,
      output: EMPTY_BYTES,
      gasUsed: 0n,
      error,
      isReverted: error !== undefined,
    });
  }

  #leave({ execResult }: EVMResult): void {
    this.#depth--;
    const tracer = this.#tracer;
    const frame = this.#frames.pop();
    if (!tracer || !frame) {
      if (this.#depth === 0) this.#logIndex += execResult.logs?.length ?? 0;
      return;
    }
    const { start } = frame;
    const exception = execResult.exceptionError?.error;
    if (exception === undefined) {
      this.#settleLast(frame);
      this.#impliedStop(frame, execResult, tracer);
    }
    const isReverted = exception !== undefined && this.#isUndone(exception);
    const isUnpaid = exception !== undefined && !isReverted;
    const end: FrameEnd = {
      depth: start.depth,
      output: (isUnpaid && programOutput(execResult)) || execResult.returnValue,
      gasUsed: execResult.executionGasUsed,
      error: exception === undefined ? undefined : this.#errorOf(frame, execResult, exception),
      isReverted,
    };
    if (end.isReverted) this.#logIndex = frame.logIndex;
    const parent = this.#frames.at(-1);
    if (parent) parent.returnData = returnedBy(start.type, end);
    tracer.onExit?.(end);
  }

  /** Only on Frontier a creation stands that could not pay for its code. */
  #isUndone(exception: string): boolean {
    const isUnpaidCode = exception === EVMError.errorMessages.CODESTORE_OUT_OF_GAS;
    return this.#machine.rules.isHomestead || !isUnpaidCode;
  }

  #errorOf(frame: OpenFrame, result: EVMResult["execResult"], exception: string): string {
    const { type } = frame.start;
    const { rules, evm } = this.#machine;
    return frameError(
      {
        exception,
        isCreate: type === "CREATE" || type === "CREATE2",
        lastStep: frame.lastStep,
        code: programOutput(result),
        gasLeft: result.gas ?? 0n,
        maxCodeBytes: rules.isSpuriousDragon ? Number(evm.common.param("maxCodeSize")) : undefined,
      },
      rules,
    );
  }

  /** A program that runs off its end stops there, as if a STOP followed. */
  #impliedStop(frame: OpenFrame, result: EVMResult["execResult"], tracer: Tracer): void {
    const { lastStep } = frame;
    const { runState } = result;
    if (!lastStep || !runState || ENDS.has(lastStep.opcode)) return;
    const bytes = Number(runState.memoryWordCount) * 32;
    tracer.onStep?.({
      ...lastStep,
      pc: runState.programCounter,
      opcode: OP.stop,
      gas: result.gas ?? 0n,
      gasCost: 0n,
      forwarded: 0n,
      stack: runState.stack.getStack(),
      memory: runState.memory._store.slice(0, bytes),
      returnData: frame.returnData,
      refund: runState.gasRefund + this.#baseRefund,
    });
  }
}

/** What a program returned, whatever was made of it afterwards; undefined: it did not come so far. */
function programOutput(result: EVMResult["execResult"]): Uint8Array | undefined {
  return (result.runState as { returnValue?: Uint8Array } | undefined)?.returnValue;
}

/** Return data that the caller sees. */
function returnedBy(type: FrameType, { output, error }: FrameEnd): Uint8Array {
  if (error === REVERTED) return output;
  if (error !== undefined || type === "CREATE" || type === "CREATE2") return EMPTY_BYTES;
  return output;
}

/** Where a creation would have put its contract. */
function createdAt({ state }: EvmMachine, step: TraceStep, input: Uint8Array): Address {
  const maker = fromHex(step.address);
  if (step.opcode === OP.create2) {
    return toHex(generateAddress2(maker, wordBytes(fromTop(step.stack, 3)), input));
  }
  const nonce = state.readAccount(step.address)?.nonce ?? 0n;
  return toHex(generateAddress(maker, bigIntToBytes(nonce)));
}
