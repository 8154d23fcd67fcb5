import { createMPT, type MerklePatriciaTrie } from "@ethereumjs/mpt";
import { type Hash, toHex } from "../../../src/util/hex.js";
import { collapseNodes, pathNodes } from "../../helpers/mptWitness.js";
import { packWitness } from "../../helpers/packedWitness.js";
import type { SolidityContract } from "../../helpers/solidityVm.js";
import type { Random } from "../vectors/random.js";

const GAS = 30_000_000n;
const OPERATIONS_PER_TRIE = 75;

/** How the keys of one trie collide. */
type KeyStyle = "scattered" | "prefix" | "chain" | "tail";
const STYLES: readonly KeyStyle[] = ["scattered", "prefix", "chain", "tail"];

/** What a run has met, for the report and to see that it meets everything. */
export interface TrieRun {
  operations: number;
  mismatches: string[];
  deepest: number;
  inserts: number;
  updates: number;
  deletes: number;
  reads: number;
  collapsesByHash: number;
  inlineNodes: number;
  emptied: number;
}

const nibbleAt = (key: Uint8Array, i: number) => {
  const byte = key[i >> 1] ?? 0;
  return i % 2 === 0 ? byte >> 4 : byte & 15;
};

function setNibble(key: Uint8Array, i: number, nibble: number): void {
  const byte = key[i >> 1] ?? 0;
  key[i >> 1] = i % 2 === 0 ? (nibble << 4) | (byte & 15) : (byte & 0xf0) | nibble;
}

function randomKey(random: Random, base: Uint8Array, style: KeyStyle): Uint8Array {
  const key = base.slice();
  // Differs first at this nibble; behind it, it goes on as the base (a long shared tail) or at random.
  const first = { scattered: 0, prefix: random.below(6), chain: random.below(64), tail: 58 }[style];
  const at = style === "tail" ? first + random.below(6) : first;
  setNibble(key, at, random.below(16));
  if (style !== "chain" || random.below(3) === 0) {
    for (let i = at + 1; i < 64; i++) setNibble(key, i, random.below(16));
  } else if (random.below(2) === 0) {
    setNibble(key, 63, nibbleAt(key, 63) ^ 1);
  }
  return key;
}

function randomValue(random: Random, isSmall: boolean): Uint8Array {
  const length = isSmall
    ? 1 + random.below(3)
    : 1 + random.below(random.below(8) === 0 ? 300 : 110);
  const value = random.bytes(length);
  // The empty value would be a delete.
  return value;
}

/** Random operations on random tries: the contract's answer against the reference's. */
export async function runTrie(
  harness: SolidityContract,
  random: Random,
  operations: number,
): Promise<TrieRun> {
  const run: TrieRun = {
    operations: 0,
    mismatches: [],
    deepest: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    reads: 0,
    collapsesByHash: 0,
    inlineNodes: 0,
    emptied: 0,
  };
  for (let round = 0; run.operations < operations; round++) {
    const trie = await createMPT({ useRootPersistence: false, useNodePruning: false });
    const style = STYLES[round % STYLES.length] as KeyStyle;
    const base = random.bytes(32);
    const keys: Uint8Array[] = [];
    const isSmall = random.below(2) === 0;
    // A trie grows, lives and shrinks, some of them to nothing.
    for (let i = 0; i < OPERATIONS_PER_TRIE && run.operations < operations; i++) {
      const phase = i / OPERATIONS_PER_TRIE;
      const isKnown = keys.length > 0 && random.below(10) < (phase < 0.4 ? 1 : phase < 0.7 ? 6 : 9);
      const index = random.below(keys.length || 1);
      const key = isKnown ? (keys[index] as Uint8Array) : randomKey(random, base, style);
      const isDelete = random.below(10) < (phase < 0.4 ? 1 : phase < 0.7 ? 5 : 9);
      const value = isDelete ? new Uint8Array(0) : randomValue(random, isSmall);
      const isRead = random.below(12) === 0;
      await operate(harness, trie, { key, value, isRead }, run);
      if (isRead) continue;
      if (isDelete && isKnown) keys.splice(index, 1);
      if (!isDelete && !isKnown) keys.push(key);
    }
    const value = new Uint8Array(0);
    for (const key of keys) {
      if (run.operations < operations)
        await operate(harness, trie, { key, value, isRead: false }, run);
    }
  }
  return run;
}

interface Operation {
  key: Uint8Array;
  value: Uint8Array;
  isRead: boolean;
}

async function operate(
  harness: SolidityContract,
  trie: MerklePatriciaTrie,
  { key, value, isRead }: Operation,
  run: TrieRun,
): Promise<void> {
  const root = toHex(trie.root()) as Hash;
  const { stack } = await trie.findPath(key);
  const path = await pathNodes(trie, key);
  const isDelete = value.length === 0;
  const siblings = isDelete && !isRead ? await collapseNodes(trie, key) : [];
  const old = (await trie.get(key)) ?? new Uint8Array(0);
  if (!isRead) await (isDelete ? trie.del(key) : trie.put(key, value));
  const newRoot = toHex(trie.root());

  const packed = packWitness({ nodes: [...path, ...siblings] });
  const outcome = await harness.call(
    "trie",
    [packed, root, toHex(key), !isRead, toHex(value)],
    GAS,
  );
  run.operations++;
  run.deepest = Math.max(run.deepest, stack.length);
  run.inlineNodes += stack.length - path.length;
  run.collapsesByHash += siblings.length;
  if (isRead) run.reads++;
  else if (isDelete) run.deletes += old.length > 0 ? 1 : 0;
  else if (old.length > 0) run.updates++;
  else run.inserts++;
  if (isDelete && newRoot.startsWith("0x56e81f17") && root !== newRoot) run.emptied++;

  const got = outcome.ok ? outcome.values.slice(0, 2).join() : `${outcome.error}(${outcome.args})`;
  if (got !== [toHex(old), newRoot].join()) {
    run.mismatches.push(`operation ${run.operations}: ${got}, not ${toHex(old)},${newRoot}`);
  }
}
