import { expect, test } from "@jest/globals";
import { MODES } from "../../../src/proof/modes/index.js";
import { makeRev, makeState } from "../../../src/proof/state/defaults.js";
import { PagedBytes } from "../../../src/proof/state/pagedBytes.js";
import type { Step } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { DEPTH, MODE } from "../../../src/proof/table.js";
import { CodeInputs, worldOf } from "../../helpers/proofEvm.js";
import { FUZZ_CHAIN_ID, RandomBlock } from "../../helpers/randomTransactions.js";
import { fuzzBlockHash, ReferenceBlock, type TxOutcome } from "../../helpers/referenceBlock.js";

/** Blocks of four transactions; more with FOVEA_FUZZ_BLOCKS. FOVEA_FUZZ_SEED replays from one on. */
const BLOCKS = Number(process.env.FOVEA_FUZZ_BLOCKS ?? 200);
const FIRST = Number(process.env.FOVEA_FUZZ_SEED ?? 1);
const TXS_PER_BLOCK = 4;
const BLOCKHASHES = 256n;
const MOST_STEPS = 20_000_000;

/** A machine inside a block, in front of its transactions. */
function openBlock({ alloc, block, isPlain }: RandomBlock): Step {
  const inputs = new CodeInputs();
  const s = makeState(FUZZ_CHAIN_ID);
  s.rev = makeRev(worldOf(alloc, inputs));
  const { l1, ...plainFields } = block;
  Object.assign(s.blk, plainFields, { l1, blobBaseFee: 1n });
  const hist = [...s.hist];
  for (let n = block.number - BLOCKHASHES; n < block.number; n++) {
    if (n >= 0n) hist[Number(n % BLOCKHASHES)] = bytesToWord(fuzzBlockHash(n));
  }
  s.hist = hist;
  return { s, rec: undefined, inputs, entryBound: 0n, mayBegin: false, isPlain };
}

/** Runs one envelope by the machine's steps until it is booked or dropped. */
function runSteps(step: Step, raw: Uint8Array): TxOutcome {
  const { s } = step;
  s.tx.raw = PagedBytes.of(DEPTH.raw, raw);
  s.tx.rawLen = raw.length;
  s.ctl.mode = MODE.txparse;
  const before = s.blk.receipts.length;
  for (let steps = 0; s.ctl.mode !== MODE.txnext && s.ctl.mode !== MODE.l1params; steps++) {
    if (steps > MOST_STEPS) throw new Error("no end of steps");
    const run = MODES[s.ctl.mode];
    if (run === undefined) throw new Error(`no mode ${s.ctl.mode}`);
    run(step);
  }
  const root = s.rev.state?.root() ?? "0x";
  const receipt = s.blk.receipts[before];
  if (receipt === undefined) return { dropped: true, root };
  return {
    dropped: false,
    root,
    type: receipt.type,
    status: receipt.status,
    cumulativeGas: receipt.cumulativeGas,
    logs: Buffer.from(receipt.logs.read(0, receipt.logBytes)).toString("hex"),
    bloom: Buffer.from(receipt.bloom).toString("hex"),
  };
}

test(`transactions of ${BLOCKS} random blocks end as in @ethereumjs/vm`, async () => {
  const seen = { sent: 0, succeeded: 0, failed: 0, dropped: 0 };
  const reasons = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + BLOCKS; seed++) {
    const random = new RandomBlock(seed);
    const step = openBlock(random);
    const reference = await ReferenceBlock.open(random.alloc, random.block, random.isPlain);
    for (let index = 0; index < TXS_PER_BLOCK; index++) {
      const raw = random.tx((address) => step.s.rev.state?.get(address)?.nonce ?? 0n);
      const mine = runSteps(step, raw);
      const theirs = await reference.run(raw);
      const why = mine.dropped === theirs.dropped ? "" : reference.reasons.at(-1);
      expect({ seed, index, why, ...mine }).toEqual({ seed, index, why: "", ...theirs });
      seen.sent++;
      if (mine.dropped) seen.dropped++;
      else if (mine.status === 1) seen.succeeded++;
      else seen.failed++;
    }
    for (const reason of reference.reasons) {
      const name = reason.replace(/\d+/g, "n").slice(0, 50);
      reasons.set(name, (reasons.get(name) ?? 0) + 1);
    }
  }
  const lines = [...reasons].sort((a, b) => b[1] - a[1]).map(([why, n]) => `  ${n} ${why}`);
  process.stdout.write(
    `${seen.sent} transactions, 0 mismatches: ${seen.succeeded} succeeded, ${seen.failed} failed, ${seen.dropped} dropped\n${lines.join("\n")}\n`,
  );
  // Else the fuzz says little.
  expect(seen.succeeded).toBeGreaterThan(seen.sent / 4);
  expect(seen.failed).toBeGreaterThan(seen.sent / 20);
  expect(seen.dropped).toBeGreaterThan(seen.sent / 50);
}, 7_200_000);
