import type { Alloc, AllocAccount, EvmMessage } from "./proofEvm.js";

/** A small generator of numbers with a seed (mulberry32). */
export class Rng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= result < bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

const CALLER = 0xca11e7n;
/** Contracts that random code calls. */
export const CONTRACTS = [0xc0de01n, 0xc0de02n, 0xc0de03n, 0xc0de04n] as const;
/** An account that random code calls, and that delegates. */
export const DELEGATED = 0xde1e9an;
/** An account that random code pays. */
export const RICH = 0x41c4n;
const NOBODY = 0xdeadbeefn;
const ADDRESSES: readonly bigint[] = [...CONTRACTS, DELEGATED, CALLER, RICH, NOBODY, 0xc0ffeen];
const MAX = 2n ** 256n - 1n;
const EDGES: readonly bigint[] = [
  0n,
  1n,
  2n,
  31n,
  32n,
  33n,
  255n,
  256n,
  2n ** 32n - 1n,
  2n ** 64n - 1n,
  2n ** 128n,
  2n ** 160n - 1n,
  2n ** 255n,
  2n ** 255n - 1n,
  MAX,
  MAX - 31n,
];

/** Opcodes of one result and no offset, by how many words they take. */
const PURE: readonly (readonly number[])[] = [
  [
    0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
  ].concat([0x4a, 0x58, 0x59, 0x5a, 0x5f]),
  [0x15, 0x19, 0x1e, 0x35, 0x49, 0x54, 0x5c, 0x31, 0x3b, 0x3f, 0x54],
  [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16].concat(
    [0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x1d],
  ),
  [0x08, 0x09],
];

class Builder {
  readonly #rng: Rng;
  readonly #code: number[] = [];
  #depth: number;

  constructor(rng: Rng, depth: number, start: readonly number[] = []) {
    this.#rng = rng;
    this.#depth = depth;
    this.#code.push(...start);
  }

  build(snippets: number): Uint8Array {
    for (let i = 0; i < snippets; i++) this.#snippet();
    this.#end();
    return Uint8Array.from(this.#code);
  }

  #emit(...bytes: number[]): void {
    this.#code.push(...bytes);
  }

