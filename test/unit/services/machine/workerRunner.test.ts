import { afterEach, expect, test } from "@jest/globals";
import type { MachineInputs } from "../../../../src/proof/state/types.js";
import type { EntryStart } from "../../../../src/services/machine/entryRun.js";
import type { BlockRoot } from "../../../../src/services/machine/rootStore.js";
import { WorkerRunner } from "../../../../src/services/machine/workerRunner.js";

const THREAD = new URL("../../../helpers/machineThread.mjs", import.meta.url);
const runner = new WorkerRunner(THREAD);
const FINE = 0n;
const DIES = 1n;
const HANGS = 2n;
const HAS_NO_MODE = 3n;

afterEach(() => runner.close());

/** Only what the thread of the tests reads. */
const inputs = {
  // A small part of a large buffer, as stores answer.
  entryData: () => new Uint8Array(1_000_000).subarray(10, 15),
} as unknown as MachineInputs;

function run(index: bigint, onBlock: (block: BlockRoot) => Promise<void> = async () => {}) {
  const stopping = new AbortController();
  const start = { index } as EntryStart;
  const ended = runner.run({ start, inputs, onBlock, signal: stopping.signal });
  return { ended, stopping };
}

test("what the thread asks is answered from the inputs, and its blocks are handed on", async () => {
  const blocks: BlockRoot[] = [];
  const onBlock = async (block: BlockRoot) => void blocks.push(block);
  const end = { number: 7n, root: "0x02", proof: "0x03", stepsAfter: 1 };
  expect(await run(FINE, onBlock).ended).toEqual(end);
  expect(await run(FINE, onBlock).ended).toEqual(end);
  const block = { number: 7n, hash: "0x01", root: "0x02", steps: 5 };
  expect(blocks).toEqual([block, block]);
});

test("a block that is refused fails the run with the reason, and the next run is a new one", async () => {
  const refused = run(FINE, async () => {
    throw new Error("not ours");
  });
  await expect(refused.ended).rejects.toThrow("not ours");
  expect(await run(FINE).ended).toMatchObject({ number: 7n });
});

test("a thread that ends by itself fails the run", async () => {
  await expect(run(DIES).ended).rejects.toMatchObject({ code: "MACHINE_THREAD_ENDED" });
  expect(await run(FINE).ended).toMatchObject({ number: 7n });
});

test("errors of the machine keep their codes", async () => {
  await expect(run(HAS_NO_MODE).ended).rejects.toMatchObject({
    code: "PROOF_NO_MODE",
    severity: "critical",
    data: { mode: 77 },
  });
});

test("a run is cut short whatever the thread does", async () => {
  const { ended, stopping } = run(HANGS);
  stopping.abort();
  expect(await ended).toBeUndefined();
  expect(await run(FINE).ended).toMatchObject({ number: 7n });
});
