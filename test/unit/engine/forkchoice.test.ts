import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { L2Rules } from "../../../src/engine/l2Rules.js";
import type { EngineEvent } from "../../../src/engine/types.js";
import type { ExecutionPayload } from "../../../src/protocol/index.js";
import { LevelStore } from "../../../src/storage/levelStore.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import type { KeyValueStore } from "../../../src/storage/types.js";
import type { Address, Hash } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { EngineChain, signTx, testRollup } from "../../helpers/engineChain.js";

const TO: Address = "0x00000000000000000000000000000000000000aa";
const UNKNOWN: Hash = `0x${"ee".repeat(32)}`;

describe("fork choice", () => {
  test("moves back to an ancestor, to a side chain and back, and the pool gets abandoned transactions", async () => {
    const chain = await EngineChain.open();
    const { engine } = chain;
    const a1 = await chain.mine();
    const first = await signTx({ nonce: 0, to: TO, value: 1n });
    const second = await signTx({ nonce: 1, to: TO, value: 1n });
    const a2 = await chain.mine([first]);
    const a3 = await chain.mine([second]);
    const events: EngineEvent[] = [];
    const stop = engine.subscribe((event) => events.push(event));

    await chain.setHead(a1.blockHash);
    expect((await engine.getHeader("latest"))?.hash).toBe(a1.blockHash);
    expect(await engine.getHeader(2n)).toBeUndefined();
    expect(await engine.getReceipt(keccakHex(first))).toBeUndefined();
    expect(engine.pool.status().pending).toBe(2);
    const numbers = (list: { number: bigint }[]) => list.map(({ number }) => number);
    const moved = events.find((event) => event.type === "head");
    expect(moved?.type === "head" && [numbers(moved.added), numbers(moved.removed)]).toEqual([
      [],
      [2n, 3n],
    ]);

    const b2 = await chain.mine([second, first], { timestamp: a2.timestamp + 1n });
    expect(b2.blockNumber).toBe(2n);
    expect((await engine.getHeader(2n))?.hash).toBe(b2.blockHash);
    // Second before first was dropped, so it waits in the pool still.
    expect(engine.pool.status().pending).toBe(1);
    expect(await engine.getBalance(TO, "latest")).toBe(1n);

    await chain.setHead(a3.blockHash);
    expect((await engine.getReceipt(keccakHex(second)))?.blockHash).toBe(a3.blockHash);
    expect((await engine.getReceipt(keccakHex(first)))?.blockHash).toBe(a2.blockHash);
    expect(engine.pool.status().pending).toBe(0);
    expect((await engine.getBlock({ hash: b2.blockHash }))?.transactions).toHaveLength(2);
    expect(await engine.getHeader({ hash: b2.blockHash, requireCanonical: true })).toBeUndefined();
    stop();
    await engine.close();
  });

  test("labels must be ancestors of the head, are kept when zero, and go back with a reorg below them", async () => {
    const chain = await EngineChain.open();
    const { engine } = chain;
    const a1 = await chain.mine();
    const a2 = await chain.mine();
    await chain.setHead(a1.blockHash);
    const b2 = await chain.mine([], { timestamp: a2.timestamp + 5n });
    await expect(chain.setHead(b2.blockHash, a2.blockHash)).rejects.toMatchObject({
      code: "ENGINE_BAD_FORKCHOICE",
    });
    await chain.setHead(b2.blockHash, b2.blockHash, a1.blockHash);
    await chain.setHead(b2.blockHash);
    expect((await engine.getHeader("safe"))?.hash).toBe(b2.blockHash);
    expect((await engine.getHeader("finalized"))?.hash).toBe(a1.blockHash);
    await chain.setHead(a2.blockHash);
    expect((await engine.getHeader("safe"))?.hash).toBe(a1.blockHash);
    expect((await engine.getHeader("latest"))?.hash).toBe(a2.blockHash);
    await engine.close();
  });

  test("an unknown head or parent is SYNCING, a bad payload and its children are INVALID", async () => {
    const chain = await EngineChain.open();
    const { engine } = chain;
    expect((await chain.setHead(UNKNOWN)).payloadStatus.status).toBe("SYNCING");
    const payload = await chain.build([]);
    const other = await EngineChain.open();
    const { engine: fresh } = other;
    const wrongHash = { ...payload, gasUsed: payload.gasUsed + 1n };
    expect(await fresh.newPayload(wrongHash)).toMatchObject({
      status: "INVALID_BLOCK_HASH",
      validationError: "block hash",
    });
    const { chain: config } = testRollup();
    const payloadHash = (claimed: ExecutionPayload) =>
      new L2Rules(config).payloadHeader(claimed).hash;
    const lie = { ...wrongHash, blockHash: payloadHash(wrongHash) };
    const status = await fresh.newPayload(lie);
    expect(status).toMatchObject({ status: "INVALID", latestValidHash: chain.engine.genesisHash });
    expect(fresh.badBlocks?.().map(({ header }) => header.hash)).toEqual([lie.blockHash]);
    const child = { ...payload, parentHash: lie.blockHash, blockNumber: 2n };
    const named = { ...child, blockHash: payloadHash(child) };
    expect((await fresh.newPayload(named)).status).toBe("INVALID");
    expect((await other.setHead(lie.blockHash)).payloadStatus.status).toBe("INVALID");
    const orphan = { ...payload, parentHash: UNKNOWN };
    expect((await fresh.newPayload({ ...orphan, blockHash: payloadHash(orphan) })).status).toBe(
      "SYNCING",
    );
    expect((await fresh.newPayload(payload)).status).toBe("VALID");
    await engine.close();
    await fresh.close();
  });

  test("bad attributes and unknown payloads have their codes", async () => {
    const chain = await EngineChain.open();
    await expect(chain.build([], { timestamp: 1n })).rejects.toMatchObject({
      code: "ENGINE_BAD_ATTRIBUTES",
    });
    await expect(
      chain.build([], { eip1559Params: { denominator: 0, elasticity: 2 } }),
    ).rejects.toMatchObject({
      code: "ENGINE_BAD_ATTRIBUTES",
    });
    await expect(chain.engine.getPayload("0x0500000000000000")).rejects.toMatchObject({
      code: "ENGINE_UNKNOWN_PAYLOAD",
    });
    const attributes = await chain.attributes([]);
    const head = chain.engine.genesisHash;
    const state = { headBlockHash: head, safeBlockHash: head, finalizedBlockHash: head };
    const [one, two] = [
      await chain.engine.forkchoiceUpdated(state, attributes),
      await chain.engine.forkchoiceUpdated(state, attributes),
    ];
    expect(one.payloadId).toBe(two.payloadId);
    const defaults = await chain.build([], {
      ...attributes,
      eip1559Params: { denominator: 0, elasticity: 0 },
    });
    const { extraData } = await chain.engine.getPayload(one.payloadId ?? "0x");
    expect(defaults.extraData).toEqual(extraData);
    await chain.engine.close();
  });
});

