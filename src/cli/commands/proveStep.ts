import { decodeFunctionResult } from "viem";
import { StepVerifier } from "../../contracts/generated/StepVerifier.js";
import { verifierAddress } from "../../contracts/verifierPlan.js";
import { stepCall } from "../../services/machine/stepCall.js";
import { type Address, fromHex, type Hash, type Hex } from "../../util/hex.js";
import { parseCount } from "../client/parseCount.js";
import { connectRollup } from "../client/rollupClient.js";
import { cliError } from "../errors.js";
import { fetchJson, findServer } from "../findServer.js";
import { columns, print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** Flags of `fovea prove step`. */
export interface ProveStepFlags extends GivenFlags {
  block: string;
  position: string;
  onChain?: boolean;
  verifier?: string;
  json?: boolean;
}

/** What the command shows of `GET /api/v1/proofs/steps`. */
interface StepAnswer {
  block: { number: number; hash: Hash };
  position: number;
  entryBound: number;
  preRoot: Hash;
  postRoot: Hash;
  mode: string;
  opcode: string | null;
  frame: {
    pc: number;
    depth: number;
    gasLeft: number;
    stackSize: number;
    stack: Hash[];
  } | null;
  memory: { offset: number; length: number; data: Hex }[];
  triePaths: { trie: string; root: Hash; key: string; nodes: number }[];
  calldataBytes: number;
  witness: Hex;
}

/** What the verifier on L1 makes of a step. */
interface OnChain {
  verifier: Address;
  postRoot: Hash;
  agrees: boolean;
  gas: number;
}

const MAX_POSITION = 2 ** 30 - 1;

/** `fovea prove step`: one step of a block for a person, and with `--on-chain` what the contract on L1 makes of it. */
export async function proveStep(flags: ProveStepFlags): Promise<void> {
  const block = parseCount("--block", flags.block, Number.MAX_SAFE_INTEGER);
  const position = parseCount("--position", flags.position, MAX_POSITION);
  const { url } = findServer(flags);
  const path = `/api/v1/proofs/steps?block=${block}&position=${position}`;
  const answer = (await fetchJson(`${url}${path}`)) as StepAnswer & ProblemAnswer;
  if (answer.witness === undefined) throw refused(answer);
  const onChain = flags.onChain ? await callVerifier(flags, answer) : undefined;
  if (flags.json) printJson(onChain === undefined ? answer : { ...answer, onChain });
  else for (const line of lines(answer, onChain)) print(line);
  if (onChain?.agrees === false) {
    throw cliError(
      "CLI_REFUSED",
      `The verifier's root ${onChain.postRoot} is not the machine's ${answer.postRoot}.`,
    );
  }
}

interface ProblemAnswer {
  code?: string;
  title?: string;
  detail?: string;
  hint?: string;
}

function refused({ code, title, detail, hint }: ProblemAnswer): Error {
  const words = [detail ?? `${title ?? "No proof of a step"}.`, hint].filter(Boolean).join(" ");
  const isLater = code === "not-derived-yet" || code === "overloaded";
  return cliError(isLater ? "CLI_NOT_YET" : "CLI_REFUSED", words);
}

async function callVerifier(flags: ProveStepFlags, answer: StepAnswer): Promise<OnChain> {
  const { l1, contracts } = await connectRollup(flags);
  const to = (flags.verifier as Address | undefined) ?? verifierAddress();
  if (!/^0x[0-9a-fA-F]{40}$/.test(to)) {
    throw cliError("CLI_USAGE", "--verifier must be an address.");
  }
  if (((await l1.getCode({ address: to })) ?? "0x") === "0x") {
    const cure = flags.verifier === undefined ? " Run: npx fovea deploy-verifier" : "";
    throw cliError("CLI_CONFIG", `There is no step verifier at ${to} on L1.${cure}`);
  }
  const { position, entryBound, preRoot, witness } = answer;
  const { sequencerFeed, depositFeed } = contracts;
  const data = stepCall(
    { sequencerFeed, depositFeed },
    { position, entryBound: BigInt(entryBound), pre: preRoot, packed: fromHex(witness) },
  );
  try {
    const [{ data: result }, gas] = await Promise.all([
      l1.call({ to, data }),
      l1.estimateGas({ to, data }),
    ]);
    const postRoot = decodeFunctionResult({
      abi: StepVerifier.abi,
      functionName: "step",
      data: result ?? "0x",
    });
    return { verifier: to, postRoot, agrees: postRoot === answer.postRoot, gas: Number(gas) };
  } catch (cause) {
    const { shortMessage, message } = cause as { shortMessage?: string; message: string };
    throw cliError(
      "CLI_REFUSED",
      `The verifier refuses the step: ${shortMessage ?? message}`,
      cause,
    );
  }
}

function lines(answer: StepAnswer, onChain: OnChain | undefined): string[] {
  const { block, position, mode, opcode, frame, memory, triePaths } = answer;
  const rows: [string, string][] = [
    ["block", `${block.number} ${block.hash}`],
    ["position", String(position)],
    ["step", opcode === null ? mode : `${mode} ${opcode}`],
  ];
  if (frame !== null) {
    rows.push(["call", `depth ${frame.depth}, pc ${frame.pc}, gas left ${frame.gasLeft}`]);
    rows.push(["stack", `${frame.stackSize} words${frame.stack.length > 0 ? ", top first" : ""}`]);
    for (const word of frame.stack) rows.push(["", word]);
  }
  for (const { offset, length, data } of memory) {
    rows.push(["memory", `${offset}..${offset + length - 1}  ${data}`]);
  }
  for (const { trie, key, nodes } of triePaths) {
    rows.push(["trie", `${trie}, ${nodes} nodes, key ${key === "" ? "(root)" : key}`]);
  }
  rows.push(["pre root", answer.preRoot], ["post root", answer.postRoot]);
  rows.push(["calldata", `${answer.calldataBytes} bytes`]);
  if (onChain !== undefined) {
    const verdict = onChain.agrees ? "the same root" : `another root: ${onChain.postRoot}`;
    rows.push(["on chain", `${onChain.verifier} answers ${verdict}, ${onChain.gas} gas`]);
  }
  return columns(rows);
}
