import { keccak256 } from "../../../util/keccak.js";
import { GAS } from "../../gas.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";
import { getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { goTo, halt, readPages, regs, takeGas, touch } from "../../step.js";
import { BUFFER, DEPTH, G, LIMIT, MODE } from "../../table.js";
import { getOutcome, setOutcome } from "./outcome.js";

/** First byte that code may not have. Source: EIP-3541 */
const FORBIDDEN = 0xef;

/** What a creation returned becomes the code of its account. Source: docs/protocol/machine.md#calls-and-creations */
export function deploy(step: Step): void {
  const { s } = step;
  const frame = regs(step);
  const outcome = getOutcome(step);
  const { outLen } = outcome;
  touch(step, G.self, G.stateRoot, G.bufA);
  const gas = GAS.codeByte * outLen;
  const isAffordable = outLen <= LIMIT.code && frame.gas >= gas;
  const code = isAffordable ? readPages(step, BUFFER.bufA, 0, outLen) : undefined;
  if (code === undefined || code[0] === FORBIDDEN) {
    halt(step);
    return;
  }
  takeGas(step, gas);
  s.work.bufA = new PagedBytes(DEPTH.bytes);
  const codeHash = bytesToWord(keccak256(code));
  step.inputs.addCode(codeHash, code);
  const account = getAccount(step, frame.self) ?? NO_ACCOUNT;
  putAccount(step, frame.self, { ...account, codeHash });
  setOutcome(step, { ...outcome, outLen: 0 });
  goTo(step, MODE.exit);
}
