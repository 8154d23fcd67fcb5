import type { EVMResult, Message } from "@ethereumjs/evm";
import { bigIntToBytes, generateAddress, generateAddress2 } from "@ethereumjs/util";
import { type Address, EMPTY_BYTES, fromHex, toHex } from "../../util/hex.js";
import { DEPTH_EXCEEDED, INSUFFICIENT_BALANCE, REVERTED } from "./frameError.js";
import { fromTop, isCreateOpcode, OP } from "./opcodes.js";
import type { FrameEnd, FrameStart, FrameType, StateView, TraceStep } from "./types.js";
import { addressOf, memoryPart, wordBytes } from "./words.js";

type ExecResult = EVMResult["execResult"];

/** A frame that runs. */
export interface OpenFrame {
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
/** Opcodes that end a frame without an error. */
const ENDS: ReadonlySet<number> = new Set([OP.stop, OP.return, OP.selfdestruct]);

/** A frame that has just begun. */
export function openFrame(message: Message, start: FrameStart, logIndex: number): OpenFrame {
  const nothingYet = { lastStep: undefined, isOpen: false, balance: 0n, returnData: EMPTY_BYTES };
  return { message, start, logIndex, ...nothingYet };
}

/** How a message begins that an opcode (or a transaction) has led to. */
export function frameStart(message: Message, opcode: number, state: StateView): FrameStart {
  const { depth, caller, to, data, gasLimit, value } = message;
  const type = TYPES[opcode] as FrameType;
  const hex = (address: { bytes: Uint8Array }): Address => toHex(address.bytes);
  return {
    depth,
    type,
    from: type === "DELEGATECALL" && to ? hex(to) : hex(caller),
    to: to ? hex(message.codeAddress) : createdBy(message, state),
    // What a call is given is a view of its caller's memory, which changes.
    input: data.slice(),
    gas: gasLimit,
    value: type === "STATICCALL" ? null : value,
  };
}

/** Address of the contract that a message is about to make; the maker's nonce has been raised already. */
function createdBy({ caller, salt, data }: Message, state: StateView): Address {
  if (salt) return toHex(generateAddress2(caller.bytes, salt, data));
  const nonce = state.readAccount(toHex(caller.bytes))?.nonce ?? 1n;
  return toHex(generateAddress(caller.bytes, bigIntToBytes(nonce - 1n)));
}

/** The frame that a SELFDESTRUCT is shown as. */
export function destruction(frame: OpenFrame, { address, stack }: TraceStep): FrameStart {
  return {
    depth: frame.start.depth + 1,
    type: "SELFDESTRUCT",
    from: address,
    to: addressOf(fromTop(stack, 0)),
    input: EMPTY_BYTES,
    gas: 0n,
    value: frame.balance,
  };
}

/** A call or creation that the EVM has not even started, and why. */
export function failedStart(
  frame: OpenFrame,
  step: TraceStep,
  state: StateView,
): { start: FrameStart; error: string } {
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
    to: isCreate ? createdAt(state, step, input) : addressOf(fromTop(stack, 1)),
    input,
    gas: forwarded + (!isCreate && hasValue && value > 0n ? CALL_STIPEND : 0n),
    value: opcode === OP.staticcall ? null : value,
  };
  const balance = state.readAccount(address)?.balance ?? 0n;
  const error = balance < value && hasValue ? INSUFFICIENT_BALANCE : "nonce uint64 overflow";
  return { start, error: frame.start.depth >= MAX_DEPTH ? DEPTH_EXCEEDED : error };
}

/** Where a creation would have put its contract. */
function createdAt(state: StateView, step: TraceStep, input: Uint8Array): Address {
  const maker = fromHex(step.address);
  if (step.opcode === OP.create2) {
    return toHex(generateAddress2(maker, wordBytes(fromTop(step.stack, 3)), input));
  }
  const nonce = state.readAccount(step.address)?.nonce ?? 0n;
  return toHex(generateAddress(maker, bigIntToBytes(nonce)));
}

/** A program that runs off its end stops there, as if a STOP followed; undefined: it ended otherwise. */
export function impliedStop(
  { lastStep, returnData }: OpenFrame,
  result: ExecResult,
  baseRefund: bigint,
): TraceStep | undefined {
  const { runState } = result;
  if (!lastStep || !runState || ENDS.has(lastStep.opcode)) return undefined;
  return {
    ...lastStep,
    pc: runState.programCounter,
    opcode: OP.stop,
    gas: result.gas ?? 0n,
    gasCost: 0n,
    forwarded: 0n,
    stack: runState.stack.getStack(),
    memory: runState.memory._store.slice(0, Number(runState.memoryWordCount) * 32),
    returnData,
    refund: runState.gasRefund + baseRefund,
  };
}

/** What a program returned, whatever was made of it afterwards; undefined: it did not come so far. */
export function programOutput(result: ExecResult): Uint8Array | undefined {
  return (result.runState as { returnValue?: Uint8Array } | undefined)?.returnValue;
}

/** Return data that the caller sees. */
export function returnedBy(type: FrameType, { output, error }: FrameEnd): Uint8Array {
  if (error === REVERTED) return output;
  if (error !== undefined || type === "CREATE" || type === "CREATE2") return EMPTY_BYTES;
  return output;
}
