import { encodeRlp, integerToBytes } from "../../../engine/state/rlp.js";
import { DEPOSIT_TX_TYPE } from "../../../protocol/index.js";
import type { ValuesOf } from "../../state/packed.js";
import type { RECEIPT_WORD } from "../../state/words.js";

const DEPOSIT_RECEIPT_VERSION = 1;
const ODD_LEAF = 3;
const EVEN_LEAF = 0x20;

/** What stands around the bytes of a transaction or of logs in a leaf of a block's trie. */
export interface LeafFrame {
  prefix: Uint8Array;
  suffix: Uint8Array;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function head(length: number, offset: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length);
  const size = integerToBytes(length);
  return Uint8Array.of(offset + 55 + size.length, ...size);
}

const listHead = (length: number): Uint8Array => head(length, 0xc0);
const stringHead = (length: number): Uint8Array => head(length, 0x80);

/** Hex-prefix encoding of a leaf's path. Source: Ethereum Yellow Paper, appendix C */
export function leafPath(nibbles: readonly number[]): Uint8Array {
  const isOdd = nibbles.length % 2 === 1;
  const bytes = [isOdd ? ODD_LEAF * 16 + (nibbles[0] as number) : EVEN_LEAF];
  for (let i = isOdd ? 1 : 0; i < nibbles.length; i += 2) {
    bytes.push((nibbles[i] as number) * 16 + (nibbles[i + 1] as number));
  }
  return Uint8Array.from(bytes);
}

/** Leaf whose value is `inner.prefix || range || inner.suffix`. */
function frameOf(path: readonly number[], rangeLen: number, inner: LeafFrame): LeafFrame {
  const valueLen = inner.prefix.length + rangeLen + inner.suffix.length;
  const pathItem = encodeRlp(leafPath(path));
  const valueHead = stringHead(valueLen);
  const outer = listHead(pathItem.length + valueHead.length + valueLen);
  return { prefix: concat(outer, pathItem, valueHead, inner.prefix), suffix: inner.suffix };
}

/** Frame of a transaction of `rawLen` bytes, which are the range. No envelope is a single byte. */
export function transactionLeaf(path: readonly number[], rawLen: number): LeafFrame {
  return frameOf(path, rawLen, { prefix: new Uint8Array(), suffix: new Uint8Array() });
}

/** Frame of a receipt whose encoded logs are the range. Source: docs/protocol/deposits.md#transaction-type-0x7e, EIP-2718 */
export function receiptLeaf(
  path: readonly number[],
  receipt: ValuesOf<typeof RECEIPT_WORD>,
  bloom: Uint8Array,
): LeafFrame {
  const { type, status, cumulativeGas, logBytes, depositNonce } = receipt;
  const before = concat(
    encodeRlp(integerToBytes(status)),
    encodeRlp(integerToBytes(cumulativeGas)),
    encodeRlp(bloom),
    listHead(logBytes),
  );
  const suffix =
    type === DEPOSIT_TX_TYPE
      ? concat(
          encodeRlp(integerToBytes(depositNonce)),
          encodeRlp(integerToBytes(DEPOSIT_RECEIPT_VERSION)),
        )
      : new Uint8Array();
  const list = listHead(before.length + logBytes + suffix.length);
  const typeByte = type === 0 ? new Uint8Array() : Uint8Array.of(type);
  return frameOf(path, logBytes, { prefix: concat(typeByte, list, before), suffix });
}
