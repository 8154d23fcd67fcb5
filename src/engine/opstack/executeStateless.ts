import { executeStrictly } from "../chain/payloads.js";
import { EngineError } from "../errors.js";
import type { ExecutedBlock } from "../execution/blockExecution.js";
import { StateStore } from "../state/stateStore.js";
import { OpStackRules } from "./opStackRules.js";
import type { OpWitness } from "./opWitness.js";
import { WitnessStore } from "./witnessStore.js";

/**
 * Executes a block of an OP chain out of nothing but its witness.
 * Errors: ENGINE_STATE_MISSING with the hash of what the witness lacks (`node`, `code` or `header`), ENGINE_BAD_WITNESS,
 * ENGINE_BAD_ATTRIBUTES, ENGINE_INVALID_BLOCK.
 */
export async function executeStateless(witness: OpWitness): Promise<ExecutedBlock> {
  const { config, parent, attributes, preimages } = witness;
  const store = new WitnessStore(preimages);
  const rules = new OpStackRules(config);
  const input = rules.checkAttributes(parent, attributes);
  const stores = { states: new StateStore(store), ancestors: store };
  const block = await executeStrictly(rules, stores, parent, attributes.transactions, input);
  if ("invalid" in block) {
    throw new EngineError("ENGINE_INVALID_BLOCK", { reason: block.invalid });
  }
  return block;
}
