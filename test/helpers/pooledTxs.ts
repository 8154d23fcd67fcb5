import type { PooledTx } from "../../src/engine/txPoolTx.js";
import { type Address, type Hash, toHex } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";

/** Fields of a transaction as the pool keeps it; whoever decodes it has recovered its sender. */
export interface PooledFields {
  from: number;
  nonce: number;
  tip: number;
  cap: number;
  gas?: number;
  value?: number;
  /** Bytes of the envelope, at least 40. */
  bytes?: number;
  /** Accounts that have signed its authorizations. */
  authorities?: number[];
}

/** Address of account number `index`, without a key: millions of them cost nothing. */
export function plainAddress(index: number): Address {
  return `0x${(index + 1).toString(16).padStart(40, "0")}`;
}

/** An envelope that only `decodePlain` reads: signing and recovery left out, so that the rules of the pool can meet millions. */
export function encodePlain(fields: PooledFields): Uint8Array {
  const { from, nonce, tip, cap, gas = 21_000, value = 0, authorities = [] } = fields;
  const json = new TextEncoder().encode(
    JSON.stringify([from, nonce, tip, cap, gas, value, authorities]),
  );
  const raw = new Uint8Array(Math.max(fields.bytes ?? 0, json.length + 1));
  raw.set(json);
  raw.fill(0x20, json.length);
  return raw;
}

/** What the pool makes of it. */
export function decodePlain(raw: Uint8Array, hash: Hash = keccakHex(raw)): PooledTx {
  const end = raw.indexOf(0x20);
  const json = new TextDecoder().decode(raw.subarray(0, end < 0 ? raw.length : end));
  const [from, nonce, tip, cap, gas, value] = JSON.parse(json) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    hash,
    raw,
    from: plainAddress(from),
    nonce: BigInt(nonce),
    gasLimit: BigInt(gas),
    maxFeePerGas: BigInt(cap),
    maxPriorityFeePerGas: BigInt(tip),
    value: BigInt(value),
    isProtected: true,
    sequence: 0,
    addedAtMs: 0,
    costWei: 0n,
  };
}

/** A sequence of numbers below what is asked for, the same for the same seed. */
export function randomBelow(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Random bytes of that sequence, as hex. */
export function randomHex(random: (below: number) => number, bytes: number) {
  return toHex(Uint8Array.from({ length: bytes }, () => random(256)));
}
