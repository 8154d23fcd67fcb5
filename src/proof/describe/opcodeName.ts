const SINGLE: Readonly<Record<number, string>> = {
  ...row(0x00, "STOP ADD MUL SUB DIV SDIV MOD SMOD ADDMOD MULMOD EXP SIGNEXTEND"),
  ...row(0x10, "LT GT SLT SGT EQ ISZERO AND OR XOR NOT BYTE SHL SHR SAR CLZ"),
  ...row(0x20, "KECCAK256"),
  ...row(0x30, "ADDRESS BALANCE ORIGIN CALLER CALLVALUE CALLDATALOAD CALLDATASIZE CALLDATACOPY"),
  ...row(0x38, "CODESIZE CODECOPY GASPRICE EXTCODESIZE EXTCODECOPY RETURNDATASIZE RETURNDATACOPY"),
  ...row(0x3f, "EXTCODEHASH BLOCKHASH COINBASE TIMESTAMP NUMBER PREVRANDAO GASLIMIT CHAINID"),
  ...row(0x47, "SELFBALANCE BASEFEE BLOBHASH BLOBBASEFEE"),
  ...row(0x50, "POP MLOAD MSTORE MSTORE8 SLOAD SSTORE JUMP JUMPI PC MSIZE GAS JUMPDEST"),
  ...row(0x5c, "TLOAD TSTORE MCOPY PUSH0"),
  ...row(0xf0, "CREATE CALL CALLCODE RETURN DELEGATECALL CREATE2"),
  250: "STATICCALL",
  253: "REVERT",
  254: "INVALID",
  255: "SELFDESTRUCT",
};

function row(first: number, names: string): Record<number, string> {
  return Object.fromEntries(names.split(" ").map((name, index) => [first + index, name]));
}

/** Name of an opcode as people write it; one that is not defined is named by its number. */
export function opcodeName(opcode: number): string {
  if (opcode >= 0x60 && opcode <= 0x7f) return `PUSH${opcode - 0x5f}`;
  if (opcode >= 0x80 && opcode <= 0x8f) return `DUP${opcode - 0x7f}`;
  if (opcode >= 0x90 && opcode <= 0x9f) return `SWAP${opcode - 0x8f}`;
  if (opcode >= 0xa0 && opcode <= 0xa4) return `LOG${opcode - 0xa0}`;
  return SINGLE[opcode] ?? `0x${opcode.toString(16).padStart(2, "0")}`;
}
