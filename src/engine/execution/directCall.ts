import { type EVM, EVMError, type EVMResult, type ExecResult, Message } from "@ethereumjs/evm";
import { EMPTY_BYTES, toHex } from "../../util/hex.js";
import type { BlockState } from "../state/blockState.js";
import type { Frame, FrameResult } from "./fastLoop.js";
import type { RunBounds } from "./plainFrame.js";
import { countPrecompile } from "./quickRun.js";
import type { WarmJournal } from "./warmJournal.js";

type RunCall = EVM["runCall"];
type Options = Parameters<RunCall>[0];
type Precompile = (input: object) => ExecResult | Promise<ExecResult>;

/** What of the EVM is not meant for others. */
interface Inner {
  _block: unknown;
  _tx: { gasPrice: bigint; origin: unknown };
  runCall(options: Options): Promise<EVMResult> | EVMResult;
  runPrecompile: (code: unknown, data: Uint8Array, gas: bigint) => ReturnType<Precompile>;
}

const MAX_BALANCE = 2n ** 256n - 1n;
const EVENTS = ["step", "beforeMessage", "afterMessage", "newContract"] as const;

/** Makes the interpreter of a frame. */
export type CreateFrame = (env: object, gas: bigint) => Frame;
/** Runs code in it; what did not have to wait comes at once. */
export type RunFrame = (frame: Frame, code: Uint8Array) => Promise<FrameResult> | FrameResult;

/** What calls are run with. */
interface Means {
  create: CreateFrame;
  run: RunFrame;
  bounds: RunBounds;
}

const digitsOf = ({ codeAddress }: Message): string => toHex(codeAddress.bytes).slice(2);
const delegates = (code: Uint8Array): boolean =>
  code.length === 23 && code[0] === 0xef && code[1] === 0x01 && code[2] === 0x00;

/**
 * Runs calls in the place of the library's own `runCall`, to the same outcome, without its promises and copies. Creations, and
 * everything while somebody listens, are left to the library. For forks from EIP-161 on: before it, an account that got nothing
 * came into being.
 */
export function installDirectCalls(
  evm: EVM,
  create: CreateFrame,
  run: RunFrame,
  bounds: RunBounds,
): void {
  const inner = evm as unknown as Inner;
  const runLibrary = evm.runCall.bind(evm);
  inner.runCall = (options) => {
    const { message } = options;
    const isPlain = message ? message.to && !message.code : options.to && isOrdinary(options);
    if (!isPlain || EVENTS.some((event) => evm.events.listenerCount(event) > 0)) {
      return runLibrary(options);
    }
    if (!message) {
      inner._block = options.block;
      inner._tx = { gasPrice: options.gasPrice ?? 0n, origin: options.origin ?? options.caller };
    }
    return runMessage(evm, message ?? messageOf(options), { create, run, bounds });
  };
}

/** True for what we ask at the top: the sender's nonce was raised, and its balance counts. */
function isOrdinary(options: Options): boolean {
  const { skipNonceIncrement, skipBalance, block, caller, code } = options;
  return skipNonceIncrement === true && !skipBalance && !!block && !!caller && code === undefined;
}

function messageOf({ caller, gasLimit, to, value, data, blobVersionedHashes }: Options): Message {
  return new Message({
    caller,
    gasLimit: gasLimit ?? 0n,
    to,
    value,
    data,
    blobVersionedHashes,
    selfdestruct: new Map(),
    createdAddresses: new Set(),
  } as ConstructorParameters<typeof Message>[0]);
}

function runMessage(evm: EVM, message: Message, means: Means): Promise<EVMResult> | EVMResult {
  const journal = evm.journal as unknown as WarmJournal;
  journal.mark();
  if (evm.common.isActivatedEIP(1153)) evm.transientStorage.checkpoint();
  const failed = transfer(evm, message);
  const code = codeOf(evm, message);
  if (failed) return finish(evm, { ...emptyResult(message), exceptionError: failed });
  if (typeof code === "function") {
    countPrecompile(means.bounds, digitsOf(message), message.data);
    const result = (evm as unknown as Inner).runPrecompile(code, message.data, message.gasLimit);
    const end = (done: ExecResult): EVMResult => {
      done.gasRefund = message.gasRefund;
      return finish(evm, done, message.depth);
    };
    return result instanceof Promise ? result.then(end) : end(result);
  }
  if (code.length === 0) return finish(evm, emptyResult(message));
  return runCode(evm, message, code, means);
}

function emptyResult({ gasRefund }: Message): ExecResult {
  return { gasRefund, executionGasUsed: 0n, returnValue: EMPTY_BYTES };
}