  #push(value: bigint): void {
    if (value === 0n && this.#rng.chance(50)) {
      this.#emit(0x5f);
      return;
    }
    let hex = value.toString(16);
    if (hex.length % 2) hex = `0${hex}`;
    const data = Buffer.from(hex, "hex");
    this.#emit(0x5f + data.length, ...data);
  }

  #word(): void {
    const rng = this.#rng;
    const kind = rng.below(10);
    if (kind < 4) this.#push(BigInt(rng.below(300)));
    else if (kind < 6) this.#push(rng.pick(EDGES));
    else if (kind < 7) this.#push(rng.pick(ADDRESSES));
    else if (kind < 9)
      this.#push(BigInt(`0x${Buffer.from(rng.bytes(1 + rng.below(32))).toString("hex")}`));
    else this.#emit(0x80 + rng.below(4));
  }

  #offset(): void {
    const rng = this.#rng;
    const isOdd = rng.below(1_000) < 8;
    this.#push(isOdd ? rng.pick(EDGES) : BigInt(rng.below(600)));
  }

  #length(): void {
    const rng = this.#rng;
    const kind = rng.below(1_000);
    if (kind < 250) this.#push(0n);
    else if (kind < 975) this.#push(BigInt(rng.below(200)));
    else if (kind < 995) this.#push(BigInt(rng.below(70_000)));
    else this.#push(rng.pick(EDGES));
  }

  #slot(): void {
    this.#push(BigInt(this.#rng.below(5)));
  }

  #address(): void {
    const rng = this.#rng;
    if (rng.chance(80)) this.#push(rng.pick(ADDRESSES));
    else if (rng.chance(70)) this.#push(BigInt(1 + rng.below(18)));
    else this.#word();
  }

  #snippet(): void {
    const rng = this.#rng;
    const kind = rng.below(100);
    if (kind < 30) this.#pure();
    else if (kind < 40) this.#memory();
    else if (kind < 52) this.#storage();
    else if (kind < 60) this.#copy();
    else if (kind < 64) this.#hash();
    else if (kind < 68) this.#log();
    else if (kind < 75) this.#jump();
    else if (kind < 78) this.#shuffle();
    else if (kind < 90) this.#call();
    else if (kind < 95) this.#create();
    else if (kind < 96) this.#emit(rng.below(256));
    else if (kind < 97 && this.#depth > 0) this.#destroy();
    else this.#pure();
  }

  #pure(): void {
    const pops = this.#rng.below(4);
    const opcode = this.#rng.pick(PURE[pops] as readonly number[]);
    const isAccount = opcode === 0x31 || opcode === 0x3b || opcode === 0x3f;
    for (let i = 0; i < pops; i++) {
      if (isAccount) this.#address();
      else if (opcode === 0x54 || opcode === 0x5c) this.#slot();
      else this.#word();
    }
    this.#emit(opcode);
    if (this.#rng.chance(30)) this.#save();
  }

  /** Makes a result matter: to a slot, to memory, or away. */
  #save(): void {
    const kind = this.#rng.below(3);
    if (kind === 0) {
      this.#slot();
      this.#emit(0x55);
    } else if (kind === 1) {
      this.#offset();
      this.#emit(0x52);
    } else this.#emit(0x50);
  }

  #memory(): void {
    const opcode = this.#rng.pick([0x51, 0x52, 0x52, 0x53]);
    if (opcode !== 0x51) this.#word();
    this.#offset();
    this.#emit(opcode);
  }

  #storage(): void {
    const opcode = this.#rng.pick([0x54, 0x55, 0x55, 0x55, 0x5c, 0x5d]);
    if (opcode === 0x55 || opcode === 0x5d) {
      if (this.#rng.chance(35)) this.#push(0n);
      else this.#word();
    }
    this.#slot();
    this.#emit(opcode);
  }

  #copy(): void {
    const rng = this.#rng;
    const opcode = rng.pick([0x37, 0x39, 0x3e, 0x5e, 0x5e, 0x3c]);
    if (opcode === 0x3e && rng.chance(95)) {
      // Most of the time what is really there.
      this.#emit(0x3d, 0x5f);
    } else {
      this.#length();
      this.#offset();
    }
    this.#offset();
    if (opcode === 0x3c) this.#address();
    this.#emit(opcode);
  }

  #hash(): void {
    this.#length();
    this.#offset();
    this.#emit(0x20);
    if (this.#rng.chance(50)) this.#save();
  }

  #log(): void {
    const topics = this.#rng.below(5);
    for (let i = 0; i < topics; i++) this.#word();
    this.#length();
    this.#offset();
    this.#emit(0xa0 + topics);
  }

  /** A jump over some bytes that may be data. */
  #jump(): void {
    const rng = this.#rng;
    const skipped = rng.bytes(rng.below(8));
    const isConditional = rng.chance(60);
    if (isConditional) this.#word();
    const to = this.#code.length + 4 + skipped.length + (rng.chance(99) ? 0 : 1);
    this.#emit(0x61, to >> 8, to & 0xff, isConditional ? 0x57 : 0x56, ...skipped, 0x5b);
  }

  #shuffle(): void {
    const rng = this.#rng;
    for (let i = 0; i < 3; i++) this.#word();
    const isSwap = rng.chance(50);
    this.#emit((isSwap ? 0x90 : 0x80) + rng.below(rng.chance(95) ? 2 : 16));
  }

  #call(): void {
    const rng = this.#rng;
    const opcode = rng.pick([0xf1, 0xf1, 0xf2, 0xf4, 0xfa]);
    this.#length();
    this.#offset();
    this.#length();
    this.#offset();
    if (opcode === 0xf1 || opcode === 0xf2) {
      if (rng.chance(60)) this.#push(0n);
      else this.#push(rng.chance(90) ? BigInt(rng.below(20)) : MAX);
    }
    this.#address();
    if (rng.chance(60)) this.#emit(0x5a);
    else this.#push(BigInt(rng.below(100_000)));
    this.#emit(opcode);
    if (rng.chance(50)) this.#save();
  }

  /** Init code that is written to memory by MSTORE or copied from the own code. */
  #create(): void {
    const rng = this.#rng;
    const isSalted = rng.chance(50);
    const init =
      this.#depth > 0
        ? new Builder(rng, this.#depth - 1).build(1 + rng.below(6))
        : rng.bytes(1 + rng.below(10));
    // PUSH2 over, JUMP, the init code, JUMPDEST: then CODECOPY takes it.
    const start = this.#code.length + 4;
    const over = start + init.length;
    this.#emit(0x61, over >> 8, over & 0xff, 0x56, ...init, 0x5b);
    this.#push(BigInt(init.length));
    this.#push(BigInt(start));
    this.#push(0n);
    this.#emit(0x39);
    if (isSalted) this.#push(BigInt(rng.below(2)));
    this.#push(BigInt(rng.chance(95) ? init.length : rng.below(60_000)));
    this.#push(0n);
    this.#push(BigInt(rng.chance(70) ? 0 : rng.below(20)));
    this.#emit(isSalted ? 0xf5 : 0xf0);
    if (rng.chance(40)) this.#save();
    else if (rng.chance(50)) this.#callCreated();
  }

  /** Calls the address that is on the stack. */
  #callCreated(): void {
    for (let i = 0; i < 4; i++) this.#emit(0x5f);
    this.#push(BigInt(this.#rng.below(3)));
    this.#emit(0x85, 0x5a, 0xf1);
  }

  #destroy(): void {
    this.#address();
    this.#emit(0xff);
  }

  #end(): void {
    const rng = this.#rng;
    const kind = rng.below(10);
    if (kind < 3) this.#emit(0x00);
    else if (kind < 4) this.#destroy();
    else {
      this.#length();
      this.#offset();
      this.#emit(kind < 8 ? 0xf3 : 0xfd);
    }
  }
}

