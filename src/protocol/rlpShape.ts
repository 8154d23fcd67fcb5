/**
 * True if `bytes` is exactly one RLP item in its only canonical form, with lists nested at most `maxDepth` deep
 * (a list of strings has depth 1). Allocates nothing, so that hostile nesting costs neither memory nor stack.
 */
export function isCanonicalRlp(bytes: Uint8Array, maxDepth: number): boolean {
  return itemEnd(bytes, 0, bytes.length, maxDepth) === bytes.length;
}

/** End of the item that starts at `start`, or -1 if it is not canonical, too deep, or runs over `limit`. */
function itemEnd(bytes: Uint8Array, start: number, limit: number, depthLeft: number): number {
  if (start >= limit) return -1;
  const first = bytes[start] as number;
  if (first < 0x80) return start + 1;
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  let length = short;
  let contentStart = start + 1;
  if (short > 55) {
    const sizeOfLength = short - 55;
    contentStart += sizeOfLength;
    if (sizeOfLength > 4 || contentStart > limit || bytes[start + 1] === 0) return -1;
    length = 0;
    for (let i = start + 1; i < contentStart; i++) length = length * 256 + (bytes[i] as number);
    if (length < 56) return -1;
  }
  const end = contentStart + length;
  if (end > limit) return -1;
  if (!isList) {
    const isOverlong = length === 1 && (bytes[contentStart] as number) < 0x80;
    return isOverlong ? -1 : end;
  }
  if (depthLeft === 0) return -1;
  let position = contentStart;
  while (position < end) {
    position = itemEnd(bytes, position, end, depthLeft - 1);
    if (position === -1) return -1;
  }
  return end;
}
