import { expect, test } from "@jest/globals";
import { Limiter } from "../../../src/engine/calls/limiter.js";
import { openEngine } from "../../../src/engine/index.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { EngineChain, testRollup } from "../../helpers/engineChain.js";
import { FakeClock } from "../../helpers/fakeClock.js";

test("the limiter runs so many at once, lets so many wait, and refuses the rest", async () => {
  const limiter = new Limiter(2, 1);
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let running = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, ++running);
    await gate;
    running--;
  };
  const accepted = [limiter.run(task), limiter.run(task), limiter.run(task)];
  await expect(limiter.run(task)).rejects.toMatchObject({ code: "ENGINE_CALL_BUSY" });
  release();
  await Promise.all(accepted);
  await limiter.run(task);
  expect(most).toBe(2);
});

test("a closed engine refuses to build and to insert, and closing twice is no error", async () => {
  const { engine } = await EngineChain.open();
  const state = {
    headBlockHash: engine.genesisHash,
    safeBlockHash: engine.genesisHash,
    finalizedBlockHash: engine.genesisHash,
  };
  await engine.close();
  await engine.close();
  await expect(engine.forkchoiceUpdated(state)).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
  await expect(engine.getPayload("0x05")).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
});

test("a store that lost the head's state is refused, not rebuilt silently", async () => {
  const store = new MemoryStore();
  const chain = await EngineChain.open({ store });
  await chain.mine();
  const keys: Uint8Array[] = [];
  // All trie nodes, which start with "n".
  for await (const [key] of store.iterate({ gte: Uint8Array.of(0x6e), lt: Uint8Array.of(0x6f) })) {
    keys.push(key);
  }
  await store.batch(keys.map((key) => ({ type: "del", key })));
  const clock = new FakeClock(0);
  await expect(openEngine({ store, rollup: testRollup(), clock })).rejects.toMatchObject({
    code: "ENGINE_STATE_MISSING",
  });
});
