import { Hardfork } from "@ethereumjs/common";

/** L1 forks that change execution, oldest first, by their names in @ethereumjs. */
export const FORKS = [
  Hardfork.Chainstart,
  Hardfork.Homestead,
  Hardfork.TangerineWhistle,
  Hardfork.SpuriousDragon,
  Hardfork.Byzantium,
  Hardfork.Constantinople,
  Hardfork.Petersburg,
  Hardfork.Istanbul,
  Hardfork.MuirGlacier,
  Hardfork.Berlin,
  Hardfork.London,
  Hardfork.ArrowGlacier,
  Hardfork.GrayGlacier,
  Hardfork.Paris,
  Hardfork.Shanghai,
  Hardfork.Cancun,
  Hardfork.Prague,
  Hardfork.Osaka,
] as const;

/** Name of an L1 fork. */
export type Fork = (typeof FORKS)[number];

/** Which rules of execution a fork has, each named after the fork that brought it. */
export interface ForkRules {
  readonly fork: Fork;
  readonly isHomestead: boolean;
  readonly isTangerineWhistle: boolean;
  readonly isSpuriousDragon: boolean;
  readonly isByzantium: boolean;
  readonly isConstantinople: boolean;
  readonly isIstanbul: boolean;
  readonly isBerlin: boolean;
  readonly isLondon: boolean;
  readonly isParis: boolean;
  readonly isShanghai: boolean;
  readonly isCancun: boolean;
  readonly isPrague: boolean;
  readonly isOsaka: boolean;
}

/** True if `fork` is `other` or comes after it. */
export function isAtLeast(fork: Fork, other: Fork): boolean {
  return FORKS.indexOf(fork) >= FORKS.indexOf(other);
}

function makeRules(fork: Fork): ForkRules {
  return {
    fork,
    isHomestead: isAtLeast(fork, Hardfork.Homestead),
    isTangerineWhistle: isAtLeast(fork, Hardfork.TangerineWhistle),
    isSpuriousDragon: isAtLeast(fork, Hardfork.SpuriousDragon),
    isByzantium: isAtLeast(fork, Hardfork.Byzantium),
    isConstantinople: isAtLeast(fork, Hardfork.Constantinople),
    isIstanbul: isAtLeast(fork, Hardfork.Istanbul),
    isBerlin: isAtLeast(fork, Hardfork.Berlin),
    isLondon: isAtLeast(fork, Hardfork.London),
    isParis: isAtLeast(fork, Hardfork.Paris),
    isShanghai: isAtLeast(fork, Hardfork.Shanghai),
    isCancun: isAtLeast(fork, Hardfork.Cancun),
    isPrague: isAtLeast(fork, Hardfork.Prague),
    isOsaka: isAtLeast(fork, Hardfork.Osaka),
  };
}

const rulesByFork = new Map<Fork, ForkRules>(FORKS.map((fork) => [fork, makeRules(fork)]));

/** Rules of a fork; the same object each time. */
export function forkRules(fork: Fork): ForkRules {
  return rulesByFork.get(fork) as ForkRules;
}

/** Rules of the newest fork, which the L2 has from genesis. */
export const OSAKA_RULES = forkRules(Hardfork.Osaka);
