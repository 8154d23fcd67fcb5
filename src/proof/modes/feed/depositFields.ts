import { encodeRlp, integerToBytes, type RlpItem } from "../../../engine/state/rlp.js";
import { DEPOSIT_TX_TYPE } from "../../../protocol/index.js";
import { gPage } from "../../state/gindex.js";
import type { Step, Tx, Word } from "../../state/types.js";
import { addressBytes, wordToBytes } from "../../state/wordBytes.js";
import { touch } from "../../step.js";
import { DEPTH, G } from "../../table.js";
import { touchTx } from "../tx/touch.js";

/** What a deposit says, its data aside. */
export type DepositFields = Pick<
  Tx,
  "sender" | "to" | "isCreate" | "mint" | "value" | "gasLimit"
> & { sourceHash: Word };

/** Header of an RLP string or list (`offset` 0x80, 0xc0) of more than one byte. */
function rlpHead(length: number, offset: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length);
  const size = integerToBytes(length);
  return Uint8Array.of(offset + 55 + size.length, ...size);
}

/**
 * Bytes of an envelope of type 0x7E in front of its data, the header of the data included.
 * Shapes: `dataLen` bytes follow; `firstByte` is the first of them, which counts if it is the only one.
 * Source: docs/protocol/deposits.md#transaction-type-0x7e
 */
export function depositHead(fields: DepositFields, dataLen: number, firstByte: number): Uint8Array {
  const items: RlpItem[] = [
    wordToBytes(fields.sourceHash),
    addressBytes(fields.sender),
    fields.isCreate ? new Uint8Array() : addressBytes(fields.to),
    integerToBytes(fields.mint),
    integerToBytes(fields.value),
    integerToBytes(fields.gasLimit),
    new Uint8Array(),
  ];
  const parts = items.map((item) => encodeRlp(item));
  // A single byte below 0x80 is its own encoding.
  if (dataLen !== 1 || firstByte >= 0x80) parts.push(rlpHead(dataLen, 0x80));
  const payload = parts.reduce((sum, part) => sum + part.length, dataLen);
  return Uint8Array.from([
    DEPOSIT_TX_TYPE,
    ...rlpHead(payload, 0xc0),
    ...parts.flatMap((part) => [...part]),
  ]);
}

/** Sets the transaction leaves of a deposit and writes `bytes`, the envelope or its head. */
export function setDeposit(
  step: Step,
  { sender, to, isCreate, mint, value, gasLimit }: DepositFields,
  bytes: Uint8Array,
  data: { off: number; len: number },
  gas: { intrinsic: number; floor: number },
): void {
  const { tx } = step.s;
  touchTx(step.rec);
  touch(step, gPage({ g: G.raw, depth: DEPTH.raw }, 0));
  Object.assign(tx, { sender, to, isCreate, mint, value, gasLimit }, gas);
  tx.type = DEPOSIT_TX_TYPE;
  tx.isDeposit = true;
  tx.dataOff = data.off;
  tx.dataLen = data.len;
  tx.rawLen = data.off + data.len;
  tx.raw.write(0, bytes);
}
