import { StateTree } from "./state/merkle.js";
import type { MachineState } from "./state/types.js";
import { G } from "./table.js";

/** The nodes that open a boundary for BlockOracle: its control, output root, block number and cursor, and what is around them. */
const NODES: readonly number[] = [
  G.ctl,
  G.frame,
  G.rev,
  G.tx,
  G.blk,
  208,
  G.lastHash,
  G.outputRoot,
  G.lastScalars,
  G.lastBaseFee,
  G.lastExtra,
  G.cursor,
  53,
  27,
  G.work,
  G.hist,
];

/** Proof that a state is a block boundary, and of what. Shapes: 512 bytes. Source: docs/protocol/proposals.md#machine-root */
export function boundaryProof(state: MachineState): Uint8Array {
  const tree = new StateTree(state);
  const proof = new Uint8Array(NODES.length * 32);
  for (const [i, g] of NODES.entries()) proof.set(tree.node(g), i * 32);
  return proof;
}
