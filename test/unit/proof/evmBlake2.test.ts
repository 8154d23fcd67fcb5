import { expect, test } from "@jest/globals";
import { beginBlake2, blake2Slices } from "../../../src/proof/modes/evm/blake2Slices.js";
import { runPrecompile } from "../../../src/proof/modes/evm/runPrecompile.js";
import { makeFrame } from "../../../src/proof/state/defaults.js";
import { PagedBytes } from "../../../src/proof/state/pagedBytes.js";
import { DEPTH, MODE } from "../../../src/proof/table.js";
import { messageStep } from "../../helpers/proofEvm.js";
import { Rng } from "../../helpers/randomProgram.js";

const CALLER = { nonce: 1n, balance: 0n, code: new Uint8Array(0), storage: new Map() };
const MESSAGE = { caller: 1n, to: 9n, value: 0n, data: new Uint8Array(0), gas: 1 };

test("rounds in slices give what the precompile gives at once", () => {
  const rng = new Rng(5);
  for (const rounds of [1, 2_000, 2_001, 5_999, 6_000]) {
    const input = rng.bytes(213);
    new DataView(input.buffer).setUint32(0, rounds);
    input[212] = rounds % 2;
    const step = messageStep(new Map([[1n, CALLER]]), MESSAGE);
    const { s } = step;
    s.frame = { ...makeFrame(s.rev), inputLen: 213, input: PagedBytes.of(DEPTH.bytes, input) };
    s.ctl.mode = MODE.blake2I;
    beginBlake2(step);
    let steps = 0;
    for (; s.ctl.mode === MODE.blake2I; steps++) blake2Slices(step);
    expect(steps).toBe(Math.ceil(rounds / 2_000));
    const expected = runPrecompile(9, input) as Uint8Array;
    expect(s.work.bufA.read(0, 64)).toEqual(Uint8Array.from(expected));
    expect(s.work.regs.slice(5)).toEqual(new Array(27).fill(0n));
  }
});
