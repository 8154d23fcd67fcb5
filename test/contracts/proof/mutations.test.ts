import { beforeAll, expect, test } from "@jest/globals";
import { StepCall } from "../../../src/contracts/generated/StepCall.js";
import { StepCallOp } from "../../../src/contracts/generated/StepCallOp.js";
import { StepCreate } from "../../../src/contracts/generated/StepCreate.js";
import { StepEngines } from "../../../src/contracts/generated/StepEngines.js";
import { StepOp } from "../../../src/contracts/generated/StepOp.js";
import { StepState } from "../../../src/contracts/generated/StepState.js";
import { runStep } from "../../../src/proof/machine.js";
import { MODE } from "../../../src/proof/table.js";
import { toHex } from "../../../src/util/hex.js";
import { messageStep } from "../../helpers/proofEvm.js";
import { randomProgram } from "../../helpers/randomProgram.js";
import {
  type FamilyName,
  familyOf,
  opcodeOf,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";
import { witnessMutations } from "../../helpers/witnessMutations.js";

/** Witnesses that are changed; more with FOVEA_MUTATION_PACKS. */
const PACKS = Number(process.env.FOVEA_MUTATION_PACKS ?? 24);
/** Of the changes of a witness, one in so many is tried; all of them with FOVEA_MUTATION_STRIDE=1. */
const STRIDE = Number(process.env.FOVEA_MUTATION_STRIDE ?? 9);

let solidity: StepEquivalence;

beforeAll(async () => {
  solidity = await StepEquivalence.create({
    op: StepOp,
    state: StepState,
    callOp: StepCallOp,
    engines: StepEngines,
    call: StepCall,
    create: StepCreate,
  });
});

/** Witnesses of random programs, of each mode and opcode as few as possible, the rarest first. */
function packs(
  count: number,
): { kind: string; family: FamilyName; proof: ReturnType<typeof proofOf> }[] {
  const found = new Map<string, { family: FamilyName; proofs: ReturnType<typeof proofOf>[] }>();
  for (let seed = 1; seed <= 60; seed++) {
    const { alloc, message } = randomProgram(seed);
    const step = messageStep(alloc, message);
    for (let steps = 0; step.s.ctl.mode !== MODE.settle && steps < 3_000; steps++) {
      const { mode, sub, cnt } = step.s.ctl;
      const isOp = mode === MODE.op;
      const kind = isOp
        ? `opcode 0x${opcodeOf(step.s).toString(16)}`
        : `mode ${mode} ${sub} ${cnt}`;
      const family = familyOf(step.s);
      const entry = found.get(kind) ?? { family, proofs: [] };
      // Plain opcodes are many: one of each is enough.
      const most = family === "op" ? 1 : 4;
      if (solidity.knows(step.s) && entry.proofs.length < most) {
        entry.proofs.push(proofOf(step));
        found.set(kind, entry);
      }
      runStep(step);
    }
  }
  const rounds = [...found].flatMap(([kind, { family, proofs }]) =>
    proofs.map((proof, round) => ({
      kind,
      family,
      proof,
      round: family === "op" ? round + 4 : round,
    })),
  );
  return rounds.sort((a, b) => a.round - b.round).slice(0, count);
}

test(`of ${PACKS} witnesses with one thing changed, none proves another step`, async () => {
  let refused = 0;
  let harmless = 0;
  let index = 0;
  const used = packs(PACKS);
  for (const { kind, family, proof } of used) {
    const whole = await solidity.execute(family, proof.pre, proof.packed);
    expect({ kind, data: whole.data }).toEqual({ kind, data: toHex(proof.post) });
    for (const { name, packed } of witnessMutations(proof.witness)) {
      if (index++ % STRIDE !== 0) continue;
      const outcome = await solidity.execute(family, proof.pre, packed);
      if (!outcome.ok) refused++;
      else if (outcome.data === toHex(proof.post)) harmless++;
      else throw new Error(`${kind}, ${name}: accepted with ${outcome.data}`);
    }
  }
  process.stdout.write(
    `${used.length} witnesses of ${new Set(used.map(({ kind }) => kind)).size} modes and opcodes: ${refused} changes refused, ${harmless} without effect\n`,
  );
  // Without effect: what a step does not read, shown as the one node above it, and bytes that it does not look at.
  expect(refused).toBeGreaterThan(20 * harmless);
}, 3_600_000);
