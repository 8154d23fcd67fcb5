import { maxPrecompileInput, precompileGas } from "../../compute/precompileGas.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { goTo, halt, readPages, regs, touch } from "../../step.js";
import { BUFFER, DEPTH, G, MODE, OUTCOME } from "../../table.js";
import { setOutcome } from "./outcome.js";
import { runPrecompile } from "./runPrecompile.js";

const IDENTITY = 4;
/** Bytes that count, for precompiles that cut or fill their input. */
const PREFIX: Readonly<Record<number, number>> = { 1: 128, 5: 96 + 3 * 1024, 6: 128, 7: 96 };

/** A precompile: charges, and answers in this step if L1's own can. Source: docs/protocol/machine.md#precompiles */
export function precomp(step: Step): void {
  const frame = regs(step);
  touch(step, G.newAddr, G.lens);
  const address = Number(frame.newAddr);
  const { inputLen } = frame;
  if (!step.isPlain && inputLen > maxPrecompileInput(address, true)) {
    halt(step);
    return;
  }
  const size = Math.min(inputLen, PREFIX[address] ?? inputLen);
  // The whole buffer is moved as it is.
  if (address === IDENTITY) touch(step, G.input);
  const input =
    address === IDENTITY ? new Uint8Array(size) : readPages(step, BUFFER.input, 0, size);
  const gas = precompileGas(address, input);
  if (gas > BigInt(frame.gas)) {
    halt(step);
    return;
  }
  const output = address === IDENTITY ? undefined : runPrecompile(address, input);
  if (output === undefined && address !== IDENTITY) {
    halt(step);
    return;
  }
  frame.gas -= Number(gas);
  answer(
    step,
    output === undefined ? frame.input.clone() : toBytes(output),
    output?.length ?? size,
  );
}

function toBytes(output: Uint8Array): PagedBytes {
  return PagedBytes.of(DEPTH.bytes, output);
}

/** What the precompile gives goes to bufA, and its frame ends. */
function answer(step: Step, output: PagedBytes, outLen: number): void {
  touch(step, G.bufA);
  step.s.work.bufA = output;
  setOutcome(step, { outcome: OUTCOME.success, outLen });
  goTo(step, MODE.exit);
}
