import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { cloneState } from "../../../src/proof/state/cloneState.js";
import { makeCtl } from "../../../src/proof/state/defaults.js";
import { gStack } from "../../../src/proof/state/gindex.js";
import { rootOf, StateTree } from "../../../src/proof/state/merkle.js";
import type { MachineState, Recorder } from "../../../src/proof/state/types.js";
import { G } from "../../../src/proof/table.js";
import { AccessRecorder } from "../../../src/proof/witness/accessRecorder.js";
import { frontierOf, verifyFrontier } from "../../../src/proof/witness/frontier.js";
import { packWitness } from "../../../src/proof/witness/packWitness.js";
import { unpackWitness } from "../../../src/proof/witness/unpackWitness.js";
import { witnessOf } from "../../../src/proof/witness/witnessOf.js";
import { FoveaError } from "../../../src/util/errors.js";
import { Dice, someState } from "../../helpers/machineState.js";

/** The code of the error that something throws, and the place in its data. */
function failureOf(act: () => unknown): { code: string; place?: unknown; g?: unknown } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const { place, g } = error.data;
    const data = Object.entries({ place, g }).filter(([, value]) => value !== undefined);
    return { code: error.code, ...Object.fromEntries(data) };
  }
}

/** Gindices anywhere in the tree, at any depth that exists there. */
function someGindices(tree: StateTree, dice: Dice, count: number): Set<number> {
  const found = new Set<number>();
  while (found.size < count) {
    let g = 1;
    for (let depth = 3 + dice.below(23); depth > 0 && tree.isInner(g); depth--) {
      g = 2 * g + dice.below(2);
    }
    found.add(g);
  }
  return found;
}

const STATE = someState(11);
const TREE = new StateTree(STATE);

test("a frontier shows all that was touched, tiles the tree and has the state's root", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 30 }), (seed, count) => {
      const touched = someGindices(TREE, new Dice(seed), count);
      const { items, inner } = frontierOf(touched);
      const shown = new Set(items);
      for (const g of touched) {
        const isShownBelow = items.some(
          (item) =>
            item > g &&
            Math.floor(item / 2 ** (31 - Math.clz32(item) - (31 - Math.clz32(g)))) === g,
        );
        expect(shown.has(g) !== isShownBelow).toBe(true);
        expect(inner.includes(g)).toBe(isShownBelow);
      }
      const { pre } = verifyFrontier(
        items.map((g) => ({ g, pre: TREE.node(g), post: TREE.node(g) })),
      );
      expect(pre).toEqual(rootOf(STATE));
    }),
    { numRuns: 60 },
  );
});

test("items that do not tile the tree are refused, wherever one is missing, doubled or moved", () => {
  const { items } = frontierOf(someGindices(TREE, new Dice(5), 12));
  const nodes = items.map((g) => ({ g, pre: TREE.node(g), post: TREE.node(g) }));
  for (let at = 0; at < nodes.length; at++) {
    const item = nodes[at] as (typeof nodes)[number];
    const others = nodes.filter((_, index) => index !== at);
    const broken = [
      others,
      nodes.toSpliced(at, 0, item),
      others.toSpliced((at + 1) % nodes.length, 0, item),
      nodes.with(at, { ...item, g: item.g ^ 1 }),
      nodes.with(at, { ...item, g: 2 * item.g }),
    ];
    for (const list of broken)
      expect(failureOf(() => verifyFrontier(list))?.code).toBe("PROOF_BAD_WITNESS");
  }
});

