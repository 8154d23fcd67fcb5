import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PREFIX } from "../../../../src/engine/chain/chainKeys.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { changeOperation, flatChanges } from "../../../../src/engine/state/flatChanges.js";
import { FlatKeeper, type FlatMove } from "../../../../src/engine/state/flatKeeper.js";
import { FlatState } from "../../../../src/engine/state/flatState.js";
import {
  EMPTY_CODE_HASH,
  encodeAccount,
  StateStore,
} from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import type { StoreOperation } from "../../../../src/storage/types.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";

const address = (n: number): Address => `0x${(n + 1).toString(16).padStart(40, "0")}`;
const slot = (n: number): Uint8Array => fromHex(`0x${n.toString(16).padStart(64, "0")}` as Address);

/** What one thing in a block does. */
type Change =
  | { kind: "balance"; account: number; value: number }
  | { kind: "slot"; account: number; slot: number; value: number }
  | { kind: "remove"; account: number }
  | { kind: "wipe"; account: number }
  | { kind: "root" };

/** States on one store, as an engine keeps them, without blocks around them. */
class States {
  readonly store: MemoryStore;
  readonly states: StateStore;
  readonly flat: FlatState;
  readonly keeper: FlatKeeper;
  /** What was logged as an error. */
  readonly errors: string[] = [];

  constructor(
    store = new MemoryStore(),
    limits: { maxChanges?: number; checkEvery?: number } = {},
  ) {
    this.store = store;
    this.flat = new FlatState(store);
    this.states = new StateStore(store, this.flat);
    const error = (...args: unknown[]): void => void this.errors.push(String(args.at(-1)));
    const logger = { ...silentLogger(), error };
    this.keeper = new FlatKeeper({
      ...limits,
      store,
      nodes: this.states,
      flat: this.flat,
      logger,
    });
  }

  /** Executes a block and stores it with what the keeper adds. */
  async block(parent: Uint8Array, changes: readonly Change[]): Promise<Uint8Array> {
    const state = new BlockState(this.states, parent);
    for (const change of changes) apply(state, change);
    const { root, operations, records } = state.seal();
    const block = { stateOperations: operations, stateRecords: records };
    await this.write(operations, this.keeper.extend(parent, root, block));
    return root;
  }

  async head(root: Uint8Array): Promise<void> {
    await this.write([], this.keeper.follow(root));
  }

  async write(operations: StoreOperation[], move: FlatMove | undefined): Promise<void> {
    await this.store.batch([...operations, ...(move?.operations ?? [])]);
    move?.written();
  }

  /** Records on disk by key. */
  async records(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const prefix of [PREFIX.flatAccount, PREFIX.flatSlot]) {
      const range = { gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1) };
      for await (const [key, value] of this.store.iterate(range)) {
        found.set(toHex(key), toHex(value));
      }
    }
    return found;
  }
}

function apply(state: BlockState, change: Change): void {
  if (change.kind === "root") state.intermediateRoot();
  else if (change.kind === "remove") state.removeAccount(address(change.account));
  else if (change.kind === "wipe") state.wipeStorage(address(change.account));
  else if (change.kind === "balance") {
    state.writeAccount(address(change.account), { balance: BigInt(change.value) });
  } else {
    state.writeAccount(address(change.account), {});
    const value = change.value === 0 ? new Uint8Array() : Uint8Array.of(change.value);
    state.writeStorage(address(change.account), slot(change.slot), value);
  }
  state.settle();
}

/** All records of a state, read from its trie. */
function fromTrie(states: StateStore, root: Uint8Array): Map<string, string> {
  const records = [...flatChanges(states, EMPTY_TRIE_ROOT, root)].map(changeOperation);
  return new Map(
    records.map((operation) => [
      toHex(operation.key),
      operation.type === "put" ? toHex(operation.value) : "",
    ]),
  );
}

