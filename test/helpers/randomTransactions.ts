import { createRequire } from "node:module";
import { encodeRlp, integerToBytes, type RlpItem } from "../../src/engine/state/rlp.js";
import type { L1Scalars } from "../../src/proof/state/types.js";
import { keccak256 } from "../../src/util/keccak.js";
import { mutateEnvelope } from "./envelopes.js";
import type { Alloc, AllocAccount } from "./proofEvm.js";
import { CONTRACTS, DELEGATED, RICH, Rng, randomCode } from "./randomProgram.js";

const { ecdsaSign, publicKeyCreate } = createRequire(import.meta.url)("secp256k1") as {
  ecdsaSign(hash: Uint8Array, key: Uint8Array): { signature: Uint8Array; recid: number };
  publicKeyCreate(key: Uint8Array, isCompressed: boolean): Uint8Array;
};

/** Chain that the transactions are for. */
export const FUZZ_CHAIN_ID = 4_242n;

/** The block that transactions run in, and what an L2 takes from L1 for it. */
export interface FuzzBlock {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  readonly coinbase: bigint;
  readonly baseFee: bigint;
  readonly prevRandao: bigint;
  readonly l1BaseFee: bigint;
  readonly l1BlobBaseFee: bigint;
  readonly l1: L1Scalars;
}

interface Signer {
  readonly key: Uint8Array;
  readonly address: bigint;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const MAX = 2n ** 256n - 1n;
const MAX_GAS = 2n ** 24n;
const NO_CODE = new Uint8Array(0);
const FRESH = 0xf2e54n;

function signer(index: number): Signer {
  const key = new Uint8Array(32).fill(index + 1);
  const hash = keccak256(publicKeyCreate(key, false).subarray(1));
  return { key, address: BigInt(`0x${Buffer.from(hash.subarray(12)).toString("hex")}`) };
}

/** The first four send; all of them authorize. */
const SIGNERS = [0, 1, 2, 3, 4, 5].map(signer);
const SENDERS = SIGNERS.slice(0, 4);
const TARGETS = [...CONTRACTS, DELEGATED, RICH, FRESH, ...SIGNERS.map(({ address }) => address)];

function bytesOf(value: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
}

/** A block with its accounts, whose transactions are made one by one. The same seed gives the same. */
export class RandomBlock {
  readonly isPlain: boolean;
  readonly block: FuzzBlock;
  readonly alloc: Alloc;
  readonly #rng: Rng;

  constructor(seed: number) {
    const rng = new Rng(seed * 2_246_822_519 + 7);
    this.#rng = rng;
    this.isPlain = rng.chance(50);
    this.alloc = this.#accounts();
    const isTight = rng.chance(10);
    this.block = {
      number: BigInt(rng.chance(80) ? 1_000 + rng.below(5_000) : rng.below(300)),
      timestamp: 1_800_000_000n + BigInt(rng.below(1_000)),
      gasLimit: isTight ? BigInt(300_000 + rng.below(1_500_000)) : 30_000_000n,
      coinbase: rng.pick([0xc0ffeen, RICH, ...TARGETS, 2n, 0n]),
      baseFee: BigInt(rng.pick([0, 1, 7, 7, 1_000])),
      prevRandao: BigInt(`0x${Buffer.from(rng.bytes(32)).toString("hex")}`),
      ...this.#l1(),
    };
  }

  #l1(): Pick<FuzzBlock, "l1BaseFee" | "l1BlobBaseFee" | "l1"> {
    const rng = this.#rng;
    if (this.isPlain) {
      const none = {
        baseFeeScalar: 0,
        blobBaseFeeScalar: 0,
        operatorFeeScalar: 0,
        operatorFeeConstant: 0n,
        daFootprintGasScalar: 400,
      };
      return { l1BaseFee: 0n, l1BlobBaseFee: 0n, l1: none };
    }
    return {
      l1BaseFee: BigInt(rng.below(2 ** 31)),
      l1BlobBaseFee: BigInt(rng.below(2 ** 31)),
      l1: {
        baseFeeScalar: rng.below(10_000),
        blobBaseFeeScalar: rng.below(rng.pick([1_000, 2 ** 31])),
        operatorFeeScalar: rng.chance(50) ? 0 : rng.below(1_000),
        operatorFeeConstant: BigInt(rng.chance(50) ? 0 : rng.below(2 ** 31)),
        daFootprintGasScalar: rng.chance(90) ? rng.below(400) : rng.below(65_536),
      },
    };
  }

