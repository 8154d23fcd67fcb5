import type { EVMResult, Log as EvmLog, Message } from "@ethereumjs/evm";
import { type Address, fromHex, type Hash, toHex } from "../../util/hex.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import type { Log } from "../types.js";
import type { SimulatedLog } from "./types.js";

/** keccak256("Transfer(address,address,uint256)") */
const TRANSFER_TOPIC = fromHex(
  "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
);
/** Stands for ether where an address of a token is expected. Source: ERC-7528 */
export const ETHER_ADDRESS: Address = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const ETHER = fromHex(ETHER_ADDRESS);

const CALLCODE = 0xf2;
const SELFDESTRUCT = 0xff;
const LOG_OPCODES = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4];

/** What the opcodes' handlers are given, as far as it is looked at here. */
interface RunState {
  stack: { peek(count: number): bigint[] };
  interpreter: {
    isStatic(): boolean;
    getAddress(): { bytes: Uint8Array };
    _result: { logs: EvmLog[] };
  };
}
type Handler = (runState: RunState, ...rest: unknown[]) => unknown;
interface OpcodeEntry {
  opHandler: Handler;
}

/** A message that runs and moves ether. */
interface OpenTransfer {
  index: number;
  from: Uint8Array;
  to: Uint8Array | undefined;
  value: bigint;
}

function wordOf(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes, 32 - bytes.length);
  return word;
}

const wordOfInteger = (value: bigint): Uint8Array =>
  fromHex(`0x${value.toString(16).padStart(64, "0")}`);

/**
 * Numbers the logs of a block in the order in which they are written, those that a revert takes back included, and writes
 * transfers of ether as logs where they happen, so that they disappear with the frame that made them.
 */
export class TransferRecorder {
  readonly #machine: EvmMachine;
  readonly #open: (OpenTransfer | undefined)[] = [];
  /** By the data of a log, an array that no other log has. */
  readonly #indexes = new WeakMap<Uint8Array, number>();
  readonly #transfers = new WeakSet<Uint8Array>();
  readonly #undo: (() => void)[] = [];
  #count = 0;
  #isCallCode = false;

  constructor(machine: EvmMachine, tracesTransfers: boolean) {
    this.#machine = machine;
    for (const opcode of LOG_OPCODES) this.#wrap(opcode, (handler) => this.#recordLog(handler));
    if (!tracesTransfers) return;
    this.#wrap(CALLCODE, (handler) => this.#markCallCode(handler));
    this.#wrap(SELFDESTRUCT, (handler) => this.#recordDestruction(handler));
    const { events } = machine.evm;
    const before = (message: Message, resume?: () => void): void => {
      this.#enter(message);
      resume?.();
    };
    const after = (result: EVMResult, resume?: () => void): void => {
      this.#leave(result);
      resume?.();
    };
    events.on("beforeMessage", before);
    events.on("afterMessage", after);
    this.#undo.push(() => {
      events.off("beforeMessage", before);
      events.off("afterMessage", after);
    });
  }

  /** Logs of a finished message as the caller of a simulation sees them. */
  numbered(logs: readonly Log[]): SimulatedLog[] {
    return logs.map((log) => ({ ...log, logIndex: this.#indexes.get(log.data) ?? 0 }));
  }

  /** Without those that stand for transfers: what the receipt has. */
  real(logs: readonly Log[]): Log[] {
    return logs.filter(({ data }) => !this.#transfers.has(data));
  }

  /** Leaves the machine as it was. */
  remove(): void {
    for (const undo of this.#undo) undo();
    this.#undo.length = 0;
  }

  #wrap(opcode: number, wrapped: (handler: Handler) => Handler): void {
    const map = (this.#machine.evm as unknown as { _opcodeMap: (OpcodeEntry | undefined)[] })
      ._opcodeMap;
    const entry = map[opcode];
    if (!entry) return;
    map[opcode] = { ...entry, opHandler: wrapped(entry.opHandler) };
    this.#undo.push(() => {
      map[opcode] = entry;
    });
  }

  #recordLog(handler: Handler): Handler {
    return (runState, ...rest) => {
      const outcome = handler(runState, ...rest);
      const log = runState.interpreter._result.logs.at(-1);
      if (log) this.#indexes.set(log[2], this.#count++);
      return outcome;
    };
  }

  /** CALLCODE moves ether from an account to itself, which is no transfer; its message looks like that of a call. */
  #markCallCode(handler: Handler): Handler {
    return async (runState, ...rest) => {
      this.#isCallCode = true;
      try {
        return await handler(runState, ...rest);
      } finally {
        this.#isCallCode = false;
      }
    };
  }

  #recordDestruction(handler: Handler): Handler {
    return (runState, ...rest) => {
      const { interpreter, stack } = runState;
      const [beneficiary] = stack.peek(1);
      if (beneficiary !== undefined && !interpreter.isStatic()) {
        const from = interpreter.getAddress().bytes;
        const value = this.#machine.state.readAccount(toHex(from))?.balance ?? 0n;
        const to = wordOfInteger(beneficiary).subarray(12);
        if (value > 0n) {
          interpreter._result.logs.push(
            this.#transferLog({ index: this.#count++, from, to, value }),
          );
        }
      }
      return handler(runState, ...rest);
    };
  }

  #enter({ caller, to, value, delegatecall }: Message): void {
    const moves = value > 0n && !delegatecall && !this.#isCallCode;
    this.#isCallCode = false;
    this.#open.push(
      moves ? { index: this.#count++, from: caller.bytes, to: to?.bytes, value } : undefined,
    );
  }

  #leave({ execResult, createdAddress }: EVMResult): void {
    const transfer = this.#open.pop();
    if (!transfer || execResult.exceptionError) return;
    const to = transfer.to ?? createdAddress?.bytes;
    if (!to) return;
    execResult.logs = [this.#transferLog({ ...transfer, to }), ...(execResult.logs ?? [])];
  }

  #transferLog({ index, from, to, value }: OpenTransfer & { to: Uint8Array }): EvmLog {
    const data = wordOfInteger(value);
    this.#indexes.set(data, index);
    this.#transfers.add(data);
    return [ETHER, [TRANSFER_TOPIC, wordOf(from), wordOf(to)], data];
  }
}

/** Topic of a transfer, for who looks for it. */
export const TRANSFER_TOPIC_HASH: Hash = toHex(TRANSFER_TOPIC);
