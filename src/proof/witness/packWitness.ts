import { ByteWriter } from "../../protocol/byteWriter.js";
import { ProofError } from "../errors.js";
import type { Witness } from "./types.js";

const COUNT_MAX = 0xffff;

/** The form in which a witness goes to L1. Errors: PROOF_WITNESS_TOO_LARGE. Source: docs/protocol/machine.md#witness */
export function packWitness({ items, ranges, nodes, code, aux }: Witness): Uint8Array {
  assertCount("items", items.length, COUNT_MAX);
  assertCount("ranges", ranges.length, 0xff);
  assertCount("nodes", nodes.length, COUNT_MAX);
  for (const { words } of ranges) assertCount("words", words.length, COUNT_MAX);
  for (const node of nodes) assertCount("node", node.length, COUNT_MAX);
  const size =
    2 +
    36 * items.length +
    1 +
    ranges.reduce((sum, { words }) => sum + 7 + 32 * words.length, 0) +
    2 +
    nodes.reduce((sum, node) => sum + 2 + node.length, 0) +
    (4 + code.length + 4 + aux.length);
  const writer = new ByteWriter(size).uint(2, items.length);
  for (const { g, value } of items) writer.uint(4, g).bytes(value);
  writer.uint(1, ranges.length);
  for (const { g, log2, words } of ranges) {
    writer.uint(4, g).uint(1, log2).uint(2, words.length);
    for (const word of words) writer.bytes(word);
  }
  writer.uint(2, nodes.length);
  for (const node of nodes) writer.uint(2, node.length).bytes(node);
  return writer.uint(4, code.length).bytes(code).uint(4, aux.length).bytes(aux).finish();
}

function assertCount(what: string, count: number, max: number): void {
  if (count > max) throw new ProofError("PROOF_WITNESS_TOO_LARGE", { what, count, max });
}
