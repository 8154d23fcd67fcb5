import { MerkleStateManager } from "@ethereumjs/statemanager";
import { Address, Account as MptAccount } from "@ethereumjs/util";
import { expect, test } from "@jest/globals";
import { encodeRlp } from "../../../../src/engine/state/rlp.js";
import { PersistentMap } from "../../../../src/proof/state/persistentMap.js";
import { slotKey } from "../../../../src/proof/state/trieKeys.js";
import { type Account, NO_ACCOUNT, World } from "../../../../src/proof/state/world.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/proof/trie/trie.js";
import { createL2Common } from "../../../../src/protocol/index.js";
import { keccak256 } from "../../../../src/util/keccak.js";
import { Rng } from "../../../helpers/randomProgram.js";

const bytesOf = (value: bigint, length: number): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));

test("a map keeps what each of its versions had", () => {
  const rng = new Rng(3);
  const keys = Array.from({ length: 200 }, () => keccak256(rng.bytes(8)));
  const versions: { map: PersistentMap<number>; model: Map<string, number> }[] = [];
  let map = PersistentMap.empty<number>();
  const model = new Map<string, number>();
  for (let i = 0; i < 500; i++) {
    const key = rng.pick(keys);
    map = map.set(key, i);
    model.set(Buffer.from(key).toString("hex"), i);
    if (i % 100 === 0) versions.push({ map, model: new Map(model) });
  }
  for (const version of [...versions, { map, model }]) {
    const seen = new Map<string, number>();
    version.map.forEach((key, value) => {
      seen.set(Buffer.from(key).toString("hex"), value);
    });
    expect(seen).toEqual(version.model);
    expect(version.map.size).toBe(version.model.size);
    for (const key of keys) {
      expect(version.map.get(key)).toBe(version.model.get(Buffer.from(key).toString("hex")));
    }
  }
});

test("roots are those of @ethereumjs/statemanager, whenever they are asked for", async () => {
  const rng = new Rng(11);
  const state = new MerkleStateManager({ common: createL2Common(1) });
  let world = World.empty();
  for (let round = 0; round < 120; round++) {
    const address = BigInt(1 + rng.below(20));
    const account: Account = world.get(address) ?? NO_ACCOUNT;
    const at = new Address(bytesOf(address, 20));
    if (rng.chance(15)) {
      world = world.put(address, undefined);
      // It keeps storage of accounts that go, where nothing is made again.
      if ((await state.getAccount(at)) !== undefined) await state.clearStorage(at);
      await state.deleteAccount(at);
    } else {
      const slot = BigInt(rng.below(6));
      const value = BigInt(rng.below(3));
      const encoded = value === 0n ? new Uint8Array(0) : encodeRlp(bytesOf(value, 1));
      const nonce = account.nonce + 1n;
      world = world.put(address, {
        ...account,
        nonce,
        storage: account.storage.put(slotKey(slot), encoded),
      });
      const there = (await state.getAccount(at)) ?? new MptAccount();
      there.nonce = nonce;
      await state.putAccount(at, there);
      await state.putStorage(
        at,
        bytesOf(slot, 32),
        value === 0n ? new Uint8Array(0) : bytesOf(value, 1),
      );
    }
    if (rng.chance(30)) {
      const root = Buffer.from(await state.getStateRoot()).toString("hex");
      expect({ round, root: world.root() }).toEqual({ round, root: `0x${root}` });
    }
  }
});

test("an old world keeps its root and storage after a new one was made of it", () => {
  const before = World.empty().put(1n, { ...NO_ACCOUNT, nonce: 1n });
  const account = before.get(1n) as Account;
  const after = before.put(1n, {
    ...account,
    storage: account.storage.put(slotKey(0n), Uint8Array.of(7)),
  });
  const root = before.root();
  expect(after.root()).not.toBe(root);
  expect(before.root()).toBe(root);
  expect(before.get(1n)?.storage.root()).toBe(EMPTY_TRIE_ROOT);
  expect(after.get(1n)?.storage.get(slotKey(0n))).toEqual(Uint8Array.of(7));
});

test("empty accounts are never there", () => {
  const world = World.empty().put(1n, { ...NO_ACCOUNT, balance: 1n });
  expect(world.put(1n, NO_ACCOUNT).root()).toBe(EMPTY_TRIE_ROOT);
  expect(world.put(1n, NO_ACCOUNT).get(1n)).toBeUndefined();
});