const NO_CODE = new Uint8Array(0);

function account(balance: bigint, code: Uint8Array, storage: [bigint, bigint][]): AllocAccount {
  return { nonce: 1n, balance, code, storage: new Map(storage) };
}

/** Code of some random snippets behind `start`, and with what ends it. */
export function randomCode(rng: Rng, snippets: number, start: readonly number[] = []): Uint8Array {
  return new Builder(rng, 2, start).build(snippets);
}

/** A world of a few contracts that call each other, and a message to it. The same seed gives the same. */
export function randomProgram(seed: number): { alloc: Alloc; message: EvmMessage } {
  const rng = new Rng(seed * 2_654_435_761);
  const alloc = new Map<bigint, AllocAccount>();
  alloc.set(CALLER, account(10n ** 18n, NO_CODE, []));
  alloc.set(RICH, account(10n ** 24n, NO_CODE, []));
  for (const address of CONTRACTS) {
    const code = new Builder(rng, 2).build(2 + rng.below(25));
    const storage: [bigint, bigint][] = [];
    for (let slot = 0n; slot < 5n; slot++) {
      if (rng.chance(60)) storage.push([slot, BigInt(1 + rng.below(1_000))]);
    }
    alloc.set(address, account(BigInt(rng.below(200)), code, storage));
  }
  const target = rng.pick([...CONTRACTS, NOBODY, 4n, DELEGATED]);
  const named = Buffer.from(target.toString(16).padStart(40, "0"), "hex");
  alloc.set(DELEGATED, account(50n, Uint8Array.of(0xef, 1, 0, ...named), []));
  const isCreate = rng.chance(15);
  const to = rng.chance(90) ? rng.pick(CONTRACTS) : rng.pick([DELEGATED, NOBODY, 2n, 5n]);
  return {
    alloc,
    message: {
      caller: CALLER,
      to: isCreate ? undefined : to,
      value: BigInt(rng.chance(50) ? 0 : rng.below(100)),
      data: isCreate ? new Builder(rng, 2).build(1 + rng.below(15)) : rng.bytes(rng.below(200)),
      gas: rng.chance(85) ? 100_000 + rng.below(900_000) : rng.below(60_000),
    },
  };
}