/** A store whose disk ends at some batch: the batch that crosses the end never happened. */
function mortalStore(inner: KeyValueStore, batches: number): KeyValueStore {
  let left = batches;
  return {
    get: (key) => inner.get(key),
    has: (key) => inner.has(key),
    iterate: (range) => inner.iterate(range),
    close: async () => {},
    batch: async (operations, options) => {
      if (left-- <= 0) throw new Error("killed");
      await inner.batch(operations, options);
    },
  };
}

describe("restart", () => {
  test("the same heads, blocks and state come back from disk, and another chain is refused", async () => {
    const directory = await mkdtemp(join(tmpdir(), "fovea-engine-"));
    const chain = await EngineChain.open({ store: await LevelStore.open(directory) });
    const a1 = await chain.mine([await signTx({ nonce: 0, to: TO, value: 5n })]);
    const a2 = await chain.mine();
    await chain.setHead(a2.blockHash, a1.blockHash, a1.blockHash);
    await chain.engine.close();
    const again = await EngineChain.open({ store: await LevelStore.open(directory) });
    const hashes = await Promise.all(
      (["latest", "safe", "finalized"] as const).map((id) => again.engine.getHeader(id)),
    );
    expect(hashes.map((header) => header?.hash)).toEqual([
      a2.blockHash,
      a1.blockHash,
      a1.blockHash,
    ]);
    expect(await again.engine.getBalance(TO, "latest")).toBe(5n);
    await again.mine([await signTx({ nonce: 1, to: TO, value: 5n })]);
    await again.engine.close();
    const store = await LevelStore.open(directory);
    const rollup = testRollup((c) => ({ ...c, genesisBaseFee: 3n }));
    await expect(EngineChain.open({ store, rollup })).rejects.toMatchObject({
      code: "ENGINE_OTHER_GENESIS",
    });
    await store.close();
    await rm(directory, { recursive: true });
  });

  test("a death between any two writes leaves a store that opens, and the same blocks can follow", async () => {
    const raw = await signTx({ nonce: 0, to: TO, value: 5n });
    const goal = await EngineChain.open();
    const payloads = [await goal.mine([raw]), await goal.mine()];
    await goal.engine.close();
    for (let alive = 0; alive < 6; alive++) {
      const disk = new MemoryStore();
      const dying = async () => {
        const chain = await EngineChain.open({ store: mortalStore(disk, alive) });
        for (const payload of payloads) {
          await chain.engine.newPayload(payload);
          await chain.setHead(payload.blockHash);
        }
      };
      await dying().catch((error: Error) => expect(error.message).toBe("killed"));
      const chain = await EngineChain.open({ store: disk });
      for (const payload of payloads) {
        expect((await chain.engine.newPayload(payload)).status).toBe("VALID");
        await chain.setHead(payload.blockHash);
      }
      expect(await chain.engine.getBalance(TO, "latest")).toBe(5n);
      expect((await chain.engine.getReceipt(keccakHex(raw)))?.blockNumber).toBe(1n);
    }
  });
});
