import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { PagedBytes } from "../../../../src/proof/state/pagedBytes.js";
import { bytesToWord, wordToBytes } from "../../../../src/proof/state/wordBytes.js";
import { hasCode } from "../../../../src/util/errors.js";
import { keccak256 } from "../../../../src/util/keccak.js";

const DEPTH = 12;
const SIZE = 32 * 2 ** DEPTH;

/** All levels of the tree over a byte string, without any shortcut: level 0 first. */
function naiveTree(bytes: Uint8Array): Uint8Array[][] {
  let level: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 32) level.push(bytes.slice(at, at + 32));
  const levels = [level];
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(keccak256(Buffer.concat([level[i] as Uint8Array, level[i + 1] as Uint8Array])));
    }
    levels.unshift(above);
    level = above;
  }
  return levels;
}

const offset = fc.oneof(
  fc.integer({ min: 0, max: SIZE - 1 }),
  fc.integer({ min: 4000, max: 4200 }),
  fc.integer({ min: SIZE - 100, max: SIZE - 1 }),
);
const change = fc.oneof(
  fc.record({
    kind: fc.constant("bytes" as const),
    off: offset,
    bytes: fc.uint8Array({ maxLength: 9000 }),
  }),
  fc.record({
    kind: fc.constant("word" as const),
    off: offset,
    word: fc.bigInt(0n, 2n ** 256n - 1n),
  }),
  fc.record({ kind: fc.constant("byte" as const), off: offset, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("root" as const) }),
  fc.record({ kind: fc.constant("swap" as const) }),
  fc.record({ kind: fc.constant("clone" as const) }),
);

test("does what a flat array does, and copies stay what they were", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), offset, fc.nat(9000), (changes, off, len) => {
      let real = new PagedBytes(DEPTH);
      let naive: Uint8Array = new Uint8Array(SIZE);
      const copies: [PagedBytes, Uint8Array][] = [];
      for (const one of changes) {
        if (one.kind === "bytes") {
          const bytes = one.bytes.subarray(0, SIZE - one.off);
          real.write(one.off, bytes);
          naive.set(bytes, one.off);
        } else if (one.kind === "word") {
          const at = Math.min(one.off, SIZE - 32);
          real.writeWord(at, one.word);
          naive.set(wordToBytes(one.word), at);
          expect(real.readWord(at)).toBe(one.word);
        } else if (one.kind === "byte") {
          real.writeByte(one.off, one.byte);
          naive[one.off] = one.byte;
        } else if (one.kind === "root") {
          real.root();
        } else if (one.kind === "clone") {
          copies.push([real.clone(), naive.slice()]);
        } else if (copies.length > 0) {
          const [copy, bytes] = copies.shift() as [PagedBytes, Uint8Array];
          copies.push([real, naive]);
          real = copy;
          naive = bytes;
        }
      }
      for (const [copy, bytes] of [...copies, [real, naive] as const]) {
        const count = Math.min(len, SIZE - off);
        expect(Buffer.from(copy.read(off, count)).equals(bytes.subarray(off, off + count))).toBe(
          true,
        );
        expect(Buffer.from(copy.read(0, SIZE)).equals(bytes)).toBe(true);
        const at = Math.min(off, SIZE - 32);
        expect(copy.readWord(at)).toBe(bytesToWord(bytes.slice(at, at + 32)));
        expect(copy.readByte(off)).toBe(bytes[off]);
        expect(copy.isEmpty).toBe(bytes.every((byte) => byte === 0));
        expect(copy.root()).toEqual(PagedBytes.of(DEPTH, bytes).root());
      }
    }),
    { numRuns: 60 },
  );
});

test("every node is that of the whole tree", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(offset, fc.uint8Array({ maxLength: 700 })), { maxLength: 8 }),
      (writes) => {
        const real = new PagedBytes(DEPTH);
        const naive = new Uint8Array(SIZE);
        for (const [off, bytes] of writes) {
          const part = bytes.subarray(0, SIZE - off);
          real.write(off, part);
          naive.set(part, off);
          real.root();
        }
        const levels = naiveTree(naive);
        for (let level = 0; level <= DEPTH; level++) {
          const nodes = levels[level] as Uint8Array[];
          const stride = Math.max(1, Math.floor(nodes.length / 37));
          for (let i = 0; i < nodes.length; i += stride)
            expect(real.node(level, i)).toEqual(nodes[i]);
        }
        expect(real.pageRoot(1)).toEqual(levels[5]?.[1]);
      },
    ),
    { numRuns: 8 },
  );
});

test("a deep byte string costs what is written, not what fits", () => {
  const deep = new PagedBytes(22);
  deep.writeWord(2 ** 27 - 32, 5n);
  expect(deep.wordAt(2 ** 22 - 1)).toBe(5n);
  expect(deep.node(22, 2 ** 22 - 1)).toEqual(wordToBytes(5n));
  const same = PagedBytes.of(22, new Uint8Array(0));
  expect(same.root()).not.toEqual(deep.root());
  deep.writeWord(2 ** 27 - 32, 0n);
  expect(deep.root()).toEqual(same.root());
});

test("nothing is read or written beyond the end", () => {
  const bytes = new PagedBytes(DEPTH);
  const beyond = [
    () => bytes.read(SIZE - 1, 2),
    () => bytes.write(SIZE, new Uint8Array(1)),
    () => bytes.readWord(SIZE - 31),
    () => bytes.writeWord(SIZE - 31, 1n),
    () => bytes.writeByte(SIZE, 1),
  ];
  for (const access of beyond) {
    let thrown: unknown;
    try {
      access();
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, "PROOF_OUT_OF_RANGE")).toBe(true);
  }
});
