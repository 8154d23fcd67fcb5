import { opcodeName } from "../opcodes.js";
import type { Tracer } from "../types.js";

/** Counts each opcode by name. */
export function opcodeCounter(): Tracer {
  const counts: number[] = new Array(256).fill(0);
  return {
    onStep({ opcode }) {
      counts[opcode] = (counts[opcode] ?? 0) + 1;
    },
    result() {
      const rows = counts.flatMap((count, opcode) =>
        count === 0 ? [] : [[opcodeName(opcode), count] as const],
      );
      return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
