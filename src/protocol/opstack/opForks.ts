/** Forks of OP chains, oldest first. All but Bedrock are switched on by the time of an L2 block. */
export const OP_FORKS = [
  "bedrock",
  "regolith",
  "canyon",
  "delta",
  "ecotone",
  "fjord",
  "granite",
  "holocene",
  "isthmus",
  "jovian",
  "karst",
] as const;

/** Name of a fork of OP chains. */
export type OpFork = (typeof OP_FORKS)[number];

/** When each fork of a chain holds. Units: seconds of the block's time; null: not planned. */
export type OpSchedule = Readonly<Record<OpFork, bigint | null>>;

/** L1 forks whose EVM OP chains have had. */
export type OpL1Fork = "paris" | "shanghai" | "cancun" | "prague" | "osaka";

const L1_FORKS: readonly (readonly [OpFork, OpL1Fork])[] = [
  ["karst", "osaka"],
  ["isthmus", "prague"],
  ["ecotone", "cancun"],
  ["canyon", "shanghai"],
  ["bedrock", "paris"],
];

/** True if `fork` is `other` or comes after it. */
export function isOpAtLeast(fork: OpFork, other: OpFork): boolean {
  return OP_FORKS.indexOf(fork) >= OP_FORKS.indexOf(other);
}

/** True if a block of this time has the rules of a fork. */
export function isOpActive(schedule: OpSchedule, fork: OpFork, timestamp: bigint): boolean {
  const time = schedule[fork];
  return time !== null && time <= timestamp;
}

/** Newest fork that a block of this time has. */
export function opForkAt(schedule: OpSchedule, timestamp: bigint): OpFork {
  return OP_FORKS.findLast((fork) => isOpActive(schedule, fork, timestamp)) ?? "bedrock";
}

/** Forks that start with a block of this time on a parent of that, oldest first: the block is their activation block. */
export function opForksStarting(
  schedule: OpSchedule,
  parentTimestamp: bigint,
  timestamp: bigint,
): OpFork[] {
  return OP_FORKS.filter(
    (fork) => isOpActive(schedule, fork, timestamp) && !isOpActive(schedule, fork, parentTimestamp),
  );
}

/** L1 fork whose EVM a fork of OP chains has. */
export function l1ForkOf(fork: OpFork): OpL1Fork {
  const row = L1_FORKS.find(([since]) => isOpAtLeast(fork, since));
  return row?.[1] ?? "paris";
}

/** Activation times as a config gives them. Units: seconds. */
export type OpForkTimes = Readonly<Partial<Record<OpFork, bigint | null>>>;

/**
 * A schedule out of activation times; a fork that is left out starts with the next one that is given, because each includes those
 * before it: op-geth's genesis does not name Delta, and rollup configs need not name Regolith.
 */
export function createOpSchedule(times: OpForkTimes): OpSchedule {
  const schedule = {} as Record<OpFork, bigint | null>;
  let next: bigint | null = null;
  for (const fork of OP_FORKS.toReversed()) {
    next = times[fork] ?? next;
    schedule[fork] = next;
  }
  schedule.bedrock = times.bedrock ?? 0n;
  return schedule;
}

/** The first fork that is given a time before that of one it builds on; undefined if there is none. */
export function findDisorder(times: OpForkTimes): OpFork | undefined {
  let last = 0n;
  return OP_FORKS.find((fork) => {
    const time = times[fork] ?? last;
    if (time < last) return true;
    last = time;
    return false;
  });
}
