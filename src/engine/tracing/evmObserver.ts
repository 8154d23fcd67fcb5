import {
  type EVM,
  EVMError,
  type EVMResult,
  type InterpreterStep,
  type Message,
} from "@ethereumjs/evm";
import { EMPTY_BYTES, type Hash, toHex } from "../../util/hex.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { frameError } from "./frameError.js";
import {
  destruction,
  failedStart,
  frameStart,
  impliedStop,
  type OpenFrame,
  openFrame,
  programOutput,
  returnedBy,
} from "./frameParts.js";
import { fromTop, isCallOpcode, isCreateOpcode, OP } from "./opcodes.js";
import { stepCost } from "./stepCost.js";
import type { FrameEnd, FrameStart, Tracer, TraceStep } from "./types.js";
import { memoryPart, word } from "./words.js";

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 256;
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
    const opcode = parent?.lastStep?.opcode ?? (message.to ? OP.call : OP.create);
    const start = frameStart(message, opcode, this.#machine.state);
    this.#frames.push(openFrame(message, start, this.#logIndex));
    this.#tracer.onEnter?.(start);
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
    else if (opcode === OP.selfdestruct) this.#wholeFrame(destruction(frame, lastStep));
    else if (isCallOpcode(opcode) || isCreateOpcode(opcode)) {
      const { start, error } = failedStart(frame, lastStep, this.#machine.state);
      frame.returnData = EMPTY_BYTES;
      this.#wholeFrame(start, error);
    }
  }

  #log({ opcode, stack, memory, address }: TraceStep): void {
    const topics: Hash[] = [];
    for (let index = 0; index < opcode - OP.log0; index++) {
      topics.push(word(fromTop(stack, 2 + index)));
    }
    const data = memoryPart(memory, fromTop(stack, 0), fromTop(stack, 1)) ?? EMPTY_BYTES;
    this.#tracer?.onLog?.({ address, topics, data, index: this.#logIndex++ });
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
      const stop = impliedStop(frame, execResult, this.#baseRefund);
      if (stop) tracer.onStep?.(stop);
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
}
