import { RLP } from "@ethereumjs/rlp";
import type { FoundTransaction } from "../../engine/types.js";
import { decodeDepositTx, isDepositTx } from "../../protocol/depositTx.js";
import { type Hex, toHex } from "../../util/hex.js";
import { quantity } from "./hex.js";

type Field = Uint8Array | Field[];

/** Transaction in op-geth's JSON. The envelope was checked when it came in, so its fields are only rewritten here. */
export function encodeTransaction(found: FoundTransaction): Record<string, unknown> {
  const place = {
    blockHash: found.block?.hash ?? null,
    blockNumber: found.block === null ? null : quantity(found.block.number),
    blockTimestamp: found.block === null ? null : quantity(found.block.timestamp),
    from: found.from,
    hash: found.hash,
    transactionIndex: found.index === null ? null : quantity(found.index),
  };
  if (isDepositTx(found.raw)) return { ...place, ...depositFields(found) };
  return { ...place, ...signedFields(found.raw, found.block?.baseFeePerGas ?? null) };
}

function depositFields(found: FoundTransaction): Record<string, unknown> {
  const tx = decodeDepositTx(found.raw);
  return {
    type: "0x7e",
    sourceHash: tx.sourceHash,
    ...(tx.mint === 0n ? {} : { mint: quantity(tx.mint) }),
    ...(tx.isSystemTx ? { isSystemTx: true } : {}),
    depositReceiptVersion: "0x1",
    nonce: quantity(found.depositNonce ?? 0n),
    to: tx.to,
    value: quantity(tx.value),
    gas: quantity(tx.gas),
    input: toHex(tx.data),
    // Tools that fork a chain need these although a deposit has no price and no signature.
    gasPrice: "0x0",
    v: "0x0",
    r: "0x0",
    s: "0x0",
  };
}

function signedFields(raw: Uint8Array, baseFee: bigint | null): Record<string, unknown> {
  const type = raw[0] ?? 0;
  if (type >= 0xc0) return legacyFields(RLP.decode(raw) as Field[]);
  const fields = RLP.decode(raw.subarray(1)) as Field[];
  if (type === 1) return accessListFields(fields);
  return dynamicFeeFields(type, fields, baseFee);
}

function legacyFields(fields: Field[]): Record<string, unknown> {
  const v = toBigInt(fields[6]);
  return {
    type: "0x0",
    ...bodyFields(fields, { nonce: 0, gas: 2, to: 3 }),
    gasPrice: number(fields[1]),
    // An unprotected signature (27, 28) names no chain.
    ...(v >= 35n ? { chainId: quantity((v - 35n) / 2n) } : {}),
    v: quantity(v),
    r: number(fields[7]),
    s: number(fields[8]),
  };
}

/** Where the signature begins in the types that have more than type 2. */
const SIGNATURE_AT: Readonly<Record<number, number>> = { 3: 11, 4: 10 };

function accessListFields(fields: Field[]): Record<string, unknown> {
  return {
    type: "0x1",
    ...bodyFields(fields, { nonce: 1, gas: 3, to: 4 }),
    gasPrice: number(fields[2]),
    accessList: accessList(fields[7]),
    chainId: number(fields[0]),
    ...signature(fields, 8),
  };
}

function dynamicFeeFields(
  type: number,
  fields: Field[],
  baseFee: bigint | null,
): Record<string, unknown> {
  const tip = toBigInt(fields[2]);
  const feeCap = toBigInt(fields[3]);
  const paid = baseFee === null || baseFee + tip > feeCap ? feeCap : baseFee + tip;
  return {
    type: quantity(type),
    ...bodyFields(fields, { nonce: 1, gas: 4, to: 5 }),
    gasPrice: quantity(paid),
    maxFeePerGas: quantity(feeCap),
    maxPriorityFeePerGas: quantity(tip),
    accessList: accessList(fields[8]),
    ...(type === 3
      ? {
          maxFeePerBlobGas: number(fields[9]),
          blobVersionedHashes: list(fields[10]).map((hash) => toHex(bytes(hash))),
        }
      : {}),
    ...(type === 4 ? { authorizationList: authorizations(fields[9]) } : {}),
    chainId: number(fields[0]),
    ...signature(fields, SIGNATURE_AT[type] ?? 9),
  };
}

/** Value and data follow `to` in every type. */
function bodyFields(
  fields: Field[],
  at: { nonce: number; gas: number; to: number },
): Record<string, unknown> {
  const to = bytes(fields[at.to]);
  return {
    nonce: number(fields[at.nonce]),
    gas: number(fields[at.gas]),
    to: to.length === 0 ? null : toHex(to),
    value: number(fields[at.to + 1]),
    input: toHex(bytes(fields[at.to + 2])),
  };
}

function signature(fields: Field[], at: number): Record<string, unknown> {
  const parity = number(fields[at]);
  return { v: parity, r: number(fields[at + 1]), s: number(fields[at + 2]), yParity: parity };
}

function accessList(field: Field | undefined): Record<string, unknown>[] {
  return list(field).map((entry) => ({
    address: toHex(bytes(list(entry)[0])),
    storageKeys: list(list(entry)[1]).map((key) => toHex(bytes(key))),
  }));
}

function authorizations(field: Field | undefined): Record<string, unknown>[] {
  return list(field).map((entry) => {
    const [chainId, address, nonce, yParity, r, s] = list(entry);
    return {
      chainId: number(chainId),
      address: toHex(bytes(address)),
      nonce: number(nonce),
      yParity: number(yParity),
      r: number(r),
      s: number(s),
    };
  });
}

const EMPTY = new Uint8Array(0);

function bytes(field: Field | undefined): Uint8Array {
  return field instanceof Uint8Array ? field : EMPTY;
}

function list(field: Field | undefined): Field[] {
  return Array.isArray(field) ? field : [];
}

function toBigInt(field: Field | undefined): bigint {
  const value = bytes(field);
  return value.length === 0 ? 0n : BigInt(toHex(value));
}

function number(field: Field | undefined): Hex {
  return quantity(toBigInt(field));
}
