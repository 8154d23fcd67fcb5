import { ForkSchedule } from "../../engine/ethereum/forkSchedule.js";
import { l1ForkOf, type OpSchedule, opForkAt } from "../../protocol/index.js";
import type { EngineForks } from "../../rpc/engine/forks.js";

/** What the Engine API must know of a chain of plain Ethereum, or of an OP chain. */
export function plainForks(schedule: ForkSchedule | OpSchedule): EngineForks {
  if (!(schedule instanceof ForkSchedule)) {
    return {
      isRollup: true,
      opForkAt: (timestamp) => opForkAt(schedule, timestamp),
      forkAt: (timestamp) => l1ForkOf(opForkAt(schedule, timestamp)),
    };
  }
  return {
    isRollup: false,
    forkAt(timestamp) {
      // Payloads exist since the merge, so the number does not matter any more.
      const rules = schedule.rulesAt({ number: 2n ** 63n, timestamp, difficulty: 0n });
      if (rules.isOsaka) return "osaka";
      if (rules.isPrague) return "prague";
      if (rules.isCancun) return "cancun";
      return rules.isShanghai ? "shanghai" : "paris";
    },
  };
}