  #accounts(): Alloc {
    const rng = this.#rng;
    const alloc = new Map<bigint, AllocAccount>();
    const put = (at: bigint, balance: bigint, code: Uint8Array, nonce = 1n): void => {
      const storage = new Map<bigint, bigint>();
      for (let slot = 0n; slot < 5n; slot++) {
        if (code.length > 0 && rng.chance(60)) storage.set(slot, BigInt(1 + rng.below(1_000)));
      }
      alloc.set(at, { nonce, balance, code, storage });
    };
    put(RICH, 10n ** 24n, NO_CODE);
    for (const at of CONTRACTS) put(at, BigInt(rng.below(200)), this.#code(1 + rng.below(12)));
    put(DELEGATED, 50n, this.#delegation());
    for (const { address } of SIGNERS) {
      const kind = rng.below(40);
      const nonce = kind === 0 ? 2n ** 64n - 1n - BigInt(rng.below(3)) : BigInt(rng.below(300));
      if (kind === 1) continue;
      const balance = kind < 4 ? BigInt(rng.below(20_000_000)) : 10n ** 20n;
      const code = kind === 4 ? this.#code(3) : kind < 8 ? this.#delegation() : NO_CODE;
      put(address, balance, code, nonce);
    }
    return alloc;
  }

  /** Code that begins at times with BLOCKHASH, or with a look at or a call of one who signs. */
  #code(snippets: number): Uint8Array {
    const rng = this.#rng;
    const save = [0x60, rng.below(5), 0x55];
    const who = [0x73, ...bytesOf(rng.pick(SIGNERS).address, 20)];
    const starts = [
      [],
      [],
      [0x61, rng.below(24), rng.below(256), 0x40, ...save],
      [...who, rng.pick([0x31, 0x3b, 0x3f]), ...save],
      [0x5f, 0x5f, 0x5f, 0x5f, 0x60, rng.below(2), ...who, 0x5a, 0xf1, ...save],
    ];
    return randomCode(rng, snippets, rng.pick(starts));
  }

  #delegation(): Uint8Array {
    return Uint8Array.of(0xef, 1, 0, ...bytesOf(this.#target(), 20));
  }

  #target(): bigint {
    const rng = this.#rng;
    if (rng.chance(60)) return rng.pick(CONTRACTS);
    return rng.chance(70) ? rng.pick(TARGETS) : rng.pick([0x100n, BigInt(1 + rng.below(18))]);
  }

  /** The next envelope, valid or not, for a state in which accounts have these nonces. */
  tx(nonceOf: (address: bigint) => bigint): Uint8Array {
    const rng = this.#rng;
    const type = rng.pick([0, 0, 1, 2, 2, 4, 4] as const);
    const from = rng.pick(SENDERS);
    const gas = this.#gas();
    const isCreate = rng.chance(type === 4 ? 1 : 18);
    const nonce = nonceOf(from.address) + BigInt(rng.chance(97) ? 0 : rng.pick([1, 2, 300]));
    const to = isCreate ? new Uint8Array(0) : bytesOf(this.#target(), 20);
    const fields: RlpItem[] = [
      integerToBytes(nonce),
      ...this.#fees(type === 2 || type === 4, gas).map(integerToBytes),
      integerToBytes(gas),
      to,
      integerToBytes(this.#value()),
      this.#data(isCreate),
    ];
    if (type !== 0) fields.push(this.#accessList());
    if (type === 4) fields.push(this.#authorizations(from, nonceOf));
    const raw = this.#sign(type, fields, from);
    return rng.chance(2) ? mutateEnvelope(raw, () => rng.below(2 ** 31)) : raw;
  }

  #gas(): bigint {
    const rng = this.#rng;
    const kind = rng.below(100);
    if (kind < 90) return BigInt(100_000 + rng.below(600_000));
    if (kind < 98) return BigInt(20_900 + rng.below(60_000));
    return rng.pick([0n, 21_000n, MAX_GAS, MAX_GAS + 1n, 2n ** 64n - 1n, 2n ** 64n]);
  }

  #fees(isDynamic: boolean, gas: bigint): bigint[] {
    const rng = this.#rng;
    const { baseFee } = this.block;
    const kind = rng.below(100);
    const edges = [MAX, MAX / (gas || 1n), MAX / (gas || 1n) + 1n];
    const fee =
      kind < 94
        ? baseFee + BigInt(rng.below(10))
        : kind < 97
          ? BigInt(rng.below(Number(baseFee) + 1))
          : rng.pick(edges);
    if (!isDynamic) return [fee];
    const tip = rng.chance(96) ? BigInt(rng.below(8)) : rng.pick([fee, fee + 1n, MAX]);
    return [rng.chance(96) && tip > fee ? fee : tip, fee];
  }

  #value(): bigint {
    const rng = this.#rng;
    const kind = rng.below(100);
    if (kind < 50) return 0n;
    if (kind < 96) return BigInt(rng.below(1_000));
    return rng.pick([10n ** 19n, 10n ** 20n, MAX, MAX + 1n, BigInt(rng.below(20_000_000))]);
  }

  #data(isCreate: boolean): Uint8Array {
    const rng = this.#rng;
    const kind = rng.below(200);
    if (isCreate) {
      if (kind > 1) return this.#code(1 + rng.below(12));
      return new Uint8Array(49_150 + rng.below(4)).fill(rng.below(2));
    }
    // Zeros among others, so that both prices of calldata and its floor matter.
    const length = kind < 120 ? rng.below(100) : kind < 195 ? rng.below(1_500) : rng.below(30_000);
    const zeros = rng.below(100);
    return Uint8Array.from({ length }, () => (rng.chance(zeros) ? 0 : rng.below(256)));
  }

