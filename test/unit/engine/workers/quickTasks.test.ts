import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CallRunner } from "../../../../src/engine/calls/callRunner.js";
import { QuickRunError } from "../../../../src/engine/execution/quickRun.js";
import type { CallRequest } from "../../../../src/engine/types.js";
import { QuickTasks } from "../../../../src/engine/workers/quickTasks.js";
import { LocalTasks, type TaskRunner } from "../../../../src/engine/workers/taskRunner.js";
import type { Address } from "../../../../src/util/hex.js";
import { fromHex, type Hash, toHex } from "../../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../../helpers/evmCode.js";

const ALLOWANCE = 100_000;
const PAIRING = "0x0000000000000000000000000000000000000008";
const from = addressOf(accounts[1]);
let chain: EngineChain;
let block: Hash;
const at: Record<string, Address> = {};

beforeAll(async () => {
  chain = await EngineChain.open();
  const names = Object.keys(CODE) as (keyof typeof CODE)[];
  const raws = await Promise.all(
    names.map((name, nonce) => signTx({ nonce, data: creationCode(CODE[name]), gas: 400_000n })),
  );
  const receipts = (await chain.receipts(raws)).slice(1);
  for (const [i, name] of names.entries()) at[name] = receipts[i]?.contractAddress as Address;
  block = (await chain.engine.getHeader("latest"))?.hash as Hash;
});
afterAll(() => chain.engine.close());

/** Tasks that begin here, and the names of those that were passed on. */
function quickTasks() {
  const { execution } = chain.engine;
  if (!execution) throw new Error("no execution");
  const { rules, stores } = execution;
  const calls = new CallRunner(rules, stores.states, 2_000, stores.ancestors, ALLOWANCE);
  const passedOn: string[] = [];
  const elsewhere = {
    run: async (task: string) => {
      passedOn.push(task);
      return "elsewhere";
    },
    close: async () => {},
  } as unknown as TaskRunner;
  const tasks = new QuickTasks(new LocalTasks({ execution, calls }), elsewhere);
  const run = (task: "call" | "estimateGas", request: CallRequest) =>
    tasks.run(task, { request, block, options: {} });
  return { tasks, run, passedOn };
}

test("small calls and estimates are answered here, as the engine answers them", async () => {
  const { run, passedOn } = quickTasks();
  const requests: CallRequest[] = [
    { to: from },
    { to: at.count as Address, from },
    { to: at.log as Address, data: fromHex(words(1, 2)) },
    { to: at.callAndStore as Address, data: fromHex(words(BigInt(at.count as Address), 5)) },
    { to: at.revert as Address, data: fromHex(words(3)) },
  ];
  for (const request of requests) {
    expect(await run("call", request)).toEqual(await chain.engine.call(request, "latest"));
  }
  for (const request of requests.slice(0, 3)) {
    expect(await run("estimateGas", request)).toBe(
      await chain.engine.estimateGas(request, "latest"),
    );
  }
  expect(passedOn).toEqual([]);
});

test("a call that is long is passed on, and from then on at once", async () => {
  const { run, passedOn } = quickTasks();
  const request = { to: at.loop as Address };
  expect(await run("call", request)).toBe("elsewhere");
  expect(await run("call", { ...request, from })).toBe("elsewhere");
  expect(passedOn).toEqual(["call", "call"]);
  // Another function of it may be short.
  await run("call", { to: at.count as Address });
  expect(passedOn).toHaveLength(2);
});

test("precompiles whose gas says little of their time, large inputs and overrides are for elsewhere", async () => {
  const { tasks, run, passedOn } = quickTasks();
  await run("call", { to: PAIRING });
  await run("call", { to: from, data: new Uint8Array(5_000) });
  const options = { stateOverrides: { [from]: { balance: 1n } } };
  await tasks.run("call", { request: { to: from }, block, options });
  await run("call", { data: fromHex(creationCode(CODE.count)) });
  expect(passedOn).toEqual(["call", "call", "call", "call"]);
});

test("a run that was cut off leaves nothing behind for the next", async () => {
  const { execution } = chain.engine;
  if (!execution) throw new Error("no execution");
  const { rules, stores } = execution;
  const header = await chain.engine.getHeader("latest");
  if (!header) throw new Error("no head");
  const quick = new CallRunner(rules, stores.states, 2_000, stores.ancestors, 10_000);
  const data = fromHex(words(BigInt(at.loop as Address), 5));
  const request = { to: at.callAndStore as Address, data };
  const count = { to: at.count as Address };
  const before = await chain.engine.call(count, "latest");
  for (let i = 0; i < 20; i++) {
    await expect(quick.call(request, header)).rejects.toBeInstanceOf(QuickRunError);
  }
  const after = await new CallRunner(rules, stores.states, 2_000).call(count, header);
  expect(toHex(after.returnData)).toBe(toHex(before.returnData));
  expect(after.gasUsed).toBe(before.gasUsed);
});
