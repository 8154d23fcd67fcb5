import type { Address } from "../../util/hex.js";
import type { BlockState } from "../state/blockState.js";
import { byteKey } from "../state/byteKey.js";
import { analysisOf, type CodeAnalysis } from "./codeAnalysis.js";
import type { Opcode, OpcodeTable } from "./opcodeTable.js";
import type { WarmJournal } from "./warmJournal.js";
import { wordBytes, wordOfBytes } from "./words.js";

/** An address of the library. */
interface LibraryAddress {
  readonly bytes: Uint8Array;
  toString(): string;
}

/** What our loop uses of the state that the library keeps of a running frame. */
export interface RunState {
  programCounter: number;
  opCode: number;
  code: Uint8Array;
  validJumps: Uint8Array;
  shouldDoJumpAnalysis: boolean;
  memory: { _store: Uint8Array; extend(offset: number, size: number): void };
  memoryWordCount: bigint;
  highestMemCost: bigint;
  stack: { _store: bigint[]; _len: number };
  stateManager: BlockState;
  gasLeft: bigint;
  gasRefund: bigint;
  returnBytes: Uint8Array;
  readonly env: {
    readonly address: LibraryAddress;
    readonly caller: LibraryAddress;
    readonly callData: Uint8Array;
    readonly callValue: bigint;
    readonly code: Uint8Array;
    readonly isStatic: boolean;
    readonly block: { header: { number: bigint; timestamp: bigint } };
  };
}

/** What of the library's interpreter of a frame is called. */
export interface LibraryFrame {
  readonly _evm: { readonly _opcodeMap: readonly Opcode[] };
  readonly _runState: RunState;
  readonly _result: { returnValue: Uint8Array | undefined };
  readonly journal: WarmJournal;
  log(data: Uint8Array, count: number, topics: Uint8Array[]): void;
}

/** Bounds of a run, which its jumps look at. */
export interface RunBounds {
  /** Jumps and calls until the next look at the clock. */
  jumpsLeft: number;
  /** Gas that frames may still use before the run is cut off; infinite as a rule. */
  gasAllowance: number;
}

/** Prices of memory, the same in every fork. Source: Yellow Paper, appendix H */
const WORD_GAS = 3;
const QUADRATIC_DIVISOR = 512;

/** What a run of SSTORE would cost and give back. */
export interface StoreCost {
  gas: number;
  refund: bigint;
}

/** A frame of the library as our loop works on it. */
export class PlainFrame {
  readonly state: RunState;
  readonly library: LibraryFrame;
  readonly table: OpcodeTable;
  /** The opcodes of the EVM as they are now. */
  readonly entries: readonly Opcode[];
  readonly bounds: RunBounds;
  readonly code: Uint8Array;
  readonly analysis: CodeAnalysis;
  view: DataView;
  memory: Uint8Array;
  /** Bytes of memory that are paid for. */
  size = 0;
  #memoryCost = 0;
  readonly #addressHex: Address;
  readonly #digits: string;
  #address: bigint | undefined;
  #caller: bigint | undefined;

  private constructor(
    library: LibraryFrame,
    table: OpcodeTable,
    bounds: RunBounds,
    analysis: CodeAnalysis,
  ) {
    this.library = library;
    this.state = library._runState;
    this.table = table;
    this.entries = library._evm._opcodeMap;
    this.bounds = bounds;
    this.code = this.state.code;
    this.analysis = analysis;
    this.memory = this.state.memory._store;
    this.view = viewOf(this.memory);
    this.#addressHex = this.state.env.address.toString() as Address;
    this.#digits = this.#addressHex.slice(2);
  }

  /** Undefined: the library has to run this frame alone. */
  static over(
    library: LibraryFrame,
    table: OpcodeTable,
    bounds: RunBounds,
  ): PlainFrame | undefined {
    const analysis = analysisOf(library._runState.code);
    return analysis && new PlainFrame(library, table, bounds, analysis);
  }

  get address(): bigint {
    this.#address ??= wordOfBytes(this.state.env.address.bytes);
    return this.#address;
  }

  get caller(): bigint {
    this.#caller ??= wordOfBytes(this.state.env.caller.bytes);
    return this.#caller;
  }

  /** Takes over what the library did to the memory. */
  enter(): void {
    const { memory, memoryWordCount, highestMemCost } = this.state;
    this.size = Number(memoryWordCount) * 32;
    // The library charges for the output of calls without making the memory that it is for.
    if (this.size > memory._store.length) memory.extend(0, this.size);
    if (memory._store !== this.memory) {
      this.memory = memory._store;
      this.view = viewOf(this.memory);
    }
    this.#memoryCost = Number(highestMemCost);
  }

  /** Gas of making memory reach to `end`, which is beyond what is paid for. */
  expansion(end: number): number {
    return costOf(Math.ceil(end / 32)) - this.#memoryCost;
  }

  /** Makes memory reach to `end`. */
  expand(end: number): void {
    const words = Math.ceil(end / 32);
    const { state } = this;
    state.memory.extend(0, words * 32);
    this.#memoryCost = costOf(words);
    this.size = words * 32;
    state.memoryWordCount = BigInt(words);
    state.highestMemCost = BigInt(this.#memoryCost);
    if (state.memory._store === this.memory) return;
    this.memory = state.memory._store;
    this.view = viewOf(this.memory);
  }

  isWarm(slot: Uint8Array): boolean {
    return this.library.journal.isWarmSlot(this.#digits, byteKey(slot));
  }

  warm(slot: Uint8Array): void {
    this.library.journal.warmSlot(this.#digits, byteKey(slot));
  }

  readStorage(slot: Uint8Array): bigint {
    return wordOfBytes(this.state.stateManager.readStorage(this.#addressHex, slot));
  }

  writeStorage(slot: Uint8Array, value: bigint): void {
    this.state.stateManager.writeStorage(this.#addressHex, slot, wordBytes(value));
  }

  /** Price of SSTORE without that of a cold slot. Source: EIP-2200, 2929, 3529 */
  storeCost(slot: Uint8Array, value: bigint, isWarm: boolean): StoreCost {
    const { store } = this.table;
    const current = this.readStorage(slot);
    const original = wordOfBytes(this.state.stateManager.readOriginal(this.#addressHex, slot));
    if (current === value) return { gas: store.noop, refund: 0n };
    if (original === current) {
      if (original === 0n) return { gas: store.init, refund: 0n };
      return { gas: store.clean, refund: value === 0n ? store.clearRefund : 0n };
    }
    let refund = 0n;
    if (original !== 0n) {
      if (current === 0n) refund -= store.clearRefund;
      else if (value === 0n) refund += store.clearRefund;
    }
    if (original === value) {
      if (original === 0n) refund += isWarm ? store.warmInitRefund : store.initRefund;
      else refund += isWarm ? store.warmCleanRefund : store.cleanRefund;
    }
    return { gas: store.dirty, refund };
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function costOf(words: number): number {
  return words * WORD_GAS + Math.floor((words * words) / QUADRATIC_DIVISOR);
}
