import { cliError } from "../errors.js";

/** A block's RLP as it stands in a file, and where. */
export interface FileItem {
  /** Position of its first byte in the (unpacked) file. */
  offset: number;
  rlp: Uint8Array;
}

/** Larger than any block can be; a length above it is a damaged file. */
const MAX_ITEM_BYTES = 2 ** 28;
const FIRST_LONG_LIST = 0xf8;
const FIRST_LIST = 0xc0;

/**
 * Splits a file of blocks, one RLP list after the other, without holding more than one of them.
 * Errors: CLI_REFUSED with the place, if the file is cut short or is not such a file.
 */
export async function* readRlpItems(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<FileItem> {
  let pending: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  let offset = 0;
  let index = 0;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const length = itemLength(name, pending, offset, index);
      if (length === undefined || length > pending.length) break;
      yield { offset, rlp: pending.subarray(0, length) };
      pending = pending.subarray(length);
      offset += length;
      index++;
    }
  }
  if (pending.length === 0) return;
  const needed = itemLength(name, pending, offset, index);
  const have = `${pending.length} ${needed === undefined ? "" : `of ${needed} `}bytes`;
  throw cliError(
    "CLI_REFUSED",
    `${name} is cut short: its block ${index}, counted from 0, begins at byte ${offset}, and only ${have} are there.`,
  );
}

/** Bytes of the list that begins here; undefined: too few bytes to tell. */
function itemLength(
  name: string,
  bytes: Uint8Array,
  offset: number,
  index: number,
): number | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  const refuse = (what: string): never => {
    const place = `byte ${offset}, where its block ${index}, counted from 0, would begin`;
    throw cliError("CLI_REFUSED", `${name} is no file of RLP blocks: at ${place}, ${what}.`);
  };
  if (first < FIRST_LIST) return refuse("there is no list");
  if (first < FIRST_LONG_LIST) return 1 + first - FIRST_LIST;
  const lengthBytes = first - FIRST_LONG_LIST + 1;
  if (bytes.length < 1 + lengthBytes) return undefined;
  let length = 0;
  for (const byte of bytes.subarray(1, 1 + lengthBytes)) length = length * 256 + byte;
  if (length > MAX_ITEM_BYTES) return refuse(`the list claims ${length} bytes`);
  return 1 + lengthBytes + length;
}
