import { expect, test } from "@jest/globals";
import { makeState } from "../../../../src/proof/state/defaults.js";
import { nodeAt, rootOf, StateTree } from "../../../../src/proof/state/merkle.js";
import { G } from "../../../../src/proof/table.js";
import { someState } from "../../../helpers/machineState.js";
import { naiveTree } from "../../../helpers/naiveStateTree.js";

test("every node of a state is that of the tree of machine.md", () => {
  for (const seed of [1, 2, 3]) {
    const s = someState(seed);
    const tree = new StateTree(s);
    const naive = naiveTree(s);
    expect(rootOf(s)).toEqual(Uint8Array.from(naive.get(1) as Uint8Array));
    let compared = 0;
    for (const [g, node] of naive) {
      // All of the upper levels, and some of the words.
      if (g > 2 ** 14 && g % 61 !== 0) continue;
      if (!Buffer.from(tree.node(g)).equals(node)) expect({ seed, g }).toBe("the same");
      compared++;
    }
    expect(compared).toBeGreaterThan(1_000);
  }
});

test("the state between two blocks has the default containers of machine.md", () => {
  const s = makeState(7n);
  const naive = naiveTree(s);
  for (const g of [9, 10, 11, 12, 13, 14, 15, 117, 1])
    expect(nodeAt(s, g)).toEqual(Uint8Array.from(naive.get(g) as Uint8Array));
});

test("a tree knows where it ends", () => {
  const tree = new StateTree(someState(4));
  const isInner = (g: number) => tree.isInner(g);
  expect([1, 9, 155, G.mem * 2 ** 21, G.hist * 2].map(isInner)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  const leaves = [
    G.ctl,
    G.regs,
    159,
    G.parent,
    G.mem * 2 ** 22 + 5,
    G.hist * 256 + 3,
    G.stack * 1024,
  ];
  expect(leaves.map(isInner)).toEqual(leaves.map(() => false));
  expect(() => tree.node(2 * G.ctl)).toThrow(RangeError);
  expect(() => tree.node(2 * G.regs)).toThrow(RangeError);
  expect(() => tree.node(G.mem * 2 ** 23)).toThrow(RangeError);
});
