/** Items of a file in which RLP lists stand one after the other, such as exported blocks. */
export function* itemsOf(bytes: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    const sizeBytes = first > 0xf7 ? first - 0xf7 : 0;
    let length = sizeBytes === 0 ? first - 0xc0 : 0;
    for (let i = 1; i <= sizeBytes; i++) length = length * 256 + (bytes[at + i] as number);
    const end = at + 1 + sizeBytes + length;
    yield bytes.subarray(at, end);
    at = end;
  }
}
