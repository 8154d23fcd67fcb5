import { EMPTY_BYTES } from "../../util/hex.js";
import { EngineError } from "../errors.js";

/** A byte string or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

const isBytes = (item: RlpItem): item is Uint8Array => !Array.isArray(item);

function headLength(payload: number): number {
  if (payload < 56) return 1;
  return payload < 0x100 ? 2 : payload < 0x10000 ? 3 : payload < 0x1000000 ? 4 : 5;
}

function sizeOf(item: RlpItem): number {
  if (isBytes(item)) {
    if (item.length === 1 && (item[0] as number) < 0x80) return 1;
    return headLength(item.length) + item.length;
  }
  const payload = payloadSize(item);
  return headLength(payload) + payload;
}

function payloadSize(items: readonly RlpItem[]): number {
  let size = 0;
  for (const item of items) size += sizeOf(item);
  return size;
}

function writeHead(out: Uint8Array, at: number, payload: number, offset: number): number {
  if (payload < 56) {
    out[at] = offset + payload;
    return at + 1;
  }
  const bytes = headLength(payload) - 1;
  out[at] = offset + 55 + bytes;
  for (let i = 0; i < bytes; i++) out[at + 1 + i] = (payload >>> (8 * (bytes - 1 - i))) & 0xff;
  return at + 1 + bytes;
}

function write(out: Uint8Array, at: number, item: RlpItem): number {
  if (isBytes(item)) {
    if (item.length === 1 && (item[0] as number) < 0x80) {
      out[at] = item[0] as number;
      return at + 1;
    }
    const start = writeHead(out, at, item.length, 0x80);
    out.set(item, start);
    return start + item.length;
  }
  let position = writeHead(out, at, payloadSize(item), 0xc0);
  for (const child of item) position = write(out, position, child);
  return position;
}

/** Encodes bytes and nested lists. Source: Ethereum Yellow Paper, appendix B. */
export function encodeRlp(item: RlpItem): Uint8Array {
  const out = new Uint8Array(sizeOf(item));
  write(out, 0, item);
  return out;
}

/** Wraps items that are encoded already into a list. */
export function joinRlpList(encoded: readonly Uint8Array[]): Uint8Array {
  let payload = 0;
  for (const part of encoded) payload += part.length;
  const out = new Uint8Array(headLength(payload) + payload);
  let at = writeHead(out, 0, payload, 0xc0);
  for (const part of encoded) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function bad(reason: string): never {
  throw new EngineError("ENGINE_BAD_ENCODING", { reason });
}

function readItem(bytes: Uint8Array, at: number, end: number, depth: number): [RlpItem, number] {
  if (at >= end) bad("cut short");
  const first = bytes[at] as number;
  if (first < 0x80) return [bytes.subarray(at, at + 1), at + 1];
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  let start = at + 1;
  let length = short;
  if (short > 55) {
    const lengthBytes = short - 55;
    if (start + lengthBytes > end || lengthBytes > 4) bad("length cut short or too large");
    if (bytes[start] === 0) bad("length has leading zeros");
    length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[start + i] as number);
    if (length < 56) bad("long form for a short item");
    start += lengthBytes;
  }
  const stop = start + length;
  if (stop > end) bad("cut short");
  if (!isList) {
    if (length === 1 && (bytes[start] as number) < 0x80) bad("single byte with a prefix");
    return [bytes.subarray(start, stop), stop];
  }
  if (depth > 16) bad("nested too deep");
  const items: RlpItem[] = [];
  while (start < stop) {
    const [item, next] = readItem(bytes, start, stop, depth + 1);
    items.push(item);
    start = next;
  }
  return [items, stop];
}

/**
 * Decodes canonical RLP that fills `bytes` exactly.
 * Shapes: byte strings are views into `bytes`. Errors: ENGINE_BAD_ENCODING.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const [item, end] = readItem(bytes, 0, bytes.length, 0);
  if (end !== bytes.length) bad("bytes left over");
  return item;
}

/** The item as a list. Errors: ENGINE_BAD_ENCODING. */
export function asList(item: RlpItem | undefined): readonly RlpItem[] {
  if (item === undefined || isBytes(item)) return bad("a list was expected");
  return item;
}

/** The item as bytes, of a given length if one is named. Errors: ENGINE_BAD_ENCODING. */
export function asBytes(item: RlpItem | undefined, length?: number): Uint8Array {
  if (item === undefined || !isBytes(item)) return bad("bytes were expected");
  if (length !== undefined && item.length !== length) bad(`${length} bytes were expected`);
  return item;
}

/** The item as an unsigned integer without leading zeros, of at most `maxBytes`. Errors: ENGINE_BAD_ENCODING. */
export function asInteger(item: RlpItem | undefined, maxBytes = 32): bigint {
  const bytes = asBytes(item);
  if (bytes.length > maxBytes) bad("integer too large");
  if (bytes[0] === 0) bad("integer has leading zeros");
  return bytesToInteger(bytes);
}

/** Big-endian bytes to an integer. */
export function bytesToInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length <= 6) {
    let value = 0;
    for (const byte of bytes) value = value * 256 + byte;
    return BigInt(value);
  }
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`);
}

/** Integer to big-endian bytes without leading zeros; zero is empty. */
export function integerToBytes(value: bigint | number): Uint8Array {
  if (value === 0n || value === 0) return EMPTY_BYTES;
  const hex = value.toString(16);
  const buffer = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
