import { objectOf, parseJson } from "../../engine/ethereum/jsonFields.js";
import { executeStateless } from "../../engine/opstack/executeStateless.js";
import { type OpWitness, parseOpWitness } from "../../engine/opstack/opWitness.js";
import { FoveaError } from "../../util/errors.js";
import { readText } from "../chainFile/openFile.js";
import { cliError } from "../errors.js";
import { print, printJson } from "../output.js";

/** `fovea exec-stateless`: hash of the block that a witness describes; it fails if the witness expects another one. */
export async function execStateless(file: string, flags: { json?: boolean }): Promise<void> {
  const witness = parseOpWitness(objectOf(parseJson(await readText(file)), "contents"));
  const { header, transactions } = await executeOrExplain(witness);
  const { hash, number, stateRoot, gasUsed } = header;
  if (flags.json)
    printJson({ hash, number, stateRoot, gasUsed, transactions: transactions.length });
  else print(hash);
  const { expectedBlockHash: expected } = witness;
  if (expected !== undefined && expected !== hash) {
    throw cliError("CLI_REFUSED", `Block ${number} comes out as ${hash}, not ${expected}.`);
  }
}

async function executeOrExplain(witness: OpWitness) {
  try {
    return await executeStateless(witness);
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const { code, data } = error;
    const block = witness.parent.number + 1n;
    const refuse = (sentence: string) => cliError("CLI_REFUSED", sentence, error);
    if (code === "ENGINE_STATE_MISSING") {
      const [what, hash] = Object.entries(data)[0] ?? ["content", "unknown"];
      const name = what === "node" ? "trie node" : what;
      throw refuse(`The witness lacks the ${name} ${String(hash)}, which block ${block} needs.`);
    }
    if (code === "ENGINE_BAD_WITNESS") {
      throw refuse(`The witness's preimage of ${String(data.hash)} has another hash.`);
    }
    if (code === "ENGINE_INVALID_BLOCK" || code === "ENGINE_BAD_ATTRIBUTES") {
      throw refuse(`Block ${block} cannot be valid: ${String(data.reason)}.`);
    }
    throw error;
  }
}
