import type { ForkRules } from "../execution/forks.js";
import { fromTop, isCallOpcode, isCreateOpcode, memoryEnd, OP, OPCODES } from "./opcodes.js";

/** An opcode as the EVM announces it, before it looks whether it can run at all. */
export interface AnnouncedStep {
  opcode: number;
  /** False: the fork does not know it. */
  isDefined: boolean;
  gas: bigint;
  /** Part of its gas that never varies, as the EVM has it. */
  fixedGas: bigint;
  /** Gas as far as the EVM has worked it out: it stops where the opcode cannot run. */
  fee: bigint;
  stack: readonly bigint[];
  /** Size of the memory in bytes. */
  memoryBytes: number;
  isStatic: boolean;
  returnDataBytes: number;
}

/** What an opcode costs, and why it cannot start. */
export interface StepCost {
  gasCost: bigint;
  /** Calls and creations: gas that they hand on, the stipend not counted. */
  forwarded: bigint;
  error: string | undefined;
}

export const OUT_OF_GAS = "out of gas";
export const WRITE_PROTECTION = "write protection";
const GAS_OVERFLOW = "gas uint64 overflow";
const STACK_LIMIT = 1_024;
const MAX_UINT64 = 2n ** 64n - 1n;
/** Above it the price of memory does not fit into 64 bits. */
const MAX_MEMORY_BYTES = 0x1f_ffff_ffe0n;
const SENTRY_GAS = 2_300n;
const WARM_ACCESS = 100n;
const MAX_INIT_CODE = 49_152n;
/** Their cost counts as variable altogether. */
const VARIABLE: ReadonlySet<number> = new Set([0x0a, 0x54, 0x55, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4]);
const ACCOUNT_ACCESS: ReadonlySet<number> = new Set([
  OP.balance,
  OP.extcodesize,
  OP.extcodecopy,
  OP.extcodehash,
]);

const words = (bytes: bigint): bigint => (bytes + 31n) / 32n;
const memoryGas = (count: bigint): bigint => 3n * count + (count * count) / 512n;

function fixedGasOf({ opcode, fixedGas }: AnnouncedStep, fork: ForkRules): bigint {
  if (VARIABLE.has(opcode)) return 0n;
  if (fork.isBerlin && (isCallOpcode(opcode) || ACCOUNT_ACCESS.has(opcode))) return WARM_ACCESS;
  return fixedGas;
}

function stackError(opcode: number, height: number): string | undefined {
  const row = OPCODES[opcode];
  if (!row) return undefined;
  if (height < row.pops) return `stack underflow (${height} <=> ${row.pops})`;
  const limit = STACK_LIMIT + row.pops - row.pushes;
  return height > limit ? `stack limit reached ${height} (${limit})` : undefined;
}

function isWrite(opcode: number, stack: readonly bigint[]): boolean {
  if (opcode === OP.call) return fromTop(stack, 2) !== 0n;
  return opcode === OP.sstore || opcode === OP.selfdestruct || isCreateOpcode(opcode);
}

/** Why the variable part of the gas cannot be told, before gas is compared. */
function variableError(step: AnnouncedStep, fork: ForkRules): string | undefined {
  const { opcode, stack, gas, isStatic } = step;
  if (isStatic && isWrite(opcode, stack)) return WRITE_PROTECTION;
  if (opcode === OP.sstore && fork.isIstanbul && gas <= SENTRY_GAS) {
    return "not enough gas for reentrancy sentry";
  }
  if (isCreateOpcode(opcode) && fork.isShanghai) {
    const size = fromTop(stack, 2);
    if (size > MAX_UINT64) return GAS_OVERFLOW;
    if (size > MAX_INIT_CODE) {
      return `max initcode size exceeded: code size ${size} limit ${MAX_INIT_CODE}`;
    }
  }
  return undefined;
}

/** Gas that a call or a creation hands on. */
function forwardedGas(step: AnnouncedStep, fork: ForkRules): bigint {
  const { opcode, stack, gas, fee } = step;
  const available = gas - fee;
  const most = fork.isTangerineWhistle ? available - available / 64n : available;
  if (isCreateOpcode(opcode)) return most;
  const requested = fromTop(stack, 0);
  return fork.isTangerineWhistle && requested > most ? most : requested;
}

/** Gas of an opcode without what it hands on. */
function ownGas(step: AnnouncedStep, fork: ForkRules): bigint {
  const { opcode, stack, gas, fee, memoryBytes, returnDataBytes } = step;
  if (opcode === OP.returndatacopy && fromTop(stack, 1) + fromTop(stack, 2) > returnDataBytes) {
    // The EVM has not gone on to the memory, which is paid before the copy fails.
    const before = words(BigInt(memoryBytes));
    const after = words(memoryEnd(opcode, stack));
    const grown = after > before ? memoryGas(after) - memoryGas(before) : 0n;
    return fee + grown + 3n * words(fromTop(stack, 2));
  }
  // An account access is never free, so here the EVM has given up for want of gas.
  if (isCallOpcode(opcode) && fork.isBerlin && fee < WARM_ACCESS) return gas + 1n;
  return fee;
}

/**
 * What clients report of an opcode before it runs: its whole cost, and why it cannot start, if it cannot. Errors that come while
 * it runs (a revert, a jump to nowhere) are none of these.
 */
export function stepCost(step: AnnouncedStep, fork: ForkRules): StepCost {
  const { opcode, stack, gas } = step;
  if (!step.isDefined) return { gasCost: 0n, forwarded: 0n, error: undefined };
  const fixed = fixedGasOf(step, fork);
  const fail = (error: string, gasCost = fixed): StepCost => ({ gasCost, forwarded: 0n, error });
  const wrongStack = stackError(opcode, stack.length);
  if (wrongStack) return fail(wrongStack);
  if (gas < fixed) return fail(OUT_OF_GAS);
  const end = memoryEnd(opcode, stack);
  if (end > MAX_UINT64 - 31n) return fail(GAS_OVERFLOW);
  const cannotTell = variableError(step, fork);
  if (cannotTell) return fail(`${OUT_OF_GAS}: ${cannotTell}`);
  if (end > MAX_MEMORY_BYTES) return fail(`${OUT_OF_GAS}: ${GAS_OVERFLOW}`);
  const own = ownGas(step, fork);
  if (own > gas) return fail(OUT_OF_GAS, own);
  const isCall = isCallOpcode(opcode);
  const forwarded = isCall || isCreateOpcode(opcode) ? forwardedGas(step, fork) : 0n;
  // A creation takes what it hands on only when it has started.
  const gasCost = isCall ? own + forwarded : own;
  return gasCost > gas ? fail(OUT_OF_GAS, gasCost) : { gasCost, forwarded, error: undefined };
}
