import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { asBytes, asList, decodeRlp, type RlpItem } from "../../../src/engine/state/rlp.js";
import { EMPTY_CODE_HASH } from "../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../src/engine/state/trie.js";
import type { Address, Hash } from "../../../src/util/hex.js";
import { fromHex, toHex } from "../../../src/util/hex.js";
import { keccak256, keccakHex } from "../../../src/util/keccak.js";
import { EngineChain, signTx } from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const BLOCKS = 1_000;
let chain: EngineChain;
let oldRoot: Hash;
let contract: Address;

beforeAll(async () => {
  chain = await EngineChain.open();
  const data = creationCode(CODE.store);
  const [, receipt] = await chain.receipts([await signTx({ nonce: 0, data, gas: 300_000n })]);
  contract = receipt?.contractAddress as Address;
  const store = (nonce: number, slot: number, value: number) =>
    signTx({ nonce, to: contract, data: words(slot, value), gas: 100_000n });
  for (let i = 0; i < 20; i++) await chain.mine([await store(i + 1, i, i + 1)]);
  oldRoot = (await chain.engine.getHeader("latest"))?.stateRoot as Hash;
  // Everything that the old state holds of the contract is written over, or cleared.
  for (let i = 0; i < 20; i++) await chain.mine([await store(i + 21, i, i % 2 ? 0 : 99)]);
  for (let i = 20; i < BLOCKS; i++) await chain.mine([]);
});
afterAll(() => chain.engine.close());

/** Children of a trie node by hash, and values of leaves, however they are nested. */
function partsOf(item: RlpItem): { hashes: Uint8Array[]; values: Uint8Array[] } {
  const items = asList(item);
  const children = items.length === 17 ? items.slice(0, 16) : [items[1] as RlpItem];
  const isLeaf = items.length === 2 && ((asBytes(items[0])[0] as number) & 0x20) !== 0;
  if (isLeaf) return { hashes: [], values: [asBytes(items[1])] };
  const parts = children.map((child) => {
    if (Array.isArray(child)) return partsOf(child);
    const hash = asBytes(child);
    return { hashes: hash.length === 32 ? [hash] : [], values: [] };
  });
  return {
    hashes: parts.flatMap(({ hashes }) => hashes),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Reads a whole trie by `dbGet`; every part hashes to what it was asked by. */
function readTrie(root: Uint8Array): Uint8Array[] {
  if (toHex(root) === toHex(EMPTY_TRIE_ROOT)) return [];
  const rlp = chain.engine.dbGet(toHex(root));
  expect(rlp && keccakHex(rlp)).toBe(toHex(root));
  const { hashes, values } = partsOf(decodeRlp(rlp as Uint8Array));
  return [...values, ...hashes.flatMap(readTrie)];
}

test("every trie node and code of a state 1,000 blocks old is found by its hash", async () => {
  const accounts = readTrie(fromHex(oldRoot));
  expect(accounts.length).toBeGreaterThan(20);
  let slots = 0;
  let codes = 0;
  for (const account of accounts) {
    const [, , storageRoot, codeHash] = asList(decodeRlp(account)).map((field) => asBytes(field));
    slots += readTrie(storageRoot as Uint8Array).length;
    if (toHex(codeHash as Uint8Array) === toHex(EMPTY_CODE_HASH)) continue;
    const code = chain.engine.dbGet(toHex(codeHash as Uint8Array)) as Uint8Array;
    expect(toHex(keccak256(code))).toBe(toHex(codeHash as Uint8Array));
    codes++;
  }
  expect(slots).toBeGreaterThan(20);
  expect(codes).toBeGreaterThan(5);
});

test("slots of the old state are what they were, in its proofs too", async () => {
  const old = (await chain.engine.getHeader(21n))?.hash as Hash;
  for (const slot of [3, 4]) {
    const value = words(slot + 1);
    expect(await chain.engine.getStorageAt(contract, words(slot), { hash: old })).toBe(value);
    const { storageProof } = await chain.engine.getProof(contract, [words(slot)], { hash: old });
    expect(storageProof[0]?.value).toBe(BigInt(value));
  }
});
