import { Hardfork } from "@ethereumjs/common";
import { type Fork, isAtLeast } from "../execution/forks.js";

const MINIMUM = 131_072n;
const BOUND_DIVISOR = 2_048n;
const BOMB_PERIOD = 100_000n;
const MAX_STEPS_DOWN = -99n;

/** Blocks by which each fork put off the bomb, newest first. Sources: EIP-649, 1234, 2384, 3554, 4345, 5133 */
const BOMB_DELAYS: readonly (readonly [Fork, bigint])[] = [
  [Hardfork.GrayGlacier, 11_400_000n],
  [Hardfork.ArrowGlacier, 10_700_000n],
  [Hardfork.London, 9_700_000n],
  [Hardfork.MuirGlacier, 9_000_000n],
  [Hardfork.Constantinople, 5_000_000n],
  [Hardfork.Byzantium, 3_000_000n],
];

/** What of the parent the difficulty follows from. */
export interface DifficultyParent {
  number: bigint;
  timestamp: bigint;
  difficulty: bigint;
  hasOmmers: boolean;
}

function bomb(number: bigint): bigint {
  const period = number / BOMB_PERIOD;
  return period > 1n ? 1n << (period - 2n) : 0n;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Difficulty of the mined block after `parent`, in a block of this fork. Sources: Yellow Paper 4.3.4, EIP-2, EIP-100 */
export function nextDifficulty(fork: Fork, parent: DifficultyParent, timestamp: bigint): bigint {
  const step = parent.difficulty / BOUND_DIVISOR;
  const elapsed = timestamp - parent.timestamp;
  const number = parent.number + 1n;
  if (!isAtLeast(fork, Hardfork.Homestead)) {
    const next = max(parent.difficulty + (elapsed < 13n ? step : -step), MINIMUM);
    return max(next + bomb(number), MINIMUM);
  }
  if (!isAtLeast(fork, Hardfork.Byzantium)) {
    const steps = max(1n - elapsed / 10n, MAX_STEPS_DOWN);
    return max(parent.difficulty + step * steps, MINIMUM) + bomb(number);
  }
  const steps = max((parent.hasOmmers ? 2n : 1n) - elapsed / 9n, MAX_STEPS_DOWN);
  const delay = BOMB_DELAYS.find(([from]) => isAtLeast(fork, from))?.[1] ?? 0n;
  return max(parent.difficulty + step * steps, MINIMUM) + bomb(max(number - delay, 0n));
}
