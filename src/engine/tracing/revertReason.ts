/** selector of Error(string) */
const ERROR = 0x08c379a0;
/** selector of Panic(uint256) */
const PANIC = 0x4e487b71;

const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x00n, "generic panic"],
  [0x01n, "assert(false)"],
  [0x11n, "arithmetic underflow or overflow"],
  [0x12n, "division or modulo by zero"],
  [0x21n, "enum overflow"],
  [0x22n, "invalid encoded storage byte array accessed"],
  [0x31n, "out-of-bounds array access; popping on an empty array"],
  [0x32n, "out-of-bounds access of an array or bytesN"],
  [0x41n, "out of memory"],
  [0x51n, "uninitialized function"],
]);

function wordAt(data: Uint8Array, offset: number): bigint | undefined {
  if (offset + 32 > data.length) return undefined;
  return BigInt(`0x${Buffer.from(data.subarray(offset, offset + 32)).toString("hex")}`);
}

/** Reason in the return data of a revert; undefined if they are no Error(string) or Panic(uint256). */
export function revertReason(output: Uint8Array): string | undefined {
  if (output.length < 4) return undefined;
  const selector = new DataView(output.buffer, output.byteOffset).getUint32(0);
  const data = output.subarray(4);
  if (selector === PANIC) {
    const code = wordAt(data, 0);
    if (code === undefined) return undefined;
    return PANICS.get(code) ?? `unknown panic code: 0x${code.toString(16)}`;
  }
  if (selector !== ERROR) return undefined;
  const offset = wordAt(data, 0);
  if (offset === undefined || offset > BigInt(data.length)) return undefined;
  const length = wordAt(data, Number(offset));
  if (length === undefined || length > BigInt(data.length)) return undefined;
  const start = Number(offset) + 32;
  const end = start + Number(length);
  return end > data.length ? undefined : new TextDecoder().decode(data.subarray(start, end));
}
