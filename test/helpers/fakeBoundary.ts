import { encodePacked, keccak256 } from "viem";
import { type Hash, type Hex, ZERO_HASH } from "../../src/util/hex.js";

const hash2 = (a: Hex, b: Hex): Hash => keccak256(encodePacked(["bytes32", "bytes32"], [a, b]));
const word = (value: bigint, shift: bigint): Hex =>
  `0x${(value << shift).toString(16).padStart(64, "0")}`;

/** A machine root that says what a test wants, around nothing, with the proof that opens it. */
export function fakeBoundary(
  outputRoot: Hash,
  number: bigint,
  entryIndex: bigint,
  control: Hash = ZERO_HASH,
): { root: Hash; proof: Hex } {
  const n = Array.from({ length: 16 }, (_, i) => keccak256(word(BigInt(i), 0n)));
  n[0] = control;
  n[7] = outputRoot;
  // A block that no state can hold is left to the contract to refuse.
  n[8] = word(number & (2n ** 64n - 1n), 192n);
  n[11] = word(entryIndex, 192n);
  const at = (i: number): Hex => n[i] as Hex;
  const last = hash2(
    hash2(at(5), hash2(at(6), at(7))),
    hash2(hash2(at(8), at(9)), hash2(at(10), at(11))),
  );
  const chain = hash2(hash2(last, at(12)), at(13));
  const left = hash2(hash2(at(0), at(1)), hash2(at(2), at(3)));
  const root = hash2(left, hash2(hash2(at(4), chain), hash2(at(14), at(15))));
  return { root, proof: `0x${n.map((hex) => hex.slice(2)).join("")}` };
}
