import { describe, expect, test } from "@jest/globals";
import type { MachineState, Word } from "../../../src/proof/state/types.js";
import { LEAF_WORD } from "../../../src/proof/state/words.js";
import { MODE, R } from "../../../src/proof/table.js";
import {
  BlockProver,
  figuresText,
  machineOfWorld,
  proveBlocks,
} from "../../helpers/provenBlocks.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";
import { familyOf } from "../../helpers/stepEquivalence.js";

describe("the tries of a block", () => {
  test("more leaves than keys of one byte, and leaves that are hashed in slices", async () => {
    const world = await RollupWorld.create();
    await world.tick();
    const logs = Uint8Array.of(0x62, 1, 0x04, 0, 0x5f, 0xa0);
    world.l1.deposit({ to: null, data: logs, gasLimit: 3_000_000n });
    world.l1.deposit({ data: new Uint8Array(70_000).fill(3), gasLimit: 4_000_000n });
    for (let i = 0; i < 258; i++) world.l1.deposit({ gasLimit: 60_000n });
    await world.ticks(3);
    await world.batch();
    const edges = new Set([0, 1, 2, 14, 15, 126, 127, 128, 143, 255, 256, 257, 258, 259, 260]);
    // Slices of a long leaf: the first and the last ones.
    const isEdge = ({ ctl, work }: MachineState): boolean => {
      const { pos } = LEAF_WORD.unpack(work.regs[R.leaf] as Word);
      return edges.has(ctl.cnt) && (pos === 0 || pos > 60_000);
    };
    const start = await machineOfWorld(world);
    const figures = await proveBlocks(start, await BlockProver.create(start), {
      only: (s) => familyOf(s) === "leaves" && s.blk.txs.length > 200 && isEdge(s),
    });
    process.stdout.write(figuresText(figures));
    expect(figures.modes.get(MODE.fold)?.steps).toBeGreaterThan(30);
    expect(figures.modes.get(MODE.leafhash)?.steps).toBeGreaterThan(30);
  });
});