/** Moves the value; accounts that get or give nothing are touched all the same. */
function transfer(evm: EVM, message: Message): EVMError | undefined {
  const { caller, to, value, delegatecall } = message;
  if (delegatecall || !to) return undefined;
  const journal = evm.journal as unknown as WarmJournal;
  journal.touchAddress(caller);
  journal.touchAddress(to);
  if (value === 0n) return undefined;
  const state = evm.stateManager as unknown as BlockState;
  const from = toHex(caller.bytes);
  const balance = state.readAccount(from)?.balance ?? 0n;
  if (balance < value) return new EVMError(EVMError.errorMessages.INSUFFICIENT_BALANCE);
  state.writeAccount(from, { balance: balance - value });
  const target = toHex(to.bytes);
  const received = (state.readAccount(target)?.balance ?? 0n) + value;
  if (received > MAX_BALANCE) return new EVMError(EVMError.errorMessages.VALUE_OVERFLOW);
  state.writeAccount(target, { balance: received });
  return undefined;
}

/** The code to run, behind a delegation too. Source: EIP-7702 */
function codeOf(evm: EVM, message: Message): Uint8Array | Precompile {
  const { codeAddress } = message;
  const hex = toHex(codeAddress.bytes);
  const precompile = evm.precompiles.get(hex.slice(2));
  if (precompile) return precompile as unknown as Precompile;
  const state = evm.stateManager as unknown as BlockState;
  const code = state.readCode(hex);
  if (!evm.common.isActivatedEIP(7702) || !delegates(code)) return code;
  const target = toHex(code.subarray(3));
  if (message.depth === 0) evm.journal.addAlwaysWarmAddress(target);
  return state.readCode(target);
}

function runCode(
  evm: EVM,
  message: Message,
  code: Uint8Array,
  { create, run }: Means,
): Promise<EVMResult> | EVMResult {
  const { _tx: tx, _block: block } = evm as unknown as Inner;
  const state = evm.stateManager as unknown as BlockState;
  const { to, caller, depth, gasLimit } = message;
  message.code = code;
  message.isCompiled = false;
  const frame = create(
    {
      address: to,
      caller,
      callData: message.data,
      callValue: message.value,
      code,
      isStatic: message.isStatic,
      isCreate: false,
      depth,
      gasPrice: tx.gasPrice,
      origin: tx.origin,
      block,
      contract: state.libraryAccount(toHex((to as Message["caller"]).bytes)),
      codeAddress: message.codeAddress,
      gasRefund: message.gasRefund,
      chargeCodeAccesses: true,
      blobVersionedHashes: message.blobVersionedHashes ?? [],
      accessWitness: undefined,
      createdAddresses: message.createdAddresses,
      initialLogs: undefined,
    },
    gasLimit,
  );
  const { _result: kept } = frame;
  if (message.selfdestruct) kept.selfdestruct = message.selfdestruct;
  if (message.createdAddresses) kept.createdAddresses = message.createdAddresses;
  const end = ({ runState, exceptionError }: FrameResult): EVMResult => {
    const result: ExecResult = {
      returnValue: kept.returnValue ?? EMPTY_BYTES,
      executionGasUsed: gasLimit - runState.gasLeft,
      gasRefund: runState.gasRefund,
      logs: kept.logs as NonNullable<ExecResult["logs"]>,
      selfdestruct: kept.selfdestruct as NonNullable<ExecResult["selfdestruct"]>,
      createdAddresses: kept.createdAddresses as NonNullable<ExecResult["createdAddresses"]>,
    };
    if (exceptionError) {
      result.exceptionError = exceptionError;
      if (exceptionError.error !== EVMError.errorMessages.REVERT)
        result.executionGasUsed = gasLimit;
    }
    return finish(evm, result, depth);
  };
  const ran = run(frame, code);
  return ran instanceof Promise ? ran.then(end) : end(ran);
}

/** Keeps or takes back what the message did. `depth` is that of code which ran. */
function finish(evm: EVM, result: ExecResult, depth?: number): EVMResult {
  const journal = evm.journal as unknown as WarmJournal;
  const hasTransient = evm.common.isActivatedEIP(1153);
  if (depth === 0 && hasTransient) evm.transientStorage.clear();
  if (result.exceptionError) {
    result.selfdestruct = new Map();
    result.createdAddresses = new Set();
    result.gasRefund = 0n;
    result.logs = [];
    journal.takeBack();
    if (hasTransient) evm.transientStorage.revert();
  } else {
    journal.keep();
    if (hasTransient) evm.transientStorage.commit();
  }
  return { execResult: result };
}
