import { expect, test } from "@jest/globals";
import { FuzzEngine } from "../../helpers/fuzzEngine.js";
import { RandomBlock } from "../../helpers/randomTransactions.js";
import { ReferenceBlock } from "../../helpers/referenceBlock.js";

/** Blocks of four transactions; more with FOVEA_FUZZ_BLOCKS. FOVEA_FUZZ_SEED replays from one on. */
const BLOCKS = Number(process.env.FOVEA_FUZZ_BLOCKS ?? 200);
const FIRST = Number(process.env.FOVEA_FUZZ_SEED ?? 1);
const TXS_PER_BLOCK = 4;

test(`transactions of ${BLOCKS} random blocks end in the engine as in @ethereumjs/vm`, async () => {
  let executed = 0;
  for (let seed = FIRST; seed < FIRST + BLOCKS; seed++) {
    const random = new RandomBlock(seed);
    const engine = await FuzzEngine.open(random.alloc, random.block, random.isPlain);
    const reference = await ReferenceBlock.open(random.alloc, random.block, random.isPlain);
    for (let index = 0; index < TXS_PER_BLOCK; index++) {
      const raw = random.tx((address) => engine.nonceOf(address));
      const mine = await engine.run(raw);
      const theirs = await reference.run(raw);
      const why = mine.dropped === theirs.dropped ? "" : reference.reasons.at(-1);
      expect({ seed, index, why, ...mine }).toEqual({ seed, index, why: "", ...theirs });
      if (!mine.dropped) executed++;
    }
    engine.close();
  }
  process.stdout.write(
    `${TXS_PER_BLOCK * BLOCKS} transactions, 0 mismatches: ${executed} executed\n`,
  );
  expect(executed).toBeGreaterThan(BLOCKS);
}, 7_200_000);
