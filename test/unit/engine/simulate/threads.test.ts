import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { SimulateRequest } from "../../../../src/engine/simulate/types.js";
import type { BlockHeader } from "../../../../src/engine/types.js";
import { EngineThreads } from "../../../../src/engine/workers/engineThreads.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { accounts, addressOf, EngineChain } from "../../../helpers/engineChain.js";
import { codeOf } from "../../../helpers/simulation.js";

const THREAD = new URL("../../../helpers/engineThread.mjs", import.meta.url);
const limits = { gas: 50_000_000n, timeoutMs: 60_000 };

let chain: EngineChain;
let threads: EngineThreads;
beforeAll(async () => {
  const store = new MemoryStore();
  chain = await EngineChain.open({ store });
  const rules = { kind: "l2", chain: chain.rollup.chain } as const;
  threads = new EngineThreads({ threads: 1, url: THREAD }, { rules, callTimeoutMs: 2_000 }, store);
});
afterAll(async () => {
  await threads.close();
  await chain.engine.close();
});

function requestWith(value: bigint): SimulateRequest {
  const from = addressOf(accounts[0]);
  const call = { from, to: from, value };
  const block = { blockOverrides: {}, stateOverrides: {}, calls: [call] };
  return { blocks: [block, block], traceTransfers: true, validation: false };
}

test("a simulation in a thread is that of the engine's own thread", async () => {
  const { hash: block } = (await chain.engine.getHeader("latest")) as BlockHeader;
  const args = { request: requestWith(5n), block, limits };
  const expected = await chain.engine.tasks?.run("simulate", args);
  expect(expected).toHaveLength(2);
  expect(await threads.run("simulate", args)).toEqual(expected);
});

test("why a simulation is refused is known outside the thread too", async () => {
  const { hash: block } = (await chain.engine.getHeader("latest")) as BlockHeader;
  const args = { request: requestWith(10n ** 30n), block, limits };
  expect(await codeOf(threads.run("simulate", args))).toBe("SIMULATE_INSUFFICIENT_FUNDS");
});
