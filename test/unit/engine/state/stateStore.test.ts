import { describe, expect, test } from "@jest/globals";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import type { Address } from "../../../../src/util/hex.js";
import { keccakHex } from "../../../../src/util/keccak.js";

/** A store that counts what is read of it. */
class CountingStore extends MemoryStore {
  reads = 0;

  override get(key: Uint8Array): Uint8Array | undefined {
    this.reads++;
    return super.get(key);
  }
}

const address = (n: number): Address =>
  keccakHex(Uint8Array.of(n >> 8, n & 255)).slice(0, 42) as Address;
const PER_BLOCK = 40;
const ACCOUNTS = 600;

describe("the cache of trie nodes", () => {
  test("keeps those of the newest state, however many older states there are; the others are read again", async () => {
    const store = new CountingStore();
    const states = new StateStore(store);
    const roots = [EMPTY_TRIE_ROOT];
    const block = async (number: number, first: number): Promise<void> => {
      const state = new BlockState(states, roots.at(-1) ?? EMPTY_TRIE_ROOT);
      for (let i = 0; i < PER_BLOCK; i++) {
        state.addBalance(address(first + i), BigInt(number + 1));
      }
      const { root, operations } = state.seal();
      await store.batch(operations);
      roots.push(root);
    };
    for (let number = 0; number < 15; number++) await block(number, number * PER_BLOCK);
    store.reads = 0;
    // More new nodes than the cache holds, each time in the place of the same ones.
    for (let number = 15; number < 600; number++) await block(number, 0);
    const balances = (root: Uint8Array | undefined, from: StateStore): bigint[] => {
      const state = new BlockState(from, root ?? EMPTY_TRIE_ROOT);
      return Array.from(
        { length: ACCOUNTS },
        (_, n) => state.readAccount(address(n))?.balance ?? 0n,
      );
    };
    const newest = balances(roots.at(-1), states);
    expect(store.reads).toBe(0);
    expect(newest).toEqual(balances(roots.at(-1), new StateStore(store)));
    for (const at of [10, 300]) {
      expect(balances(roots[at], states)).toEqual(balances(roots[at], new StateStore(store)));
    }
  });
});
