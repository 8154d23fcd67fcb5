import { readLifecycle } from "../client/lifecycle.js";
import { parseHash } from "../client/parse.js";
import { connectRollup } from "../client/rollupClient.js";
import { explainChainError } from "../client/send.js";
import { print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** `fovea tx`: the life of a transaction in words, from the pool or L1 to a confirmed proposal. */
export async function tx(hashText: string, flags: GivenFlags & { json?: boolean }): Promise<void> {
  const hash = parseHash(hashText);
  const client = await connectRollup(flags);
  const life = await readLifecycle(client, hash, undefined).catch((error) => {
    throw explainChainError(error, "The transaction's life");
  });
  if (flags.json) return printJson(life);
  const isColored = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const tick = isColored ? "\u001b[32m✓\u001b[0m" : "✓";
  print(`transaction ${life.l2Hash}`);
  for (const { name, isReached, text } of life.steps) {
    print(` ${isReached ? tick : "…"} ${name.padEnd(10)} ${text}`);
  }
  for (const { withdrawalHash, stage, blockedBy } of life.withdrawals) {
    const words = blockedBy === null ? "" : `, blocked by ${blockedBy}`;
    print(`   withdrawal ${withdrawalHash}: ${stage.replaceAll("-", " ")}${words}`);
    const next = NEXT[stage];
    if (next !== undefined) print(`   next: npx fovea ${next} ${life.l2Hash}`);
  }
}

const NEXT: Record<string, string> = { provable: "prove", finalizable: "finalize" };
