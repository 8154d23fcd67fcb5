import { ACCOUNT_OPS } from "./accountOps.js";
import { ARITHMETIC } from "./arithmetic.js";
import { BITWISE } from "./bitwise.js";
import { CALLS } from "./calls.js";
import { COPY_OPS } from "./copyOps.js";
import { CREATES } from "./creates.js";
import { ENDINGS } from "./endings.js";
import { ENVIRONMENT } from "./environment.js";
import { HASH_AND_LOG } from "./hashAndLog.js";
import { JUMPS } from "./jumps.js";
import { MEMORY_OPS } from "./memoryOps.js";
import type { OpEntry } from "./opEntry.js";
import { STACK_OPS } from "./stackOps.js";
import { STORAGE_OPS } from "./storageOps.js";

/** Opcodes by number; undefined ones halt. */
export const OP_TABLE: readonly (OpEntry | undefined)[] = opTable();

function opTable(): (OpEntry | undefined)[] {
  const table: (OpEntry | undefined)[] = new Array(256).fill(undefined);
  for (const family of [
    ENDINGS,
    ARITHMETIC,
    BITWISE,
    HASH_AND_LOG,
    ENVIRONMENT,
    ACCOUNT_OPS,
    COPY_OPS,
    STACK_OPS,
    MEMORY_OPS,
    STORAGE_OPS,
    JUMPS,
    CALLS,
    CREATES,
  ]) {
    for (const [opcode, entry] of family) table[opcode] = entry;
  }
  return table;
}
