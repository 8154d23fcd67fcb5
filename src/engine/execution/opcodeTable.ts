import type { Common } from "@ethereumjs/common";

/** An opcode as the library keeps it. */
export interface Opcode {
  opcodeInfo: { code: number; feeBigInt: bigint; dynamicGas: boolean; isInvalid?: boolean };
  gasHandler: (state: never, gas: bigint, common: Common) => Promise<bigint>;
  opHandler: (state: never, common: Common) => unknown;
}

/** Prices and refunds of SSTORE. Source: EIP-2200, 2929, 3529 */
export interface StorePrices {
  sentry: number;
  noop: number;
  init: number;
  clean: number;
  dirty: number;
  clearRefund: bigint;
  initRefund: bigint;
  cleanRefund: bigint;
  warmInitRefund: bigint;
  warmCleanRefund: bigint;
}

/** What our loop knows of the opcodes of one fork: those that it does itself, and what they cost. */
export interface OpcodeTable {
  readonly entries: readonly Opcode[];
  /** Words that must be on the stack; more than fit for those that are left to the library. */
  readonly needs: Uint16Array;
  /** Most words that may be on the stack. */
  readonly fits: Uint16Array;
  readonly fees: Float64Array;
  readonly hasWarmth: boolean;
  readonly coldSlot: number;
  readonly warmRead: number;
  readonly store: StorePrices;
  readonly keccakWord: number;
  readonly copyWord: number;
  readonly logTopic: number;
  readonly logByte: number;
}

const STACK_LIMIT = 1024;
const NEVER = STACK_LIMIT + 1;

/** Opcodes that our loop does, with the words that they take and give: a range of them, taken, given. */
const DONE_HERE: readonly (readonly [first: number, last: number, taken: number, given: number])[] =
  [
    [0x00, 0x00, 0, 0],
    [0x01, 0x07, 2, 1],
    [0x08, 0x09, 3, 1],
    [0x0b, 0x0b, 2, 1],
    [0x10, 0x14, 2, 1],
    [0x15, 0x15, 1, 1],
    [0x16, 0x18, 2, 1],
    [0x19, 0x19, 1, 1],
    [0x1a, 0x1d, 2, 1],
    [0x20, 0x20, 2, 1],
    [0x30, 0x30, 0, 1],
    [0x33, 0x34, 0, 1],
    [0x35, 0x35, 1, 1],
    [0x36, 0x36, 0, 1],
    [0x37, 0x37, 3, 0],
    [0x38, 0x38, 0, 1],
    [0x39, 0x39, 3, 0],
    [0x3d, 0x3d, 0, 1],
    [0x3e, 0x3e, 3, 0],
    [0x42, 0x43, 0, 1],
    [0x50, 0x50, 1, 0],
    [0x51, 0x51, 1, 1],
    [0x52, 0x53, 2, 0],
    [0x54, 0x54, 1, 1],
    [0x55, 0x55, 2, 0],
    [0x56, 0x56, 1, 0],
    [0x57, 0x57, 2, 0],
    [0x58, 0x5a, 0, 1],
    [0x5b, 0x5b, 0, 0],
    [0x5f, 0x7f, 0, 1],
    [0xa0, 0xa0, 2, 0],
    [0xa1, 0xa1, 3, 0],
    [0xa2, 0xa2, 4, 0],
    [0xa3, 0xa3, 5, 0],
    [0xa4, 0xa4, 6, 0],
    [0xf3, 0xf3, 2, 0],
  ];
const DUP1 = 0x80;
const SWAP1 = 0x90;

function storePrices(common: Common): StorePrices {
  const of = (name: string): bigint => common.param(name);
  return {
    sentry: Number(of("sstoreSentryEIP2200Gas")),
    noop: Number(of("warmstoragereadGas")),
    init: Number(of("sstoreInitEIP2200Gas")),
    clean: Number(of("sstoreCleanEIP2200Gas")),
    dirty: Number(of("sstoreDirtyEIP2200Gas")),
    clearRefund: of("sstoreClearRefundEIP2200Gas"),
    initRefund: of("sstoreInitRefundEIP2200Gas"),
    cleanRefund: of("sstoreCleanRefundEIP2200Gas"),
    warmInitRefund: of("sstoreInitEIP2200Gas") - of("warmstoragereadGas"),
    warmCleanRefund: of("sstoreResetGas") - of("coldsloadGas") - of("warmstoragereadGas"),
  };
}

const NO_STORE: StorePrices = {
  sentry: 0,
  noop: 0,
  init: 0,
  clean: 0,
  dirty: 0,
  clearRefund: 0n,
  initRefund: 0n,
  cleanRefund: 0n,
  warmInitRefund: 0n,
  warmCleanRefund: 0n,
};

/** The table of an EVM whose opcodes are `entries`. */
export function createOpcodeTable(entries: readonly Opcode[], common: Common): OpcodeTable {
  const needs = new Uint16Array(256).fill(NEVER);
  const fits = new Uint16Array(256).fill(STACK_LIMIT);
  const fees = new Float64Array(256);
  const add = (opcode: number, taken: number, given: number): void => {
    const info = entries[opcode]?.opcodeInfo;
    if (!info || info.isInvalid) return;
    needs[opcode] = taken;
    fits[opcode] = STACK_LIMIT - Math.max(0, given - taken);
    fees[opcode] = Number(info.feeBigInt);
  };
  for (const [first, last, taken, given] of DONE_HERE) {
    for (let opcode = first; opcode <= last; opcode++) add(opcode, taken, given);
  }
  for (let depth = 1; depth <= 16; depth++) {
    add(DUP1 + depth - 1, depth, depth + 1);
    add(SWAP1 + depth - 1, depth + 1, depth + 1);
  }
  // Before Berlin nothing is warm, and the rules of SSTORE changed with nearly every fork.
  const hasWarmth = common.isActivatedEIP(2929);
  if (!hasWarmth) {
    needs[0x54] = NEVER;
    needs[0x55] = NEVER;
  }
  const price = (name: string): number => Number(common.param(name));
  return {
    entries: [...entries],
    needs,
    fits,
    fees,
    hasWarmth,
    coldSlot: hasWarmth ? price("coldsloadGas") : 0,
    warmRead: hasWarmth ? price("warmstoragereadGas") : 0,
    store: hasWarmth ? storePrices(common) : NO_STORE,
    keccakWord: price("keccak256WordGas"),
    copyWord: price("copyGas"),
    logTopic: price("logTopicGas"),
    logByte: price("logDataGas"),
  };
}
