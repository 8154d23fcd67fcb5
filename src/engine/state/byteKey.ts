type Slice = (this: Uint8Array, start?: number, end?: number) => string;

const latin1Slice = (Buffer.prototype as unknown as { latin1Slice: Slice }).latin1Slice;

/** Bytes as the key of a map: one character each, which is several times faster to make than digits. */
export function byteKey(bytes: Uint8Array): string {
  return latin1Slice.call(bytes);
}