/** A step that reads and writes words, pages, buffers and a whole container. */
function change(s: MachineState, rec: Recorder): void {
  const { frame, work } = s;
  if (frame === undefined) throw new Error("the state has a frame");
  rec.leaf(G.ctl);
  s.ctl = { ...makeCtl(3), cnt: 9 };
  rec.leaf(G.regs);
  rec.leaf(gStack(frame.stack.length));
  frame.stack.push(77n);
  frame.pc++;
  rec.words(G.mem * 2 ** 15, 7);
  rec.words(G.mem * 2 ** 15 + 3, 7);
  frame.mem.write(100, Uint8Array.of(1, 2, 3));
  frame.mem.write(3 * 4096, new Uint8Array(4096).fill(7));
  rec.leaf(G.tx);
  rec.leaf(G.sender);
  s.tx.sender = 5n;
  s.tx.nonce = 1n;
  rec.leaf(G.bufA);
  work.bufA.write(0, Uint8Array.of(9));
  rec.node(Uint8Array.of(1, 2, 3));
  rec.node(new Uint8Array(0));
  rec.code(Uint8Array.of(0x60));
  rec.aux(Uint8Array.of(4));
  rec.aux(Uint8Array.of(5, 6));
}

test("the witness of a step has the roots of both states, and leaves the state as it was", () => {
  const before = rootOf(STATE);
  const proof = witnessOf(STATE, change);
  expect(proof.pre).toEqual(before);
  expect(proof.post).toEqual(rootOf(proof.next));
  expect(proof.post).not.toEqual(before);
  expect(rootOf(STATE)).toEqual(before);
  expect(proof.witness.aux).toEqual(Uint8Array.of(4, 5, 6));
  const again = witnessOf(proof.next, change);
  expect(again.pre).toEqual(proof.post);
  expect(rootOf(STATE)).toEqual(before);
});

test("a step that changes what it does not tell is found out, by the place", () => {
  const cases: [number, (s: MachineState) => void][] = [
    [
      G.machineInfo,
      (s) => {
        s.chain.chainId++;
      },
    ],
    [
      G.hist * 256 + 17,
      (s) => {
        s.hist = s.hist.with(17, 1n);
      },
    ],
    [
      G.mem * 2 ** 22 + 128,
      (s) => {
        s.frame?.mem.writeByte(4096, 1 + (s.frame.mem.readByte(4096) % 9));
      },
    ],
    [
      gStack(0),
      (s) => {
        if (s.frame) s.frame.stack[0] = 1n;
      },
    ],
    [
      G.receipts * 2 ** 14 + 4,
      (s) => {
        s.blk.receipts[1] = { ...(s.blk.receipts[1] as never as object), type: 255 } as never;
      },
    ],
  ];
  for (const [g, act] of cases) {
    const step = (s: MachineState, rec: Recorder) => {
      change(s, rec);
      act(s);
    };
    expect(failureOf(() => witnessOf(STATE, step))).toEqual({ code: "PROOF_UNRECORDED", g });
  }
});

test("a step cannot open a page both as words and by its nodes, nor two codes", () => {
  const both = (_: MachineState, rec: Recorder) => {
    rec.words(G.mem * 2 ** 15, 7);
    rec.leaf(G.mem * 2 ** 22);
  };
  expect(failureOf(() => witnessOf(STATE, both))?.code).toBe("PROOF_ACCESS_CONFLICT");
  const recorder = new AccessRecorder();
  recorder.code(Uint8Array.of(1));
  recorder.code(Uint8Array.of(1));
  expect(failureOf(() => recorder.code(Uint8Array.of(2)))?.code).toBe("PROOF_ACCESS_CONFLICT");
});

test("a packed witness opens to the same", () => {
  const { witness, packed, pre } = witnessOf(STATE, change);
  const opened = unpackWitness(packed);
  expect(opened).toEqual({ ...witness, pre });
  expect(packWitness(opened)).toEqual(packed);
  const bytes = (words: readonly Uint8Array[]) =>
    words.map((word) => Buffer.from(word).toString("hex")).join("");
  expect(bytes(opened.ranges[0]?.words ?? [])).toBe(
    Buffer.from(
      STATE.frame?.mem.read(0, 32 * (opened.ranges[0]?.words.length ?? 0)) ?? [],
    ).toString("hex"),
  );
});

