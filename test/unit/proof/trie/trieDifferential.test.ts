import { createMerkleProof, createMPT } from "@ethereumjs/mpt";
import { expect, test } from "@jest/globals";
import { NodeSet } from "../../../../src/proof/trie/nodeSet.js";
import { Trie } from "../../../../src/proof/trie/trie.js";
import { type Hash, toHex } from "../../../../src/util/hex.js";
import { keccak256 } from "../../../../src/util/keccak.js";
import { createTrieWorld, type TrieOperation } from "./trieWorld.js";

/** `FOVEA_TRIE_RUNS=1000000 npm run jest -- test/unit/proof/trie` is the long run. */
const RUNS = Number(process.env.FOVEA_TRIE_RUNS ?? 20_000);
/** First world; a world is repeated by naming it here. */
const SEED = Number(process.env.FOVEA_TRIE_SEED ?? 1);

interface Tally {
  operations: number;
  deletions: number;
  /** Deletions that had to show the child left over. */
  collapses: number;
  reverts: number;
  reopened: number;
  /** Most nodes recorded for one key. */
  deepest: number;
  mismatches: string[];
}

/** `node` gives the recorded nodes one after the other and nothing else, as a verifier on chain reads them. */
class ListSource {
  readonly #nodes: readonly Uint8Array[];
  #position = 0;

  constructor(nodes: readonly Uint8Array[]) {
    this.#nodes = nodes;
  }

  node(): Uint8Array {
    return this.#nodes[this.#position++] ?? new Uint8Array(0);
  }

  get isUsedUp(): boolean {
    return this.#position === this.#nodes.length;
  }
}

const same = (a: Uint8Array | null | undefined, b: Uint8Array | null | undefined) =>
  a && b ? Buffer.compare(a, b) === 0 : !a === !b;

/** Does one operation with the root and the recorded nodes alone. */
function isRepeatable(
  before: Hash,
  { key, value }: TrieOperation,
  shown: { path: Uint8Array[]; put: Uint8Array[] },
  expected: { old: Uint8Array | undefined; root: Hash },
): boolean {
  // A sibling may equal the leaf that goes; it is then recorded twice, but a source is asked once.
  const extra = shown.put.filter((node) => !shown.path.some((other) => same(node, other)));
  const source = new ListSource([...shown.path, ...extra]);
  const trie = Trie.open(before, source);
  return (
    same(trie.get(key), expected.old) &&
    trie.put(key, value).root() === expected.root &&
    source.isUsedUp
  );
}

/** Up to `limit` operations on the trie of one seed. */
async function runWorld(seed: number, limit: number, tally: Tally): Promise<void> {
  const world = createTrieWorld(seed);
  const { random } = world;
  // Its own hashing is several times slower, and not what is compared.
  const reference = await createMPT({ useKeyHashingFunction: keccak256 });
  let stored = new NodeSet();
  let trie = Trie.empty(stored);
  let snapshot = { trie, root: reference.root(), stored };
  const fail = (what: string, at: number) =>
    tally.mismatches.push(`${what}: world ${seed}, operation ${at}`);

  for (let at = 0; at < limit; at++) {
    const operation = world.next();
    const { key, value } = operation;
    const before = trie.root();
    const shown = { path: [] as Uint8Array[], put: [] as Uint8Array[] };
    const old = trie.get(key, { node: (rlp) => shown.path.push(rlp) });
    if (random.below(8) === 0) {
      if (!same(old, await reference.get(key))) fail("value", at);
      const proof = await createMerkleProof(reference, key);
      const byHash = proof.filter((node, i) => i === 0 || node.length >= 32);
      if (byHash.length !== shown.path.length || !byHash.every((n, i) => same(n, shown.path[i]))) {
        fail("path", at);
      }
    }
    const after = trie.put(key, value, { node: (rlp) => shown.put.push(rlp) });
    if (value.length > 0) await reference.put(key, value);
    else if (old !== undefined) await reference.del(key);
    const root = after.root();
    if (root !== toHex(reference.root())) fail("root", at);
    if (trie.root() !== before || !same(trie.get(key), old)) fail("old trie changed", at);
    if (!isRepeatable(before, operation, shown, { old, root })) fail("recorded proof", at);
    if (shown.put.length > (old !== undefined && value.length === 0 ? 1 : 0)) fail("extra", at);

    trie = after;
    tally.operations++;
    if (old !== undefined && value.length === 0) tally.deletions++;
    tally.collapses += shown.put.length;
    tally.deepest = Math.max(tally.deepest, shown.path.length);
    const choice = random.below(40);
    if (choice === 0) snapshot = { trie, root: reference.root(), stored };
    if (choice === 1) {
      ({ trie, stored } = snapshot);
      reference.root(snapshot.root);
      tally.reverts++;
    }
    if (choice >= 36) {
      trie.collect(stored.recorder);
      trie = Trie.open(trie.root(), stored);
      tally.reopened++;
    }
  }
}

test(
  `${RUNS} random operations give the roots, values and paths of @ethereumjs/mpt, and each can be repeated from its recorded nodes alone`,
  async () => {
    const tally: Tally = {
      operations: 0,
      deletions: 0,
      collapses: 0,
      reverts: 0,
      reopened: 0,
      deepest: 0,
      mismatches: [],
    };
    for (let seed = SEED; tally.operations < RUNS; seed++) {
      const limit = Math.min(RUNS - tally.operations, 50 + (seed % 5) * 50);
      await runWorld(seed, limit, tally).catch((cause) => {
        throw new Error(`world ${seed}, operation ${tally.operations} of all`, { cause });
      });
    }
    const { operations, mismatches, ...rest } = tally;
    const extras = Object.entries(rest).map(([name, count]) => `${name} ${count}`);
    process.stdout.write(
      `${operations} operations, ${mismatches.length} mismatches (${extras.join(", ")})\n`,
    );
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(operations).toBe(RUNS);
    if (RUNS < 20_000) return;
    expect(tally.deepest).toBeGreaterThanOrEqual(64);
    expect(tally.collapses).toBeGreaterThan(RUNS / 100);
    expect(Math.min(tally.reverts, tally.reopened)).toBeGreaterThan(100);
  },
  2 * 3_600_000,
);
