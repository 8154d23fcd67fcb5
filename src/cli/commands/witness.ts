import { writeFileSync } from "node:fs";
import { writeProofFile } from "../../proof/file/index.js";
import { decodePayload } from "../../services/machine/blockPayload.js";
import { blockProofFile } from "../../services/machine/blockProofFile.js";
import { FoveaError } from "../../util/errors.js";
import { fromHex } from "../../util/hex.js";
import { AdminRpcClient } from "../client/adminRpc.js";
import { parseCount } from "../client/parseCount.js";
import { cliError } from "../errors.js";
import { findServer } from "../findServer.js";
import { print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** Flags of `fovea witness`. */
export interface WitnessFlags extends GivenFlags {
  block: string;
  from?: string;
  count?: string;
  stride?: string;
  out: string;
  rpc?: string;
  json?: boolean;
}

const MAX_POSITION = 2 ** 30 - 1;
const MAX_COUNT = 65_535;

/** `fovea witness`: the proof file of a block's steps, made here from an engine that is asked for contents by their hash. */
export async function witness(flags: WitnessFlags): Promise<void> {
  const block = parseCount("--block", flags.block, Number.MAX_SAFE_INTEGER);
  const range = {
    from: parseCount("--from", flags.from ?? "0", MAX_POSITION),
    count: parseCount("--count", flags.count ?? String(MAX_COUNT), MAX_COUNT, 1),
    stride: parseCount("--stride", flags.stride ?? "1", MAX_POSITION, 1),
  };
  const rpc = new AdminRpcClient(flags.rpc ?? findServer(flags).adminUrl, flags);
  try {
    const payload = rpc.call("debug_blockPayload", [`0x${block.toString(16)}`]);
    const file = blockProofFile(
      decodePayload(fromHex(String(payload))),
      (hash) => rpc.dbGet(hash),
      range,
    );
    const text = writeProofFile(file);
    save(flags.out, text);
    const facts = {
      out: flags.out,
      block,
      entryIndex: file.meta.entryIndex,
      roots: file.steps.length,
      steps: file.access.length,
      firstRoot: file.steps[0],
      lastRoot: file.steps.at(-1),
      bytes: Buffer.byteLength(text),
    };
    if (flags.json) return printJson(facts);
    print(`${flags.out}: ${facts.steps} steps of block ${block}, ${facts.roots} roots`);
    print(`from ${facts.firstRoot}`);
    print(`to   ${facts.lastRoot}`);
  } catch (error) {
    throw explained(error, block);
  } finally {
    await rpc.close();
  }
}

function save(out: string, text: string): void {
  try {
    writeFileSync(out, text);
  } catch (cause) {
    throw cliError("CLI_USAGE", `${out} cannot be written: ${(cause as Error).message}.`, cause);
  }
}

function explained(error: unknown, block: number): unknown {
  if (!(error instanceof FoveaError)) return error;
  const { code, data } = error;
  if (code === "PROOF_NODE_MISSING" || code === "PROOF_CODE_MISSING") {
    const what = code === "PROOF_NODE_MISSING" ? "trie node" : "code";
    const sentence = `The engine lacks the ${what} ${String(data.hash)}; ask a server that still keeps the state of block ${block}.`;
    return cliError("CLI_REFUSED", sentence, error);
  }
  if (code === "PROOF_FILE_NO_STEP") {
    const sentence = `Block ${block} has ${String(data.steps)} steps, none at position ${String(data.stepIndex)}.`;
    return cliError("CLI_REFUSED", sentence, error);
  }
  return error;
}
