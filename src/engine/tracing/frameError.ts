import { EVMError } from "@ethereumjs/evm";
import type { ForkRules } from "../execution/forks.js";
import { fromTop, OP, opcodeName } from "./opcodes.js";
import { OUT_OF_GAS, WRITE_PROTECTION } from "./stepCost.js";
import type { TraceStep } from "./types.js";

/** How a revert is called. */
export const REVERTED = "execution reverted";
export const INSUFFICIENT_BALANCE = "insufficient balance for transfer";
export const DEPTH_EXCEEDED = "max call depth exceeded";
const CODE_OUT_OF_GAS = "contract creation code storage out of gas";
const INVALID_CODE = "invalid code: must not begin with 0xef";
const INVALID_JUMP = "invalid jump destination";
const FORBIDDEN_CODE_START = 0xef;
const CODE_BYTE_GAS = 200n;

const MESSAGES = EVMError.errorMessages;

/** The EVM's words for what has no number in it. */
const WORDS: Readonly<Record<string, string>> = {
  [MESSAGES.REVERT]: REVERTED,
  [MESSAGES.OUT_OF_GAS]: OUT_OF_GAS,
  [MESSAGES.CODESTORE_OUT_OF_GAS]: CODE_OUT_OF_GAS,
  [MESSAGES.STATIC_STATE_CHANGE]: WRITE_PROTECTION,
  [MESSAGES.CREATE_COLLISION]: "contract address collision",
  [MESSAGES.INSUFFICIENT_BALANCE]: INSUFFICIENT_BALANCE,
  [MESSAGES.INVALID_BYTECODE_RESULT]: INVALID_CODE,
  [MESSAGES.INITCODE_SIZE_VIOLATION]: "max initcode size exceeded",
  // Only BLAKE2 says so, of the length of its input.
  [MESSAGES.OUT_OF_RANGE]: "invalid input length",
  [MESSAGES.BLS_12_381_POINT_NOT_ON_CURVE]: "invalid point: not on curve",
  [MESSAGES.INVALID_COMMITMENT]: "mismatched versioned hash",
  [MESSAGES.INVALID_PROOF]: "error verifying kzg proof",
};

/** A frame that failed, as far as its error depends on it. */
export interface FailedFrame {
  /** The EVM's word. */
  exception: string;
  isCreate: boolean;
  /** The last opcode that was announced. */
  lastStep: TraceStep | undefined;
  /** What a creation returned as code; undefined: it did not come so far. */
  code: Uint8Array | undefined;
  /** Gas that was left when its program ended. */
  gasLeft: bigint;
  /** Undefined: no limit. */
  maxCodeBytes: number | undefined;
}

/** What a creation's code is refused for, in the order in which clients look. */
function codeError(frame: FailedFrame, code: Uint8Array, fork: ForkRules): string | undefined {
  const { gasLeft, maxCodeBytes } = frame;
  if (fork.isLondon && code[0] === FORBIDDEN_CODE_START) return INVALID_CODE;
  if (gasLeft < CODE_BYTE_GAS * BigInt(code.length)) return CODE_OUT_OF_GAS;
  if (maxCodeBytes !== undefined && code.length > maxCodeBytes) {
    return `max code size exceeded: code size ${code.length} limit ${maxCodeBytes}`;
  }
  return undefined;
}

/** Why a frame failed, in the words that clients compare. */
export function frameError(frame: FailedFrame, fork: ForkRules): string {
  const { exception, lastStep, isCreate, code } = frame;
  if (exception === MESSAGES.REVERT) return REVERTED;
  if (lastStep?.error) return lastStep.error;
  if (isCreate && code && code.length > 0) {
    const error = codeError(frame, code, fork);
    if (error) return error;
  }
  if (exception === MESSAGES.INVALID_OPCODE && lastStep) {
    return `invalid opcode: ${opcodeName(lastStep.opcode)}`;
  }
  if (lastStep?.opcode === OP.returndatacopy) {
    const { stack, returnData } = lastStep;
    if (fromTop(stack, 1) + fromTop(stack, 2) > BigInt(returnData.length)) {
      return "return data out of bounds";
    }
  }
  // The EVM adds where the jump was.
  if (exception.startsWith(MESSAGES.INVALID_JUMP)) return INVALID_JUMP;
  return WORDS[exception] ?? exception;
}
