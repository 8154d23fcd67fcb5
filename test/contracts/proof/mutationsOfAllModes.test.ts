import { expect, test } from "@jest/globals";
import { MODE } from "../../../src/proof/table.js";
import { toHex } from "../../../src/util/hex.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  visitCodes,
  visitPrecompiles,
  visitPrograms,
  visitTransactions,
} from "../../helpers/stepCorpus.js";
import { visitWorlds } from "../../helpers/stepWorlds.js";
import { kindOf, MODE_NAMES, VerifierSteps, type Visited } from "../../helpers/verifierSteps.js";
import { type Mutation, witnessMutations } from "../../helpers/witnessMutations.js";

/** Changes of each witness; a number above all that there are takes hours. */
const PER_PACK = Number(process.env.FOVEA_MUTATIONS ?? 3);
const SEED = Number(process.env.FOVEA_FUZZ_SEED ?? 1);
/** Witnesses of each opcode, and of each mode at least; of a mode one for each way on. */
const PER_KIND = Number(process.env.FOVEA_PACKS_PER_KIND ?? 1);
const LEAST_PACKS = 200;

/** So many of a list, no one twice. */
function some(all: Mutation[], rng: Rng): Mutation[] {
  const chosen: Mutation[] = [];
  while (chosen.length < PER_PACK && all.length > 0) {
    chosen.push(...all.splice(rng.below(all.length), 1));
  }
  return chosen;
}

test(`${PER_PACK} changes each of witnesses of all modes are refused, or end in the true root`, async () => {
  const verifier = await VerifierSteps.create();
  const rng = new Rng(SEED);
  const met = new Map<string, number>();
  const modes = new Set<number>();
  const kinds = new Map<string, number>();
  const wrong: string[] = [];
  let [packs, refused, harmless] = [0, 0, 0];

  const visit = async (visited: Visited) => {
    const { step, next, context } = visited;
    const kind = kindOf(step.s);
    const way = `${kind} -> ${next.ctl.mode}`;
    const [ofKind, ofWay] = [met.get(kind) ?? 0, met.get(way) ?? 0];
    if (ofKind >= PER_KIND && (ofWay >= 1 || step.s.ctl.mode === MODE.op)) return;
    met.set(kind, ofKind + 1);
    met.set(way, ofWay + 1);
    // The true one is accepted: else what follows would prove nothing.
    const proof = await verifier.check(visited);
    packs++;
    modes.add(step.s.ctl.mode);
    for (const { name, packed } of some([...witnessMutations(proof.witness)], rng)) {
      const what = name.replace(/\[\d+\]/, "");
      kinds.set(what, (kinds.get(what) ?? 0) + 1);
      const outcome = await verifier.execute(proof.pre, packed, context);
      if (!outcome.ok) refused++;
      else if (outcome.data === toHex(proof.post)) harmless++;
      else wrong.push(`${visited.name}, ${kind}: ${name}`);
    }
  };
  await visitPrograms(SEED * 2_000, 40, visit);
  await visitCodes(visit);
  await visitPrecompiles(visit);
  await visitTransactions(visit);
  await visitWorlds(verifier, visit);

  const missing = [...MODE_NAMES].filter(([mode]) => !modes.has(mode)).map(([, name]) => name);
  const lines = [
    `${packs} packs of ${modes.size} of ${Object.keys(MODE).length} modes, each accepted as it is`,
    `${refused + harmless + wrong.length} changed: ${wrong.length} accepted with another root, ${refused} refused, ${harmless} with the true root`,
    ...[...kinds].sort().map(([kind, count]) => `  ${kind}: ${count}`),
    ...wrong.slice(0, 40),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  expect(wrong).toEqual([]);
  expect(missing).toEqual([]);
  expect(packs).toBeGreaterThanOrEqual(LEAST_PACKS);
}, 14_400_000);
