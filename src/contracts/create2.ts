import { type Address, fromHex, type Hash, type Hex, toHex } from "../util/hex.js";
import { keccak256, keccakHex } from "../util/keccak.js";

/** Address of a contract that `creator` makes with CREATE2. Source: EIP-1014. */
export function create2Address(creator: Address, salt: Hash, initCode: Hex): Address {
  const codeHash = keccakHex(fromHex(initCode));
  const packed = `0xff${creator.slice(2)}${salt.slice(2)}${codeHash.slice(2)}`;
  return toHex(keccak256(fromHex(packed)).subarray(12));
}

/** Creation code that leaves exactly this runtime code. Shapes: at most 65,535 bytes. */
export function initCodeFor(runtimeCode: Hex): Hex {
  const length = ((runtimeCode.length - 2) / 2).toString(16).padStart(4, "0");
  // PUSH2 length, DUP1, PUSH1 10, 0, CODECOPY, 0, RETURN; the code follows at offset 10.
  return `0x61${length}80600a3d393df3${runtimeCode.slice(2)}`;
}
