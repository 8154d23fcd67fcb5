/** Opcode bytes that tracers look at. */
export const OP = {
  stop: 0x00,
  keccak256: 0x20,
  balance: 0x31,
  calldatacopy: 0x37,
  codecopy: 0x39,
  extcodesize: 0x3b,
  extcodecopy: 0x3c,
  returndatacopy: 0x3e,
  extcodehash: 0x3f,
  mload: 0x51,
  mstore: 0x52,
  mstore8: 0x53,
  sload: 0x54,
  sstore: 0x55,
  mcopy: 0x5e,
  log0: 0xa0,
  log4: 0xa4,
  create: 0xf0,
  call: 0xf1,
  callcode: 0xf2,
  return: 0xf3,
  delegatecall: 0xf4,
  create2: 0xf5,
  staticcall: 0xfa,
  revert: 0xfd,
  invalid: 0xfe,
  selfdestruct: 0xff,
} as const;

/** `name pops pushes` of each opcode from a byte on. */
const ROWS: readonly [number, string][] = [
  [0x00, "STOP 0 0,ADD 2 1,MUL 2 1,SUB 2 1,DIV 2 1,SDIV 2 1,MOD 2 1,SMOD 2 1"],
  [0x08, "ADDMOD 3 1,MULMOD 3 1,EXP 2 1,SIGNEXTEND 2 1"],
  [0x10, "LT 2 1,GT 2 1,SLT 2 1,SGT 2 1,EQ 2 1,ISZERO 1 1,AND 2 1,OR 2 1,XOR 2 1,NOT 1 1"],
  [0x1a, "BYTE 2 1,SHL 2 1,SHR 2 1,SAR 2 1,CLZ 1 1"],
  [0x20, "KECCAK256 2 1"],
  [0x30, "ADDRESS 0 1,BALANCE 1 1,ORIGIN 0 1,CALLER 0 1,CALLVALUE 0 1,CALLDATALOAD 1 1"],
  [0x36, "CALLDATASIZE 0 1,CALLDATACOPY 3 0,CODESIZE 0 1,CODECOPY 3 0,GASPRICE 0 1"],
  [0x3b, "EXTCODESIZE 1 1,EXTCODECOPY 4 0,RETURNDATASIZE 0 1,RETURNDATACOPY 3 0,EXTCODEHASH 1 1"],
  // Clients still call 0x44 by its first name.
  [0x40, "BLOCKHASH 1 1,COINBASE 0 1,TIMESTAMP 0 1,NUMBER 0 1,DIFFICULTY 0 1,GASLIMIT 0 1"],
  [0x46, "CHAINID 0 1,SELFBALANCE 0 1,BASEFEE 0 1,BLOBHASH 1 1,BLOBBASEFEE 0 1,SLOTNUM 0 1"],
  [0x50, "POP 1 0,MLOAD 1 1,MSTORE 2 0,MSTORE8 2 0,SLOAD 1 1,SSTORE 2 0,JUMP 1 0,JUMPI 2 0"],
  [0x58, "PC 0 1,MSIZE 0 1,GAS 0 1,JUMPDEST 0 0,TLOAD 1 1,TSTORE 2 0,MCOPY 3 0,PUSH0 0 1"],
  [0xf0, "CREATE 3 1,CALL 7 1,CALLCODE 7 1,RETURN 2 0,DELEGATECALL 6 1,CREATE2 4 1"],
  [0xfa, "STATICCALL 6 1"],
  [0xfd, "REVERT 2 0,INVALID 0 0,SELFDESTRUCT 1 0"],
];

/** Name of an opcode and what it does to the height of the stack. */
export interface OpcodeRow {
  name: string;
  pops: number;
  pushes: number;
}

function buildTable(): readonly (OpcodeRow | undefined)[] {
  const table: (OpcodeRow | undefined)[] = new Array(256).fill(undefined);
  for (const [first, rows] of ROWS) {
    for (const [offset, row] of rows.split(",").entries()) {
      const [name = "", pops, pushes] = row.split(" ");
      table[first + offset] = { name, pops: Number(pops), pushes: Number(pushes) };
    }
  }
  const series = (first: number, count: number, row: (n: number) => OpcodeRow): void => {
    for (let n = 0; n < count; n++) table[first + n] = row(n);
  };
  series(0x60, 32, (n) => ({ name: `PUSH${n + 1}`, pops: 0, pushes: 1 }));
  series(0x80, 16, (n) => ({ name: `DUP${n + 1}`, pops: n + 1, pushes: n + 2 }));
  series(0x90, 16, (n) => ({ name: `SWAP${n + 1}`, pops: n + 2, pushes: n + 2 }));
  series(0xa0, 5, (n) => ({ name: `LOG${n}`, pops: n + 2, pushes: 0 }));
  return table;
}

/** What is known of each opcode byte, on any fork. */
export const OPCODES = buildTable();

/** Name of an opcode byte as clients print it. */
export function opcodeName(opcode: number): string {
  return OPCODES[opcode]?.name ?? `opcode 0x${opcode.toString(16)} not defined`;
}

/** True for the four opcodes that call another account. */
export function isCallOpcode(opcode: number): boolean {
  return (
    opcode === OP.call ||
    opcode === OP.callcode ||
    opcode === OP.delegatecall ||
    opcode === OP.staticcall
  );
}

/** True for the two opcodes that make a contract. */
export function isCreateOpcode(opcode: number): boolean {
  return opcode === OP.create || opcode === OP.create2;
}

type Range = readonly [offset: number, size: number | bigint];

/** Which stack items (0: top) are offset and size of memory; a bigint is a size by itself. */
const MEMORY: Readonly<Record<number, readonly Range[]>> = {
  [OP.keccak256]: [[0, 1]],
  [OP.calldatacopy]: [[0, 2]],
  [OP.codecopy]: [[0, 2]],
  [OP.extcodecopy]: [[1, 3]],
  [OP.returndatacopy]: [[0, 2]],
  [OP.mload]: [[0, 32n]],
  [OP.mstore]: [[0, 32n]],
  [OP.mstore8]: [[0, 1n]],
  [OP.mcopy]: [
    [0, 2],
    [1, 2],
  ],
  [OP.create]: [[1, 2]],
  [OP.create2]: [[1, 2]],
  [OP.call]: [
    [3, 4],
    [5, 6],
  ],
  [OP.callcode]: [
    [3, 4],
    [5, 6],
  ],
  [OP.delegatecall]: [
    [2, 3],
    [4, 5],
  ],
  [OP.staticcall]: [
    [2, 3],
    [4, 5],
  ],
  [OP.return]: [[0, 1]],
  [OP.revert]: [[0, 1]],
};

const isLog = (opcode: number): boolean => opcode >= OP.log0 && opcode <= OP.log4;
const LOG_MEMORY: readonly Range[] = [[0, 1]];

/** Item of a stack counted from its top. */
export function fromTop(stack: readonly bigint[], index: number): bigint {
  return stack[stack.length - 1 - index] ?? 0n;
}

/** End of the memory that an opcode needs with this stack; 0 if it touches none. */
export function memoryEnd(opcode: number, stack: readonly bigint[]): bigint {
  let end = 0n;
  for (const [offset, size] of isLog(opcode) ? LOG_MEMORY : (MEMORY[opcode] ?? [])) {
    const bytes = typeof size === "bigint" ? size : fromTop(stack, size);
    if (bytes === 0n) continue;
    const last = fromTop(stack, offset) + bytes;
    if (last > end) end = last;
  }
  return end;
}
