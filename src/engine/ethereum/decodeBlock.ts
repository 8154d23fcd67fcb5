import { toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { decodeHeader, HEADER_FIELDS, withdrawalFromItem } from "../header.js";
import { asBytes, asList, decodeRlp, encodeRlp, type RlpItem } from "../state/rlp.js";
import type { Block } from "../types.js";
import { ethereumError } from "./errors.js";

/** Fields of headers that are integers, and the bytes that they have at most. */
const INTEGER_FIELDS: readonly (readonly [number, number])[] = [
  [7, 32],
  [8, 8],
  [9, 8],
  [10, 8],
  [11, 8],
  [15, 32],
  [17, 8],
  [18, 8],
];

function bad(reason: string): never {
  throw ethereumError("ETHEREUM_BAD_BLOCK", `The bytes are not a block: ${reason}.`);
}

/** An envelope as lists of transactions hold it: a legacy one is a list, others are byte strings. */
function toEnvelope(item: RlpItem): Uint8Array {
  if (Array.isArray(item)) return encodeRlp(item);
  const raw = asBytes(item);
  if (raw.length === 0 || (raw[0] as number) > 0x7f) return bad("a transaction without a type");
  return raw;
}

/** Reads a header's RLP and checks the sizes of its fields. Errors: ENGINE_BAD_ENCODING, ETHEREUM_BAD_BLOCK. */
export function decodeEthereumHeader(rlp: Uint8Array, sizeBytes = rlp.length) {
  const fields = asList(decodeRlp(rlp));
  for (const [index, maxBytes] of INTEGER_FIELDS) {
    if (index < fields.length && asBytes(fields[index]).length > maxBytes) bad("header integer");
  }
  return decodeHeader(rlp, toHex(keccak256(rlp)), sizeBytes);
}

/**
 * Decodes a block of any fork. Roots in the header are not compared with what follows it.
 * Shapes: rlp([header, transactions, ommers]), from Shanghai on with a list of withdrawals.
 * Errors: ENGINE_BAD_ENCODING (not canonical RLP), ETHEREUM_BAD_BLOCK.
 */
export function decodeBlock(rlp: Uint8Array): Block {
  const parts = asList(decodeRlp(rlp));
  if (parts.length !== 3 && parts.length !== 4) bad(`it has ${parts.length} parts`);
  const header = decodeEthereumHeader(encodeRlp(parts[0] as RlpItem), rlp.length);
  const hasWithdrawals = (header.fieldCount ?? HEADER_FIELDS.prague) >= HEADER_FIELDS.shanghai;
  if (hasWithdrawals !== (parts.length === 4)) bad("withdrawals do not fit the header");
  const transactions = asList(parts[1]).map(toEnvelope);
  const ommers = asList(parts[2]).map((item) => encodeRlp(asList(item)));
  return {
    header,
    transactions,
    transactionHashes: transactions.map((raw) => toHex(keccak256(raw))),
    ...(ommers.length > 0 ? { ommers } : {}),
    ...(parts.length === 4 ? { withdrawals: asList(parts[3]).map(withdrawalFromItem) } : {}),
  };
}
