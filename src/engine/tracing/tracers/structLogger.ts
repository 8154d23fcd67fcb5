import { type Address, EMPTY_BYTES, type Hex, toHex } from "../../../util/hex.js";
import { REVERTED } from "../frameError.js";
import { fromTop, OP, opcodeName } from "../opcodes.js";
import type {
  FrameEnd,
  StateView,
  TraceBudget,
  TraceContext,
  TraceOptions,
  Tracer,
  TraceStep,
} from "../types.js";
import { quantity, slotWord, word, wordBytes } from "../words.js";

type StructLogOptions = Pick<
  TraceOptions,
  "enableMemory" | "disableStack" | "disableStorage" | "enableReturnData" | "limit"
>;

/** Bytes of JSON of an entry without its lists. */
const ENTRY_BYTES = 80;
const MEMORY_WORD_BYTES = 69;
const SLOT_BYTES = 138;

/** Every opcode with what it works on: what clients answer when no tracer is named. */
class StructLogger implements Tracer {
  readonly #options: StructLogOptions;
  readonly #budget: TraceBudget;
  readonly #logs: Record<string, unknown>[] = [];
  /** Slots seen so far of each account. */
  readonly #slots = new Map<Address, Map<Hex, Hex>>();
  #state: StateView | undefined;
  #jsonBytes = 0;
  #gasUsed = 0n;
  #output: Uint8Array = EMPTY_BYTES;
  #hasFailed = false;

  constructor(options: StructLogOptions, budget: TraceBudget) {
    this.#options = options;
    this.#budget = budget;
  }

  onTxStart({ state }: TraceContext): void {
    this.#state = state;
  }

  onStep(step: TraceStep): void {
    const limit = this.#options.limit ?? 0;
    if (limit !== 0 && this.#jsonBytes > limit) return;
    const { pc, opcode, gas, gasCost, depth, error, refund, memory, returnData } = step;
    const { enableMemory, disableStack, disableStorage, enableReturnData } = this.#options;
    let bytes = ENTRY_BYTES;
    const log: Record<string, unknown> = {
      pc,
      op: opcodeName(opcode),
      gas: Number(gas),
      gasCost: Number(gasCost),
      depth,
    };
    if (error !== undefined) log.error = error;
    if (!disableStack) {
      const stack = step.stack.map(quantity);
      for (const item of stack) bytes += item.length + 3;
      log.stack = stack;
    }
    if (enableReturnData && returnData.length > 0) {
      log.returnData = toHex(returnData);
      bytes += 2 * returnData.length;
    }
    if (enableMemory && memory.length > 0) {
      log.memory = memoryWords(memory);
      bytes += (memory.length / 32) * MEMORY_WORD_BYTES;
    }
    const storage = disableStorage ? undefined : this.#storageAt(step);
    if (storage) {
      log.storage = Object.fromEntries(storage);
      bytes += storage.size * SLOT_BYTES;
    }
    if (refund > 0n) log.refund = Number(refund);
    this.#budget.take(bytes);
    if (limit !== 0) this.#jsonBytes += JSON.stringify(log).length;
    this.#logs.push(log);
  }

  /** The account's slots seen so far, this one with the value that it has or gets. */
  #storageAt({ opcode, stack, address }: TraceStep): Map<Hex, Hex> | undefined {
    const isLoad = opcode === OP.sload && stack.length >= 1;
    const isStore = opcode === OP.sstore && stack.length >= 2;
    if (!isLoad && !isStore) return undefined;
    const slots = this.#slots.get(address) ?? new Map<Hex, Hex>();
    this.#slots.set(address, slots);
    const slot = fromTop(stack, 0);
    const read = this.#state?.readStorage(address, wordBytes(slot)) ?? EMPTY_BYTES;
    slots.set(word(slot), isLoad ? slotWord(read) : word(fromTop(stack, 1)));
    return slots;
  }

  onExit({ depth, output, error }: FrameEnd): void {
    if (depth !== 0) return;
    this.#hasFailed = error !== undefined;
    this.#output = error === undefined || error === REVERTED ? output : EMPTY_BYTES;
    this.#budget.take(2 * this.#output.length);
  }

  onTxEnd(gasUsed: bigint): void {
    this.#gasUsed = gasUsed;
  }

  result(): unknown {
    return {
      gas: Number(this.#gasUsed),
      failed: this.#hasFailed,
      returnValue: toHex(this.#output),
      structLogs: this.#logs,
    };
  }
}

function memoryWords(memory: Uint8Array): Hex[] {
  const words: Hex[] = [];
  for (let at = 0; at < memory.length; at += 32) words.push(toHex(memory.subarray(at, at + 32)));
  return words;
}

/** Logs every opcode. */
export function structLogger(options: StructLogOptions, budget: TraceBudget): Tracer {
  return new StructLogger(options, budget);
}
