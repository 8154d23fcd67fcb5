import { encodeRlp, integerToBytes, type RlpItem } from "../../src/engine/state/rlp.js";
import { EMPTY_CODE_HASH } from "../../src/proof/state/defaults.js";
import { addressKey, slotKey } from "../../src/proof/state/trieKeys.js";
import type { MachineInputs, Word } from "../../src/proof/state/types.js";
import { bytesToWord, wordToBytes } from "../../src/proof/state/wordBytes.js";
import { World } from "../../src/proof/state/world.js";
import { NodeSet } from "../../src/proof/trie/nodeSet.js";
import { EMPTY_TRIE_ROOT, Trie } from "../../src/proof/trie/trie.js";
import { fromHex, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";
import type { Rng } from "./randomProgram.js";

/** A key with a value, or without one: then its path ends at a branch that has no child there. */
export interface DeepLeaf {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** An account at the end of a deep path. */
export interface DeepAccount {
  readonly nonce?: bigint;
  readonly balance?: bigint;
  readonly code?: Uint8Array;
  /** Slots with deep paths of their own; 0: a slot that is not there. */
  readonly slots?: ReadonlyMap<Word, Word>;
  /** A storage trie instead of `slots`. */
  readonly storage?: Trie;
}

/** As many nodes as a path may have when no two hashes share all of their nibbles. */
export const DEEPEST = 64;

const HASH_BYTES = 32;
const NOTHING = new Uint8Array(0);

/**
 * Root of a trie in which the ways to some keys have so many nodes. The nodes are made from the root down for the hashed keys
 * as they are, so no key has to be found that shares a prefix with another. Branches are full, but the lowest above a leaf: it
 * has one more child, which a deletion merges with its branch.
 */
export function deepRoot(
  nodes: NodeSet,
  rng: Rng,
  leaves: readonly DeepLeaf[],
  depth: number,
): Uint8Array {
  const full = () => Array.from({ length: 16 }, (): Uint8Array => rng.bytes(32));
  const add = (items: RlpItem[]): RlpItem => {
    const rlp = encodeRlp(items);
    // A node shorter than a hash stands in its parent.
    if (rlp.length < HASH_BYTES) return items;
    nodes.add(rlp);
    return keccak256(rlp);
  };
  const build = (below: readonly DeepLeaf[], level: number): RlpItem => {
    const [first] = below as [DeepLeaf, ...DeepLeaf[]];
    const isAlone = below.length === 1;
    const { value } = first;
    if (isAlone && value !== undefined && level === depth - 1) {
      return add([leafPath(nibblesOf(first.key).slice(level)), value]);
    }
    const children: RlpItem[] = full();
    const groups = new Map<number, DeepLeaf[]>();
    for (const leaf of below) {
      const nibble = nibblesOf(leaf.key)[level] as number;
      groups.set(nibble, [...(groups.get(nibble) ?? []), leaf]);
    }
    if (isAlone && value !== undefined && level === depth - 2) {
      children.fill(NOTHING);
      children[(nibblesOf(first.key)[level] as number) ^ 1] = add([...full(), NOTHING]);
    }
    const isLast = isAlone && value === undefined && level === depth - 1;
    for (const [nibble, group] of groups) {
      children[nibble] = isLast ? NOTHING : build(group, level + 1);
    }
    return add([...children, NOTHING]);
  };
  return build(leaves, 0) as Uint8Array;
}

/** A trie of which only the ways to some keys are known. */
export function deepTrie(rng: Rng, leaves: readonly DeepLeaf[], depth: number): Trie {
  const nodes = new NodeSet();
  return Trie.open(toHex(deepRoot(nodes, rng, leaves, depth)), nodes);
}

/** A world in which the ways to accounts, and to their slots, have DEEPEST nodes; undefined: nobody is there. */
export function deepAccounts(
  rng: Rng,
  accounts: ReadonlyMap<Word, DeepAccount | undefined>,
  inputs: MachineInputs,
): World {
  const nodes = new NodeSet();
  const leaves = [...accounts].map(([address, account]): DeepLeaf => {
    const key = addressKey(address);
    if (account === undefined) return { key, value: undefined };
    const { nonce = 1n, balance = 2n ** 200n, code = NOTHING } = account;
    const codeHash = code.length === 0 ? EMPTY_CODE_HASH : bytesToWord(keccak256(code));
    if (code.length > 0) inputs.addCode(codeHash, code);
    const root = storageRoot(nodes, rng, account);
    const fields = [integerToBytes(nonce), integerToBytes(balance), root, wordToBytes(codeHash)];
    return { key, value: encodeRlp(fields) };
  });
  return World.open(toHex(deepRoot(nodes, rng, leaves, DEEPEST)), nodes);
}

function storageRoot(nodes: NodeSet, rng: Rng, { slots, storage }: DeepAccount): Uint8Array {
  storage?.collect(nodes.recorder);
  if (slots === undefined) return storage?.rootBytes() ?? fromHex(EMPTY_TRIE_ROOT);
  const leaves = [...slots].map(([slot, value]): DeepLeaf => {
    const encoded = value === 0n ? undefined : encodeRlp(integerToBytes(value));
    return { key: slotKey(slot), value: encoded };
  });
  return deepRoot(nodes, rng, leaves, DEEPEST);
}

function nibblesOf(key: Uint8Array): number[] {
  return [...key].flatMap((byte) => [byte >> 4, byte & 15]);
}

/** Path of a leaf as its node has it. */
function leafPath(nibbles: readonly number[]): Uint8Array {
  const all = nibbles.length % 2 ? [3, ...nibbles] : [2, 0, ...nibbles];
  const pairs = Array.from({ length: all.length / 2 }, (_, i) => all.slice(2 * i, 2 * i + 2));
  return Uint8Array.from(pairs, ([high = 0, low = 0]) => 16 * high + low);
}
