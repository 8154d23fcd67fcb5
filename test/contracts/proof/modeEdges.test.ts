import { expect, test } from "@jest/globals";
import type { MachineState } from "../../../src/proof/state/types.js";
import { MODE } from "../../../src/proof/table.js";
import {
  visitCodes,
  visitPrecompiles,
  visitPrograms,
  visitTransactions,
} from "../../helpers/stepCorpus.js";
import { visitWorlds } from "../../helpers/stepWorlds.js";
import { isHalted, MODE_NAMES, VerifierSteps, type Visited } from "../../helpers/verifierSteps.js";

/**
 * Every mode with the modes that may follow it, after the `next` columns of docs/protocol/machine.md; `exit` also where a step
 * may halt, `resume` and `settle` where it may fail. Behind `copy`, and behind what goes on in another trie, stands where to.
 */
const EDGES: Readonly<Record<keyof typeof MODE, string>> = {
  boundary: "boundary next entry",
  entry: "data next",
  data: "data next",
  next: "scan place entry boundary",
  scan: "scan place next",
  place: "blkhdr next",
  blkhdr: "syswrite",
  syswrite: "syswrite txnext",
  txnext: "attr record txnext txcopy leaf",
  attr: "check",
  record: "txnext depdata check",
  depdata: "depdata check",
  txcopy: "txnext copy:txparse",
  txparse: "fastlz txnext",
  fastlz: "fastlz check",
  check: "txnext settle access",
  access: "access auth",
  auth: "auth start",
  start: "copy:hash hash copy:callee callee",
  op: "op copy:op hash copy:hash log copy:deploy deploy copy:exit exit destroy callee",
  copy: "copy op hash callee snap deploy exit txparse",
  hash: "hash op createe",
  log: "copy:op op",
  destroy: "destroy exit",
  exit: "resume settle",
  resume: "copy:op op",
  callee: "delegate gas63 exit",
  delegate: "gas63 exit",
  gas63: "copy:snap snap resume",
  snap: "xfer createchk push",
  xfer: "xfer push resume",
  push: "precomp op",
  createe: "snap resume",
  createchk: "xfer push settle resume",
  deploy: "exit exit:halt",
  precomp: "exit exit:halt sha256I ripemdI modexpI blake2I msmI",
  sha256I: "sha256I exit",
  ripemdI: "ripemdI exit",
  modexpI: "modexpI exit",
  blake2I: "blake2I exit",
  msmI: "msmI exit exit:halt",
  settle: "fee destruct",
  fee: "fee destruct",
  destruct: "destruct receipt",
  receipt: "l1params txnext",
  l1params: "txnext",
  leaf: "leafhash",
  leafhash: "leafhash fold leaf:trie mproot",
  fold: "fold leaf leaf:trie mproot",
  mproot: "seal",
  seal: "boundary",
};

const ALL = Object.entries(EDGES).flatMap(([mode, ends]) =>
  ends.split(" ").map((end) => `${mode} -> ${end}`),
);

/** The edge that a step takes, as it is called above. */
function edgeOf(before: MachineState, next: MachineState): string {
  const from = MODE_NAMES.get(before.ctl.mode) as string;
  const to = MODE_NAMES.get(next.ctl.mode) as string;
  const isCopying = to === "copy" && from !== "copy";
  const hasOwnHalt = EDGES[from as keyof typeof MODE].includes("exit:halt");
  let detail = "";
  if (isCopying) detail = `:${MODE_NAMES.get(next.ctl.ret)}`;
  else if (to === "exit" && hasOwnHalt && isHalted(next)) detail = ":halt";
  else if (to === "leaf" && next.ctl.sub !== before.ctl.sub) detail = ":trie";
  return `${from} -> ${to}${detail}`;
}

test("every mode goes every way in the contracts as in the machine", async () => {
  const verifier = await VerifierSteps.create();
  const wanted = new Set(ALL);
  const proven = new Set<string>();
  const foreign = new Set<string>();
  const visit = async (visited: Visited) => {
    const edge = edgeOf(visited.step.s, visited.next);
    if (!wanted.has(edge)) foreign.add(`${edge} (${visited.name})`);
    if (proven.has(edge)) return;
    await verifier.check(visited);
    proven.add(edge);
  };
  await visitPrograms(1, 40, visit);
  await visitCodes(visit);
  await visitPrecompiles(visit);
  await visitTransactions(visit);
  await visitWorlds(verifier, visit);
  const missing = ALL.filter((edge) => !proven.has(edge));
  const count = ALL.length - missing.length;
  const lines = [`${count} of ${ALL.length} edges of ${Object.keys(EDGES).length} modes`];
  if (missing.length > 0) lines.push(`missing: ${missing.join(", ")}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  expect([...foreign]).toEqual([]);
  expect(missing).toEqual([]);
  expect(Object.keys(EDGES).sort()).toEqual(Object.keys(MODE).sort());
}, 600_000);
