import { RLP } from "@ethereumjs/rlp";
import type { L1BlockRef } from "../protocol/types.js";
import { fromHex, type Hex, ZERO_HASH } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import { parseHash, parseHex, parseQuantity, type RpcObject } from "./rpcValues.js";
import type { L1Header } from "./types.js";

type Kind = "hash" | "bytes" | "quantity";

/** Header fields in RLP order. Source: Yellow Paper 4.4.3, EIP-1559, 4895, 4844, 4788, 7685. */
const FIELDS: readonly (readonly [name: string, kind: Kind])[] = [
  ["parentHash", "hash"],
  ["sha3Uncles", "hash"],
  ["miner", "bytes"],
  ["stateRoot", "hash"],
  ["transactionsRoot", "hash"],
  ["receiptsRoot", "hash"],
  ["logsBloom", "bytes"],
  ["difficulty", "quantity"],
  ["number", "quantity"],
  ["gasLimit", "quantity"],
  ["gasUsed", "quantity"],
  ["timestamp", "quantity"],
  ["extraData", "bytes"],
  ["mixHash", "hash"],
  ["nonce", "bytes"],
  ["baseFeePerGas", "quantity"],
  ["withdrawalsRoot", "hash"],
  ["blobGasUsed", "quantity"],
  ["excessBlobGas", "quantity"],
  ["parentBeaconBlockRoot", "hash"],
  ["requestsHash", "hash"],
];

/** What a JSON block has besides its header. */
const BODY_FIELDS = ["hash", "size", "totalDifficulty", "uncles", "transactions", "withdrawals"];
const KNOWN = new Set([...FIELDS.map(([name]) => name), ...BODY_FIELDS]);

/**
 * RLP of the header in a JSON block; fields of forks that the block does not have yet are left out.
 * Errors: L1_BAD_RESPONSE.
 */
export function encodeL1Header(block: RpcObject): Uint8Array {
  const items: Uint8Array[] = [];
  for (const [name, kind] of FIELDS) {
    const value = block[name];
    if (value === undefined || value === null) {
      // Every fork adds at the end, so the first absent field ends the header.
      if (items.length >= 15) break;
      throw new L1Error("L1_BAD_RESPONSE", { field: name });
    }
    items.push(encodeField(value, name, kind));
  }
  return RLP.encode(items);
}

/**
 * Reads a JSON block and checks that its header hashes to the hash it claims.
 * Errors: L1_LIED if it does not; L1_UNKNOWN_HEADER_FIELD if the reason may be a field of a newer fork; L1_BAD_RESPONSE.
 */
export function parseL1Header(block: RpcObject): L1Header {
  const hash = parseHash(block.hash, "hash");
  const rlp = encodeL1Header(block);
  const computed = keccakHex(rlp);
  if (computed !== hash) {
    const unknown = Object.keys(block).filter((name) => !KNOWN.has(name));
    if (unknown.length > 0) throw new L1Error("L1_UNKNOWN_HEADER_FIELD", { hash, fields: unknown });
    throw new L1Error("L1_LIED", { what: "header hash", hash, computed });
  }
  const beaconRoot = block.parentBeaconBlockRoot;
  return {
    number: parseQuantity(block.number, "number"),
    hash,
    parentHash: parseHash(block.parentHash, "parentHash"),
    stateRoot: parseHash(block.stateRoot, "stateRoot"),
    time: parseQuantity(block.timestamp, "timestamp"),
    baseFee: parseQuantity(block.baseFeePerGas, "baseFeePerGas"),
    prevRandao: parseHash(block.mixHash, "mixHash"),
    parentBeaconBlockRoot: beaconRoot ? parseHash(beaconRoot, "parentBeaconBlockRoot") : ZERO_HASH,
    rlp,
  };
}

/** The short form of a header. */
export function toBlockRef(header: L1Header): L1BlockRef {
  const { hash, number, parentHash, time } = header;
  return { hash, number, parentHash, time };
}

function encodeField(value: unknown, name: string, kind: Kind): Uint8Array {
  if (kind === "hash") return fromHex(parseHash(value, name));
  if (kind === "bytes") return fromHex(parseHex(value, name));
  const quantity = parseQuantity(value, name);
  if (quantity === 0n) return new Uint8Array(0);
  const digits = quantity.toString(16);
  return fromHex(`0x${digits.length % 2 === 0 ? digits : `0${digits}`}` as Hex);
}
