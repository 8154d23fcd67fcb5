import { privateKeyToAccount } from "viem/accounts";
import { encodeRlp, integerToBytes, type RlpItem } from "../../src/engine/state/rlp.js";
import { fromHex, type Hex, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";

/** Chain id that the envelopes are signed for. */
export const ENVELOPE_CHAIN_ID = 901;
/** Who signs them. */
export const ENVELOPE_ACCOUNT = privateKeyToAccount(`0x${"11".repeat(32)}`);
export const ENVELOPE_TO = `0x${"ab".repeat(20)}` as const;
/** Data of those that carry some. */
export const ENVELOPE_DATA = "0x00ff00aa";

const KEY = `0x${"cd".repeat(32)}` as const;
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const MAX = 2n ** 256n - 1n;

const base = { nonce: 3, gas: 200_000n, value: 5n, data: ENVELOPE_DATA, to: ENVELOPE_TO } as const;
const fees = { maxFeePerGas: 10n, maxPriorityFeePerGas: 2n, chainId: ENVELOPE_CHAIN_ID } as const;

/** Signed envelopes of all types; the last two have too much and too little gas. */
export async function signedEnvelopes(): Promise<Uint8Array[]> {
  const account = ENVELOPE_ACCOUNT;
  const chainId = ENVELOPE_CHAIN_ID;
  const auth = await account.signAuthorization({ chainId, address: ENVELOPE_TO, nonce: 7 });
  const accessList = [
    { address: ENVELOPE_TO, storageKeys: [KEY, KEY] },
    { address: `0x${"01".repeat(20)}` as const, storageKeys: [] },
  ];
  const data = `0x${"60".repeat(70)}` as const;
  const signed: Hex[] = [
    await account.signTransaction({ ...base, type: "legacy", gasPrice: 9n, chainId }),
    await account.signTransaction({ ...base, type: "legacy", gasPrice: 9n }),
    await account.signTransaction({ ...base, type: "eip2930", gasPrice: 9n, chainId, accessList }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", accessList }),
    await account.signTransaction({ ...base, ...fees, to: undefined, type: "eip1559", data }),
    await account.signTransaction({ ...base, ...fees, type: "eip7702", authorizationList: [auth] }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", gas: 2n ** 24n + 1n }),
    await account.signTransaction({ ...base, ...fees, type: "eip1559", gas: 21_000n }),
  ];
  return signed.map((raw) => fromHex(raw));
}

/** A small generator, so that a seed replays a failure. */
export function envelopeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
}

/** The envelope with one byte changed, left out or put in. */
export function mutateEnvelope(raw: Uint8Array, next: () => number): Uint8Array {
  const bytes = [...raw];
  const at = next() % bytes.length;
  const kind = next() % 5;
  if (kind === 0) bytes[at] = next() & 0xff;
  else if (kind === 1) bytes[at] = (bytes[at] as number) ^ (1 << (next() % 8));
  else if (kind === 2) bytes.splice(at, 1);
  else if (kind === 3) bytes.splice(at, 0, next() & 0xff);
  else bytes[next() % Math.min(12, bytes.length)] = next() & 0xff;
  return Uint8Array.from(bytes);
}

/** Fields of a transaction, to be signed as they stand. */
export interface EnvelopeFields {
  readonly type: 0 | 1 | 2 | 4;
  /** All behind the chain id and before the signature. */
  readonly fields: RlpItem[];
  readonly chainId?: bigint;
  readonly isUnprotected?: boolean;
  /** Changes the signature. */
  readonly signature?: (v: bigint, r: bigint, s: bigint) => RlpItem[];
}

/** Signs whatever the fields are, valid or not, for what only a signed transaction gets as far as. */
export async function signFields(tx: EnvelopeFields): Promise<Uint8Array> {
  const { type, fields, chainId = BigInt(ENVELOPE_CHAIN_ID), isUnprotected = false } = tx;
  const id = integerToBytes(chainId);
  const head = type === 0 ? fields : [id, ...fields];
  const suffix = type === 0 && !isUnprotected ? [id, new Uint8Array(), new Uint8Array()] : [];
  const prefix = type === 0 ? [] : [type];
  const message = Uint8Array.of(...prefix, ...encodeRlp([...head, ...suffix]));
  const signature = fromHex(await ENVELOPE_ACCOUNT.sign({ hash: toHex(keccak256(message)) }));
  const [r, s] = [integerOf(signature.subarray(0, 32)), integerOf(signature.subarray(32, 64))];
  const parity = BigInt((signature[64] as number) - 27);
  const legacyV = isUnprotected ? 27n + parity : 35n + 2n * chainId + parity;
  const v = type === 0 ? legacyV : parity;
  const end = tx.signature?.(v, r, s) ?? [v, r, s].map(integerToBytes);
  return Uint8Array.of(...prefix, ...encodeRlp([...head, ...end]));
}

function integerOf(bytes: Uint8Array): bigint {
  return BigInt(toHex(bytes));
}

const ADDRESS = fromHex(ENVELOPE_TO);
const SLOT = fromHex(KEY);

/** A signed transaction in which one thing or none is at the edge of what is valid, or beyond it. */
export async function oddEnvelope(next: () => number): Promise<Uint8Array> {
  const pick = <T>(items: readonly T[]): T => items[next() % items.length] as T;
  const type = pick([0, 1, 2, 4] as const);
  const int = integerToBytes;
  const list = Array.from({ length: next() % 4 }, () => [
    ADDRESS,
    new Array(next() % 4).fill(SLOT),
  ]);
  const tuple = [int(901n), ADDRESS, int(7n), int(1n), int(5n), int(6n)];
  const tuples = new Array<RlpItem>(1 + (next() % 3)).fill(tuple);
  const isCreate = type !== 4 && next() % 4 === 0;
  const data = Uint8Array.from({ length: next() % 80 }, () => (next() % 2) * next());
  const isDynamic = type === 2 || type === 4;
  const names = ["nonce", ...(isDynamic ? ["tip"] : []), "fee", "gas", "to", "value", "data"];
  const fields = new Map<string, RlpItem>([
    ["nonce", int(BigInt(next() % 300))],
    ["tip", int(BigInt(next() % 3))],
    ["fee", int(BigInt(3 + (next() % 20)))],
    ["gas", int(200_000n)],
    ["to", isCreate ? new Uint8Array() : ADDRESS],
    ["value", int(BigInt(next() % 1000))],
    ["data", data],
    ["list", list],
    ["tuples", tuples],
  ]);
  if (type !== 0) names.push("list");
  if (type === 4) names.push("tuples");
  const odd: (() => void)[] = [
    () => fields.set("nonce", int(pick([2n ** 64n - 2n, 2n ** 64n - 1n, 2n ** 64n]))),
    () => fields.set("gas", int(pick([2n ** 24n, 2n ** 24n + 1n, 0n, 2n ** 64n - 1n, 2n ** 64n]))),
    () => fields.set("gas", int(21_000n + BigInt(next() % 40_000))),
    () => fields.set("fee", int(pick([MAX, MAX / 200_000n, MAX / 200_000n + 1n, 1n, 0n]))),
    () => fields.set("tip", int(pick([MAX, 20n, 23n, 0n]))),
    () => fields.set("value", int(pick([MAX, MAX + 1n, 0n, 127n, 128n]))),
    () => fields.set(pick(names), pick<RlpItem>([[], [[]], Uint8Array.of(0), new Uint8Array()])),
    () =>
      fields.set(
        pick(names),
        Uint8Array.from({ length: next() % 40 }, () => next()),
      ),
    () => fields.set("to", ADDRESS.subarray(pick([0, 1, 19, 20]))),
    () => fields.set("list", pick<RlpItem>([oddItems(next), [...list, ...oddItems(next)]])),
    () => fields.set("tuples", pick<RlpItem>([oddTuples(tuple, next), []])),
    () => names.push("value"),
    () => names.pop(),
  ];
  if (next() % 3 > 0) pick(odd)();
  const signature = next() % 4 === 0 ? oddSignature(next) : undefined;
  return signFields({
    type,
    fields: names.map((name) => fields.get(name) as RlpItem),
    chainId: next() % 20 === 0 ? pick([0n, 1n, 900n, 2n ** 64n]) : BigInt(ENVELOPE_CHAIN_ID),
    isUnprotected: next() % 3 === 0,
    ...(signature === undefined ? {} : { signature }),
  });
}

function oddItems(next: () => number): RlpItem[] {
  const key = SLOT.subarray(next() % 2);
  const who = ADDRESS.subarray(next() % 2);
  const items: RlpItem[] = [
    [who, [key]],
    [who],
    [who, key],
    [who, [key], key],
    who,
    [],
    [who, [[]]],
  ];
  return [items[next() % items.length] as RlpItem];
}

function oddTuples(tuple: RlpItem[], next: () => number): RlpItem[] {
  const changed = [...tuple];
  const wide = Uint8Array.from({ length: next() % 36 }, () => next() % 3);
  const values: RlpItem[] = [[], Uint8Array.of(0), wide, Uint8Array.of(1, 1), new Uint8Array()];
  changed[next() % 6] = values[next() % values.length] as RlpItem;
  return [tuple, next() % 4 === 0 ? changed.slice(next() % 2, 5) : changed];
}

function oddSignature(next: () => number): EnvelopeFields["signature"] {
  const int = integerToBytes;
  const kind = next() % 9;
  return (v, r, s) => {
    if (kind === 0) return [int(v ^ 1n), int(r), int(ORDER - s)];
    if (kind === 1) return [int(v + 2n), int(r), int(s)];
    if (kind === 2) return [int(v), int(0n), int(s)];
    if (kind === 3) return [int(v), int(r), int(0n)];
    if (kind === 4) return [int(v), int(r), int(HALF_ORDER + BigInt(next() % 2))];
    if (kind === 5) return [int(v), int(ORDER + BigInt(next() % 2)), int(s)];
    if (kind === 6) return [int(v), int(BigInt(next())), int(s)];
    if (kind === 7) return [int(BigInt(next() % 40)), int(r), int(s)];
    return [int(MAX), int(r), int(s)];
  };
}
