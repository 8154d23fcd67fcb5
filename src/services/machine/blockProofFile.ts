import { collectFile, type ProofFile } from "../../proof/file/index.js";
import { Machine } from "../../proof/machine.js";
import { MACHINE_VERSION } from "../../proof/table.js";
import { type BlockPayload, payloadState } from "./blockPayload.js";
import { type DbGet, PayloadInputs } from "./payloadInputs.js";

/** Which steps of the block go into the file. */
export interface FileRange {
  readonly from: number;
  readonly count: number;
  readonly stride: number;
}

/**
 * The witness generator: runs a block from its payload and an engine's contents by hash, and makes the proof file of its steps.
 * Errors: PROOF_NODE_MISSING and PROOF_CODE_MISSING with the hash, PROOF_FILE_NO_STEP (the block has fewer), PROOF_FILE_TOO_LARGE.
 */
export function blockProofFile(payload: BlockPayload, dbGet: DbGet, range: FileRange): ProofFile {
  const { chainId, block, entryIndex } = payload;
  const entryBound = entryIndex + 1n;
  const inputs = new PayloadInputs(payload, dbGet);
  const machine = new Machine({ state: payloadState(payload), inputs, entryBound });
  while (machine.state.chain.number < block - 1n) {
    const { number } = machine.state.chain;
    machine.runTo(({ state }) => state.chain.number !== number);
    machine.skipToSlot();
  }
  const { from, stride, count } = range;
  const meta = {
    chainId,
    machineVersion: MACHINE_VERSION,
    block,
    entryIndex,
    from,
    stride,
    entryBound,
  };
  const run = collectFile(machine, { count, meta });
  while (true) {
    const { done, value } = run.next();
    if (done) return value;
  }
}
