import { encodeRlp } from "../../src/engine/state/rlp.js";
import { EMPTY_CODE_HASH, makeRev } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import { addressKey, slotKey } from "../../src/proof/state/trieKeys.js";
import type { MachineState, Step, Word } from "../../src/proof/state/types.js";
import { listSlot, warmAddress } from "../../src/proof/state/warm.js";
import { putTransient, setCreated, setSlotLoaded } from "../../src/proof/state/warmth.js";
import { bytesToWord, wordToBytes } from "../../src/proof/state/wordBytes.js";
import { CALL_FLAGS_WORD, type CallFlags } from "../../src/proof/state/words.js";
import { World } from "../../src/proof/state/world.js";
import { C, DEPTH } from "../../src/proof/table.js";
import { type Hash, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";
import { type OpFrame, opStep } from "./opStates.js";
import { type Alloc, type AllocAccount, worldOf } from "./proofEvm.js";
import type { Rng } from "./randomProgram.js";

/** Address of the running frame in these states. */
export const SELF = 0x5e1fn;
/** Sender of the transaction. */
export const SENDER = 0x5e4de4n;

/** What a transaction has done so far, and to what. */
export interface WorldGiven {
  readonly alloc?: Alloc;
  readonly warm?: readonly Word[];
  readonly listed?: readonly (readonly [address: Word, slot: Word])[];
  readonly loaded?: readonly (readonly [address: Word, slot: Word, original: Word])[];
  readonly transient?: readonly (readonly [address: Word, slot: Word, value: Word])[];
  readonly created?: readonly Word[];
  readonly destructs?: readonly Word[];
  readonly refund?: number;
}

/** An account of a test; empty where nothing is said. */
export function account(fields: Partial<AllocAccount> = {}): AllocAccount {
  return { nonce: 0n, balance: 0n, code: new Uint8Array(0), storage: new Map(), ...fields };
}

/** Accounts of others, so that paths have some nodes. */
export function crowd(rng: Rng, count: number): [bigint, AllocAccount][] {
  return Array.from({ length: count }, () => [
    bytesToWord(rng.bytes(20)),
    account({ nonce: BigInt(1 + rng.below(9)), balance: BigInt(rng.below(2 ** 31)) }),
  ]);
}

/** A machine in mode OP in a world; the frame's own address is SELF. */
export function worldStep(rng: Rng, frame: OpFrame, given: WorldGiven = {}): Step {
  const step = opStep(rng, frame);
  const { s } = step;
  if (s.frame !== undefined) s.frame.self = SELF;
  s.tx.sender = SENDER;
  s.rev = {
    ...makeRev(worldOf(given.alloc ?? new Map(), step.inputs)),
    refund: given.refund ?? 0,
    destructs: given.destructs ?? [],
    logCount: 3,
    logBytes: 5,
    logs: PagedBytes.of(DEPTH.bytes, rng.bytes(5)),
  };
  for (const address of given.warm ?? []) warmAddress(step, address);
  for (const [address, slot] of given.listed ?? []) listSlot(step, address, slot);
  for (const [address, slot, original] of given.loaded ?? []) {
    setSlotLoaded(step, address, slot, original);
  }
  for (const [address, slot, value] of given.transient ?? []) {
    putTransient(step, address, slot, value);
  }
  for (const address of given.created ?? []) setCreated(step, address);
  return step;
}

/** What is set on a state before a mode between opcodes. */
export interface ModeGiven extends WorldGiven {
  readonly sub?: number;
  readonly cnt?: number;
  readonly flags?: Partial<CallFlags>;
  /** Call words by their index in C. */
  readonly call?: Readonly<Record<number, Word>>;
  /** Registers by their index in R. */
  readonly regs?: Readonly<Record<number, Word>>;
  readonly bufA?: Uint8Array;
  readonly bufB?: Uint8Array;
  /** Code whose root is C8. */
  readonly calleeCode?: Uint8Array;
  /** False: the transaction's own call, before there is a frame. */
  readonly hasFrame?: boolean;
  readonly frame?: Partial<OpFrame>;
}

/** A machine in a mode between opcodes. Its buffers, registers and call words are those given, else empty. */
export function modeStep(rng: Rng, mode: number, given: ModeGiven): Step {
  const step = worldStep(rng, { code: rng.bytes(70), stack: [5n, 6n], ...given.frame }, given);
  const { s } = step;
  Object.assign(s.ctl, { mode, sub: given.sub ?? 0, cnt: given.cnt ?? 0 });
  if (given.hasFrame === false) s.frame = undefined;
  const { work } = s;
  setWords(work.call, given.call);
  setWords(work.regs, given.regs);
  if (given.flags !== undefined) work.call[C.flags] = CALL_FLAGS_WORD.pack(flagsOf(given.flags));
  if (given.bufA !== undefined) work.bufA = PagedBytes.of(DEPTH.bytes, given.bufA);
  if (given.bufB !== undefined) work.bufB = PagedBytes.of(DEPTH.bufB, given.bufB);
  if (given.calleeCode !== undefined) {
    work.calleeCode = PagedBytes.of(DEPTH.code, given.calleeCode);
  }
  return step;
}

function setWords(words: Word[], given: Readonly<Record<number, Word>> = {}): void {
  for (const [index, word] of Object.entries(given)) words[Number(index)] = word;
}

function flagsOf(flags: Partial<CallFlags>): CallFlags {
  return {
    kind: 0,
    isTop: false,
    isPrecompile: false,
    isStatic: false,
    isDelegated: false,
    ...flags,
  };
}

const NOTHING = new Uint8Array(0);

/** Nodes of a trie that is deep at one key and full of others elsewhere. */
class DeepTrie {
  readonly nodes = new Map<Hash, Uint8Array>();
  readonly #rng: Rng;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /**
   * Root of a trie where `depth` nodes, branches and a leaf, lead to the value. The lowest branch has one more child, which is
   * known, the others are full of children that are not.
   */
  root(key: Uint8Array, depth: number, value: Uint8Array): Uint8Array {
    const nibbles = [...key].flatMap((byte) => [byte >> 4, byte & 15]);
    const branches = depth - 1;
    let reference = this.#add([hexPrefix(nibbles.slice(branches)), value]);
    for (let level = branches - 1; level >= 0; level--) {
      const nibble = nibbles[level] as number;
      const children = level === branches - 1 ? this.#pair(nibble ^ 1) : this.#full();
      children[nibble] = reference;
      reference = this.#add([...children, NOTHING]);
    }
    return reference;
  }

  #full(): Uint8Array[] {
    return Array.from({ length: 16 }, (): Uint8Array => this.#rng.bytes(32));
  }

  /** One child alone: a full branch. */
  #pair(nibble: number): Uint8Array[] {
    const children = new Array<Uint8Array>(16).fill(NOTHING);
    children[nibble] = this.#add([...this.#full(), NOTHING]);
    return children;
  }

  #add(items: Uint8Array[]): Uint8Array {
    const rlp = encodeRlp(items);
    const hash = keccak256(rlp);
    this.nodes.set(toHex(hash), rlp);
    return hash;
  }
}

