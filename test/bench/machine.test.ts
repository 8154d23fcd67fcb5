import { describe, expect, test } from "@jest/globals";
import { initCodeFor } from "../../src/contracts/create2.js";
import { type Machine, Machine as StepMachine } from "../../src/proof/machine.js";
import { cloneState } from "../../src/proof/state/cloneState.js";
import type { Hex } from "../../src/util/hex.js";
import { signTx } from "../helpers/engineChain.js";
import { type Alloc, type EvmMessage, messageStep, runMachine } from "../helpers/proofEvm.js";
import { machineOfWorld, type WorldMachine } from "../helpers/provenBlocks.js";
import { runReference } from "../helpers/referenceEvm.js";
import { RollupWorld } from "../helpers/rollupWorld.js";

/** Gas of each of two deposits: together nearly all that a block of 30,000,000 has for them. */
const GAS_PER_DEPOSIT = 14_400_000n;
const SECTION_ROOTS = 32;

/**
 * Called contract: 40 rounds of arithmetic, memory and a hash, then a slot that is read and written; returns a word.
 * The counter of rounds is on the stack; the loop starts at byte 2.
 */
const CALLEE: Hex = `0x${[
  "6028", // rounds
  "5b", // loop:
  "806003026001018060011c18600052", // 3 n + 1, xor of it and its half, to memory
  "60205f2050", // a hash
  "6001900380600257", // next round
  "50",
  "5f5460010180", // slot 0 + 1
  "5f55",
  "5f5260205ff3",
].join("")}`;
/** Caller: calls the callee with 64 bytes until less than 60,000 gas is left; the loop starts at byte 0. */
const callerOf = (callee: Hex): Hex =>
  `0x5b60205f60405f5f73${callee.slice(2)}5af15061ea605a115f5700`;

const seconds = (since: number): number => (performance.now() - since) / 1_000;

async function blockOfCalls(): Promise<{ start: WorldMachine; number: bigint }> {
  const world = await RollupWorld.create();
  const { engine } = world.main;
  const create = async (nonce: number, code: Hex) => {
    const hash = await engine.pool.add(
      await signTx({ nonce, data: initCodeFor(code), gas: 2_000_000n }),
    );
    await world.tick();
    return (await engine.getReceipt(hash))?.contractAddress as Hex;
  };
  const callee = await create(0, CALLEE);
  const caller = await create(1, callerOf(callee));
  // Deposits, because whatever time they take they are in one block.
  for (let i = 0; i < 2; i++) world.l1.deposit({ to: caller, gasLimit: GAS_PER_DEPOSIT });
  await world.ticks(2);
  let number = (await world.unsafe()).number;
  const gasOf = async () => (await engine.getHeader(number))?.gasUsed ?? 0n;
  while ((await gasOf()) < GAS_PER_DEPOSIT) number--;
  process.stdout.write(`block ${number}: ${await gasOf()} gas\n`);
  await world.batch();
  await world.batch();
  return { start: await machineOfWorld(world), number };
}

/** Runs to the boundary before a block. */
async function runToBlock({ machine, inputs }: WorldMachine, number: bigint): Promise<void> {
  while (machine.state.chain.number < number - 1n) {
    if (machine.isAtBoundary) machine.skipToSlot();
    await inputs.prepare(machine.state.chain.entryIndex);
    const before = machine.state.chain;
    const { number: last, entryIndex } = before;
    machine.runTo(
      ({ state }) => state.chain.number !== last || state.chain.entryIndex !== entryIndex,
    );
  }
  if (machine.isAtBoundary) machine.skipToSlot();
  await inputs.prepare(machine.state.chain.entryIndex);
}

const isAfter = (number: bigint) => (machine: Machine) => machine.state.chain.number >= number;

describe("speed of the step machine", () => {
  test("a block of 30,000,000 gas of contract calls: native, a section of 32 roots, one witness", async () => {
    const { start, number } = await blockOfCalls();
    await runToBlock(start, number);
    const { machine, inputs, entries } = start;
    const fresh = () =>
      new StepMachine({
        state: cloneState(machine.state),
        inputs,
        entryBound: entries,
        t: machine.t,
      });
    const native = fresh();
    let since = performance.now();
    const steps = native.runTo(isAfter(number));
    const nativeSeconds = seconds(since);

    const section = fresh();
    since = performance.now();
    const roots = new Set<string>();
    for (let i = 1; i <= SECTION_ROOTS; i++) {
      section.runTo(Math.floor((steps * i) / SECTION_ROOTS) - section.steps);
      roots.add(Buffer.from(section.root()).toString("hex"));
    }
    const sectionSeconds = seconds(since);

    const one = fresh();
    since = performance.now();
    one.runTo(Math.floor(steps / 2));
    const { packed } = one.witness();
    const witnessSeconds = seconds(since);
    process.stdout.write(
      [
        `${steps} steps natively in ${nativeSeconds.toFixed(1)} s: ${Math.round(steps / nativeSeconds)} steps/s`,
        `section of ${roots.size} roots: ${sectionSeconds.toFixed(1)} s (bar 60)`,
        `run to the middle and one witness (${packed.length} bytes): ${witnessSeconds.toFixed(1)} s (bar 10)`,
        "",
      ].join("\n"),
    );
    expect(roots.size).toBe(SECTION_ROOTS);
  }, 900_000);

  test("steps per second against @ethereumjs/evm on the same code", async () => {
    const callee = 0xca11ee00000000000000000000000000000000n;
    const hexOf = (value: bigint): Hex => `0x${value.toString(16).padStart(40, "0")}`;
    const bytes = (hex: Hex) => new Uint8Array(Buffer.from(hex.slice(2), "hex"));
    const account = (code: Uint8Array) => ({
      nonce: 1n,
      balance: 10n ** 18n,
      code,
      storage: new Map<bigint, bigint>(),
    });
    const alloc: Alloc = new Map([
      [callee, account(bytes(CALLEE))],
      [0xabcdn, account(bytes(callerOf(hexOf(callee))))],
      [0x5e4den, account(new Uint8Array())],
    ]);
    const message: EvmMessage = {
      caller: 0x5e4den,
      to: 0xabcdn,
      value: 0n,
      data: new Uint8Array(),
      gas: 10_000_000,
    };
    let since = performance.now();
    const ours = runMachine(messageStep(alloc, message));
    const ourSeconds = seconds(since);
    since = performance.now();
    const theirs = await runReference(alloc, message);
    const theirSeconds = seconds(since);
    expect(ours.stateRoot).toBe(theirs.stateRoot);
    expect(ours.gasLeft).toBe(theirs.gasLeft);
    process.stdout.write(
      `machine ${Math.round(ours.steps / ourSeconds)} steps/s; ${(theirSeconds / ourSeconds).toFixed(2)} times as fast as @ethereumjs/evm on the same code (${ourSeconds.toFixed(2)} s, ${theirSeconds.toFixed(2)} s)\n`,
    );
  }, 300_000);
});