/** Makes sure that each account and slot of a state is the same with and without the flat state. */
function compareReads(world: States, root: Uint8Array): void {
  const plain = new StateStore(world.store);
  const [fast, slow] = [new BlockState(world.states, root), new BlockState(plain, root)];
  for (let account = 0; account < 5; account++) {
    expect(fast.readAccount(address(account))).toEqual(slow.readAccount(address(account)));
    for (let n = 0; n < 4; n++) {
      const [a, b] = [fast, slow].map((state) => state.readStorage(address(account), slot(n)));
      expect(toHex(a as Uint8Array)).toBe(toHex(b as Uint8Array));
    }
  }
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("balance" as const), account: fc.nat(4), value: fc.nat(3) }),
  fc.record({
    kind: fc.constant("slot" as const),
    account: fc.nat(4),
    slot: fc.nat(3),
    value: fc.nat(2),
  }),
  fc.record({ kind: fc.constant("remove" as const), account: fc.nat(4) }),
  fc.record({ kind: fc.constant("wipe" as const), account: fc.nat(4) }),
  fc.constant({ kind: "root" as const }),
);
/** A block on one of the states so far, counted back from the newest; a head; or a start of the process. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ parent: fc.constant(0), changes: fc.array(change) }) },
  { weight: 2, arbitrary: fc.record({ parent: fc.nat(6), changes: fc.array(change) }) },
  { weight: 2, arbitrary: fc.record({ head: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
);

describe("the flat state", () => {
  test.each([2, 1_000])(
    "is what the tries say over random histories with branches, reorgs and restarts, compared each %d blocks",
    async (checkEvery) => {
      let used = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
          let world = new States(new MemoryStore(), { checkEvery });
          const roots = [EMPTY_TRIE_ROOT];
          const back = (count: number): Uint8Array =>
            roots[Math.max(0, roots.length - 1 - count)] ?? EMPTY_TRIE_ROOT;
          world.keeper.ensure(EMPTY_TRIE_ROOT);
          await world.keeper.idle();
          for (const each of steps) {
            if (each === "restart") world = new States(world.store, { checkEvery });
            else if ("head" in each) await world.head(back(each.head));
            else {
              const parent = back(each.parent);
              if (world.flat.isAt(parent)) used++;
              roots.push(await world.block(parent, each.changes));
            }
            const { root } = world.flat;
            if (!root) throw new Error("the flat state was given up");
            expect(await world.records()).toEqual(fromTrie(world.states, root));
            compareReads(world, root);
            compareReads(world, back(0));
          }
          expect(world.errors).toEqual([]);
        }),
        { numRuns: 40, seed: 1 },
      );
      expect(used).toBeGreaterThan(50);
    },
    60_000,
  );

  test("is made from the trie where there is none, and goes on to the blocks that come meanwhile", async () => {
    const store = new MemoryStore();
    const before = new States(store);
    const accounts = Array.from({ length: 700 }, (_, account): Change => {
      return { kind: "slot", account, slot: account % 5, value: 1 + (account % 9) };
    });
    let root = await before.block(EMPTY_TRIE_ROOT, accounts);
    // Left behind by something that ended in the middle.
    await store.batch([{ type: "put", key: Uint8Array.of(PREFIX.flatSlot, 1), value: root }]);
    const world = new States(store);
    world.keeper.ensure(root);
    expect(world.flat.root).toBeUndefined();
    root = await world.block(root, [{ kind: "balance", account: 3, value: 7 }]);
    root = await world.block(root, [{ kind: "remove", account: 9 }]);
    await world.head(root);
    await world.keeper.idle();
    expect(world.flat.isAt(root)).toBe(true);
    expect(await world.records()).toEqual(fromTrie(world.states, root));
    compareReads(world, root);
  });

  test("is given up and made again when a record is not what the trie says, or a block's word is not", async () => {
    const world = new States(new MemoryStore(), { checkEvery: 1 });
    world.keeper.ensure(EMPTY_TRIE_ROOT);
    await world.keeper.idle();
    const first: Change[] = [{ kind: "balance", account: 0, value: 1 }];
    let root = await world.block(EMPTY_TRIE_ROOT, first);
    const [key = ""] = [...(await world.records()).keys()];
    const account = { nonce: 0n, balance: 9n, codeHash: EMPTY_CODE_HASH };
    const value = encodeAccount({ ...account, storageRoot: EMPTY_TRIE_ROOT });
    await world.store.batch([{ type: "put", key: fromHex(key as Address), value }]);
    const damaged = new States(world.store, { checkEvery: 1 });
    root = await damaged.block(root, [{ kind: "balance", account: 0, value: 2 }]);
    expect(damaged.errors).toHaveLength(1);
    await damaged.keeper.idle();
    expect(damaged.flat.isAt(root)).toBe(true);
    expect(await damaged.records()).toEqual(fromTrie(damaged.states, root));

    const state = new BlockState(damaged.states, root);
    state.addBalance(address(1), 5n);
    const { root: next, operations, records = [] } = state.seal();
    const lie = { stateOperations: operations, stateRecords: records.slice(1) };
    await damaged.write(operations, damaged.keeper.extend(root, next, lie));
    expect(damaged.errors).toHaveLength(2);
    await damaged.keeper.idle();
    expect(damaged.flat.isAt(next)).toBe(true);
    expect(await damaged.records()).toEqual(fromTrie(damaged.states, next));
  });

  test("is made again when the chain goes over to a state that is too far away for one batch", async () => {
    const world = new States(new MemoryStore(), { maxChanges: 3 });
    world.keeper.ensure(EMPTY_TRIE_ROOT);
    await world.keeper.idle();
    const many = Array.from({ length: 4 }, (_, account): Change => {
      return { kind: "balance", account, value: 1 };
    });
    const far = await world.block(EMPTY_TRIE_ROOT, many);
    await world.head(EMPTY_TRIE_ROOT);
    await world.keeper.idle();
    expect(world.flat.isAt(EMPTY_TRIE_ROOT)).toBe(true);
    expect((await world.records()).size).toBe(0);
    await world.head(far);
    await world.keeper.idle();
    expect(world.flat.isAt(far)).toBe(true);
    expect(await world.records()).toEqual(fromTrie(world.states, far));
  });

  test("is not read after a write that failed, whatever reached the disk, until a start makes it again", async () => {
    const world = new States();
    world.keeper.ensure(EMPTY_TRIE_ROOT);
    await world.keeper.idle();
    const one = await world.block(EMPTY_TRIE_ROOT, [{ kind: "balance", account: 0, value: 1 }]);
    const state = new BlockState(world.states, one);
    state.addBalance(address(0), 1n);
    const { root: two, operations, records } = state.seal();
    const move = world.keeper.extend(one, two, {
      stateOperations: operations,
      stateRecords: records,
    });
    expect(world.flat.root).toBeUndefined();
    move?.failed();
    // It was written after all, as when a disk says so too late.
    await world.store.batch([...operations, ...(move?.operations ?? [])]);
    const three = await world.block(one, [{ kind: "balance", account: 1, value: 1 }]);
    expect(world.flat.root).toBeUndefined();
    compareReads(world, three);
    const again = new States(world.store);
    expect(again.flat.root).toBeUndefined();
    again.keeper.ensure(three);
    await again.keeper.idle();
    expect(await again.records()).toEqual(fromTrie(again.states, three));
  });

  test("stops being made when the store is to be closed, and says nothing of it", async () => {
    const store = new MemoryStore();
    const accounts = Array.from({ length: 900 }, (_, account): Change => {
      return { kind: "balance", account, value: 1 };
    });
    const root = await new States(store).block(EMPTY_TRIE_ROOT, accounts);
    const world = new States(store);
    world.keeper.ensure(root);
    await world.keeper.close();
    expect(world.flat.root).toBeUndefined();
    expect((await world.records()).size).toBeLessThan(900);
    expect(new FlatState(store).root).toBeUndefined();
    expect(world.errors).toEqual([]);
  });
});