/** Path of a leaf as its node has it. */
function hexPrefix(nibbles: readonly number[]): Uint8Array {
  const all = nibbles.length % 2 ? [3, ...nibbles] : [2, 0, ...nibbles];
  const pairs = Array.from({ length: all.length / 2 }, (_, i) => all.slice(2 * i, 2 * i + 2));
  return Uint8Array.from(pairs, ([high = 0, low = 0]) => 16 * high + low);
}

/** A world in which the way to SELF and to one of its slots has so many nodes. */
export function deepWorld(
  rng: Rng,
  { accountDepth, slotDepth }: { accountDepth: number; slotDepth: number },
  slot: Word,
  value: Word,
): World {
  const trie = new DeepTrie(rng);
  const encoded = encodeRlp(wordToBytes(value).subarray(32 - byteLength(value)));
  const storage = trie.root(slotKey(slot), slotDepth, encoded);
  const code = wordToBytes(EMPTY_CODE_HASH);
  const leaf = encodeRlp([Uint8Array.of(1), Uint8Array.of(200), storage, code]);
  const root = trie.root(addressKey(SELF), accountDepth, leaf);
  return World.open(toHex(root), {
    node: (hash) => {
      const node = trie.nodes.get(hash);
      if (node === undefined) throw new Error(`no node ${hash}`);
      return node;
    },
  });
}

function byteLength(value: Word): number {
  return Math.ceil(value.toString(16).length / 2);
}

/** The running frame's state after a step; throws if there is none. */
export function frameAfter(next: MachineState) {
  if (next.frame === undefined) throw new Error("no frame is left");
  return next.frame;
}