  #accessList(): RlpItem[] {
    const rng = this.#rng;
    return Array.from({ length: rng.below(rng.pick([1, 4, 6])) }, () => [
      bytesOf(this.#target(), 20),
      Array.from({ length: rng.below(4) }, () => bytesOf(BigInt(rng.below(6)), 32)),
    ]);
  }

  #authorizations(from: Signer, nonceOf: (address: bigint) => bigint): RlpItem[] {
    const rng = this.#rng;
    const nonces = new Map<bigint, bigint>([[from.address, nonceOf(from.address) + 1n]]);
    const count = rng.chance(2) ? 0 : 1 + rng.below(4);
    return Array.from({ length: count }, () => {
      const by = rng.pick(SIGNERS);
      const expected = nonces.get(by.address) ?? nonceOf(by.address);
      const isRight = rng.chance(85);
      const nonce = isRight ? expected : this.#wrongNonce(expected);
      const chainId = rng.pick([0n, FUZZ_CHAIN_ID, FUZZ_CHAIN_ID, FUZZ_CHAIN_ID, 1n]);
      if (isRight && chainId !== 1n) nonces.set(by.address, nonce + 1n);
      const target = rng.chance(15) ? 0n : this.#target();
      const body = [integerToBytes(chainId), bytesOf(target, 20), integerToBytes(nonce)];
      const { r, s, parity } = signHash(keccak256(Uint8Array.of(5, ...encodeRlp(body))), by.key);
      return [...body, ...this.#oddly(BigInt(parity), r, s, 10).map(integerToBytes)];
    });
  }

  /** At times so large that the whole transaction is malformed. */
  #wrongNonce(expected: bigint): bigint {
    const rng = this.#rng;
    if (rng.chance(95)) return rng.pick([0n, expected + 1n, expected - 1n]) & (2n ** 64n - 1n);
    return rng.pick([2n ** 64n - 1n, 2n ** 64n]);
  }

  /** A signature, of which some are not what they should be. */
  #oddly(v: bigint, r: bigint, s: bigint, percent: number): [bigint, bigint, bigint] {
    const rng = this.#rng;
    if (!rng.chance(percent)) return [v, r, s];
    switch (rng.below(7)) {
      case 0:
        return [v ^ 1n, r, ORDER - s];
      case 1:
        return [v ^ 1n, r, s];
      case 2:
        return [v + 2n, r, s];
      case 3:
        return [v, 0n, s];
      case 4:
        return [v, r, 0n];
      case 5:
        return [v, r + 1n, s];
      default:
        return [v, ORDER, s];
    }
  }

  #sign(type: number, fields: RlpItem[], { key }: Signer): Uint8Array {
    const rng = this.#rng;
    const chainId = rng.chance(98) ? FUZZ_CHAIN_ID : 1n;
    const isUnprotected = type === 0 && rng.chance(40);
    const id = integerToBytes(chainId);
    const head = type === 0 ? fields : [id, ...fields];
    const tail = type === 0 && !isUnprotected ? [id, NO_CODE, NO_CODE] : [];
    const prefix = type === 0 ? [] : [type];
    const { r, s, parity } = signHash(
      keccak256(Buffer.concat([Uint8Array.from(prefix), encodeRlp([...head, ...tail])])),
      key,
    );
    const base = type !== 0 ? 0n : isUnprotected ? 27n : 35n + 2n * chainId;
    const signature = this.#oddly(BigInt(parity) + base, r, s, 2);
    const body = encodeRlp([...head, ...signature.map(integerToBytes)]);
    return new Uint8Array(Buffer.concat([Uint8Array.from(prefix), body]));
  }
}

function signHash(hash: Uint8Array, key: Uint8Array): { r: bigint; s: bigint; parity: number } {
  const { signature, recid } = ecdsaSign(hash, key);
  const hex = Buffer.from(signature).toString("hex");
  return { r: BigInt(`0x${hex.slice(0, 64)}`), s: BigInt(`0x${hex.slice(64)}`), parity: recid };
}
