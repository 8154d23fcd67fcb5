import { fromHex, type Hash, type Hex, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";

/** The parts of a witness, as tests write them. */
export interface WitnessParts {
  items?: readonly (readonly [gindex: bigint, value: Hash])[];
  ranges?: readonly { g: bigint; log2: number; words: readonly Hash[] }[];
  nodes?: readonly Uint8Array[];
  code?: Uint8Array;
  aux?: Uint8Array;
}

const number = (value: bigint | number, bytes: number) =>
  value.toString(16).padStart(2 * bytes, "0");
const raw = (hex: Hex) => hex.slice(2);

/** Packs a witness after docs/protocol/machine.md, "Witness"; independent of the code of src/proof. */
export function packWitness(parts: WitnessParts): Hex {
  const {
    items = [],
    ranges = [],
    nodes = [],
    code = new Uint8Array(0),
    aux = code.subarray(0, 0),
  } = parts;
  return `0x${[
    number(items.length, 2),
    ...items.map(([g, value]) => number(g, 4) + raw(value)),
    number(ranges.length, 1),
    ...ranges.map(
      ({ g, log2, words }) =>
        number(g, 4) + number(log2, 1) + number(words.length, 2) + words.map(raw).join(""),
    ),
    number(nodes.length, 2),
    ...nodes.map((node) => number(node.length, 2) + raw(toHex(node))),
    number(code.length, 4) + raw(toHex(code)),
    number(aux.length, 4) + raw(toHex(aux)),
  ].join("")}`;
}

/** Hash of an inner node of the state tree. */
export function hashPair(left: Hash, right: Hash): Hash {
  return toHex(keccak256(fromHex(left + raw(right))));
}

/** Root of a subtree of 2^depth leaves: these words, then zeros. */
export function wordsRoot(words: readonly Hash[], depth: number): Hash {
  let zero: Hash = `0x${"00".repeat(32)}`;
  let level = [...words];
  for (let d = 0; d < depth; d++) {
    const next: Hash[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(hashPair(level[i] as Hash, level[i + 1] ?? zero));
    }
    level = next;
    zero = hashPair(zero, zero);
  }
  return level[0] ?? zero;
}