test("a packed witness that is cut anywhere, or goes on, is refused with the place", () => {
  const { packed } = witnessOf(STATE, change);
  const cuts = [0, 1, 2, 5, 37, packed.length - 1, packed.length - 3, packed.length - 8];
  for (let at = 40; at < packed.length; at += 97) cuts.push(at);
  for (const at of cuts) {
    const failure = failureOf(() => unpackWitness(packed.subarray(0, at)));
    expect(failure?.code).toBe("PROOF_BAD_WITNESS");
    expect(failure?.place).toMatch(/^(items|ranges|nodes|code|aux)/);
  }
  const longer = Buffer.concat([packed, Uint8Array.of(0)]);
  expect(failureOf(() => unpackWitness(longer))).toEqual({ code: "PROOF_BAD_WITNESS", place: "$" });
});

test("a changed byte of items or ranges is refused, or makes another root", () => {
  const { packed, witness, pre } = witnessOf(STATE, change);
  const ranges = witness.ranges.reduce((sum, { words }) => sum + 7 + 32 * words.length, 0);
  const end = 2 + 36 * witness.items.length + 1 + ranges;
  for (let at = 0; at < end; at += at < 400 ? 1 : 31) {
    const changed = packed.slice();
    changed[at] = (changed[at] as number) ^ 1;
    let root: Uint8Array | undefined;
    const failure = failureOf(() => {
      root = unpackWitness(changed).pre;
    });
    if (failure === undefined) expect(root).not.toEqual(pre);
    else expect(failure.code).toBe("PROOF_BAD_WITNESS");
  }
});

test("what does not fit the packed form is refused", () => {
  const { witness } = witnessOf(STATE, change);
  const large = { ...witness, nodes: [new Uint8Array(65_536)] };
  expect(failureOf(() => packWitness(large))?.code).toBe("PROOF_WITNESS_TOO_LARGE");
  const range = witness.ranges[0] as (typeof witness.ranges)[number];
  const twice = packWitness({ ...witness, ranges: [range, range] });
  expect(failureOf(() => unpackWitness(twice))).toEqual({
    code: "PROOF_BAD_WITNESS",
    place: "ranges[1].gindex",
  });
  const elsewhere = packWitness({ ...witness, ranges: [{ ...range, g: G.mem }] });
  expect(failureOf(() => unpackWitness(elsewhere))).toEqual({
    code: "PROOF_BAD_WITNESS",
    place: "ranges[0].gindex",
  });
  const deep = packWitness({ ...witness, ranges: [{ ...range, log2: 32 }] });
  expect(failureOf(() => unpackWitness(deep))).toEqual({
    code: "PROOF_BAD_WITNESS",
    place: "ranges[0].log2",
  });
  const wide = packWitness({
    ...witness,
    ranges: [{ ...range, log2: 0, words: range.words.slice(0, 2) }],
  });
  expect(failureOf(() => unpackWitness(wide))).toEqual({
    code: "PROOF_BAD_WITNESS",
    place: "ranges[0].words",
  });
});

test("a copy of a state goes its own way", () => {
  const before = rootOf(STATE);
  const copy = cloneState(STATE);
  expect(rootOf(copy)).toEqual(before);
  change(copy, new AccessRecorder());
  copy.blk.txs.pop();
  copy.blk.receipts.pop();
  copy.blk.l1.baseFeeScalar++;
  copy.chain.entry.depTo++;
  copy.chain.batch.data.writeByte(0, 1);
  copy.chain.scan.pos++;
  copy.chain.config.gasLimit++;
  copy.chain.origin.number++;
  copy.work.regs[3] = 1n;
  copy.work.call[3] = 1n;
  copy.work.trie[3] = 1n;
  copy.work.sponge[3] = 1n;
  copy.work.bufB.writeByte(0, 1);
  expect(rootOf(STATE)).toEqual(before);
});
