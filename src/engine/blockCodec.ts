import { type Hash, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { EngineError } from "./errors.js";
import {
  decodeHeader,
  EMPTY_OMMERS_HASH,
  encodeHeader,
  hasField,
  withdrawalFromItem,
  withdrawalItem,
} from "./header.js";
import { asBytes, asList, decodeRlp, encodeRlp, joinRlpList, type RlpItem } from "./state/rlp.js";
import { listRoot } from "./state/trie.js";
import type { Block } from "./types.js";

const FIRST_LEGACY_BYTE = 0xc0;
const LAST_TYPE = 0x7f;

/** RLP of a block: header, transactions, ommers, and from Shanghai on withdrawals. */
export function encodeBlock(block: Omit<Block, "transactionHashes">): Uint8Array {
  const parts = [
    encodeHeader(block.header),
    // Legacy transactions are lists in the body, the others byte strings.
    joinRlpList(
      block.transactions.map((raw) => ((raw[0] ?? 0) >= FIRST_LEGACY_BYTE ? raw : encodeRlp(raw))),
    ),
    joinRlpList(block.ommers ?? []),
  ];
  if (hasField(block.header, "shanghai")) {
    parts.push(encodeRlp((block.withdrawals ?? []).map(withdrawalItem)));
  }
  return joinRlpList(parts);
}

/** Reverse of `encodeBlock`; nothing but the form is checked. Errors: ENGINE_BAD_ENCODING. */
export function decodeBlock(rlp: Uint8Array): Block {
  const parts = asList(decodeRlp(rlp));
  const headerRlp = encodeRlp(asList(parts[0]));
  const header = decodeHeader(headerRlp, toHex(keccak256(headerRlp)), rlp.length);
  if (parts.length !== (hasField(header, "shanghai") ? 4 : 3)) {
    throw new EngineError("ENGINE_BAD_ENCODING", { reason: "number of parts of the block" });
  }
  const transactions = asList(parts[1]).map(envelopeOf);
  const ommers = asList(parts[2]).map((item) => encodeRlp(asList(item)));
  return {
    header,
    transactions,
    transactionHashes: transactions.map((raw) => toHex(keccak256(raw))),
    ...(ommers.length > 0 ? { ommers } : {}),
    ...(parts[3] ? { withdrawals: asList(parts[3]).map(withdrawalFromItem) } : {}),
  };
}

function envelopeOf(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    const raw = asBytes(item);
    // EIP-2718 keeps the rest of the bytes for lists.
    if (raw.length === 0 || (raw[0] as number) > LAST_TYPE) {
      throw new EngineError("ENGINE_BAD_ENCODING", { reason: "transaction envelope" });
    }
    return raw;
  }
  return encodeRlp(item);
}

/** Root of a block's withdrawals trie. Source: EIP-4895 */
export function withdrawalsRootOf(withdrawals: NonNullable<Block["withdrawals"]>): Hash {
  return toHex(listRoot(withdrawals.map((item) => encodeRlp(withdrawalItem(item)))));
}

/** Which part of the body is not the one that the header names, if any. */
export function findBodyMismatch({
  header,
  transactions,
  ommers = [],
  withdrawals,
}: Block): string | undefined {
  if (toHex(listRoot(transactions)) !== header.transactionsRoot) return "transactionsRoot";
  const ommersHash = toHex(keccak256(joinRlpList(ommers)));
  if (ommersHash !== (header.ommersHash ?? EMPTY_OMMERS_HASH)) return "ommersHash";
  if (withdrawals && withdrawalsRootOf(withdrawals) !== header.withdrawalsRoot) {
    return "withdrawalsRoot";
  }
  return undefined;
}

/** Hash of an ommer by the RLP of its header. */
export function ommerHash(rlp: Uint8Array): Hash {
  return toHex(keccak256(rlp));
}
