import { defineErrors } from "../../util/errors.js";
import type { RunBounds } from "./plainFrame.js";

/** Ends a run that may only be short, where it is begun to spare the way to another thread. */
export const QuickRunError = defineErrors("QuickRunError", {
  QUICK_RUN_ENDED: {
    severity: "temporary",
    text: "Execution is longer than it may be where it was begun.",
  },
});

/** Opcodes that the library does take longer than their gas tells; each counts as so much of it. */
const LIBRARY_OPCODE_GAS = 300;
const CREATE = 0xf0;
/** Precompiles whose gas is a measure of their time: ECRECOVER, SHA256, RIPEMD160, the identity. */
const QUICK_PRECOMPILES = new Set(["1", "2", "3", "4"].map((digit) => digit.padStart(40, "0")));
const MAX_PRECOMPILE_INPUT = 4_096;

const end = (): never => {
  throw new QuickRunError("QUICK_RUN_ENDED");
};

/** Counts an opcode that is left to the library. Errors: QUICK_RUN_ENDED. */
export function countOpcode(bounds: RunBounds, opcode: number, gas: bigint): void {
  if (bounds.gasAllowance === Number.POSITIVE_INFINITY) return;
  // What calls and creations cost is counted in their frames.
  const own = opcode < CREATE ? Number(gas) : 0;
  bounds.gasAllowance -= own + LIBRARY_OPCODE_GAS;
  if (bounds.gasAllowance < 0) end();
}

/** Counts a precompile before it runs. Errors: QUICK_RUN_ENDED. */
export function countPrecompile(bounds: RunBounds, digits: string, data: Uint8Array): void {
  if (bounds.gasAllowance === Number.POSITIVE_INFINITY) return;
  if (!QUICK_PRECOMPILES.has(digits) || data.length > MAX_PRECOMPILE_INPUT) end();
  bounds.gasAllowance -= 3_000 + data.length;
  if (bounds.gasAllowance < 0) end();
}
