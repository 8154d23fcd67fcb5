import { EMPTY_CODE_HASH } from "../../state/defaults.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { isCreated, setCreated } from "../../state/warmth.js";
import { type Account, getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { callWord, goTo, setCallWord, touch } from "../../step.js";
import { C, DEPTH, G, MODE, OUTCOME } from "../../table.js";
import { EMPTY_TRIE_ROOT } from "../../trie/trie.js";
import { callFlags, clearCall, failCall } from "./callWords.js";
import { setOutcome } from "./outcome.js";

/** Refuses an address that is taken (EIP-684, EIP-7610), or makes the account. Source: docs/protocol/machine.md#calls-and-creations */
export function createchk(step: Step): void {
  touch(step, G.stateRoot, G.created);
  const { kind, isTop } = callFlags(step);
  const address = callWord(step, C.newAddr);
  const account = getAccount(step, address) ?? NO_ACCOUNT;
  if (isTaken(account)) {
    if (isTop) endTransaction(step);
    else failCall(step, kind, 0);
    return;
  }
  if (!isCreated(step, address)) setCreated(step, address);
  putAccount(step, address, { ...account, nonce: 1n });
  setCallWord(step, C.to, address);
  goTo(step, callWord(step, C.value) === 0n ? MODE.push : MODE.xfer);
}

function isTaken({ nonce, codeHash, storage }: Account): boolean {
  return nonce !== 0n || codeHash !== EMPTY_CODE_HASH || storage.root() !== EMPTY_TRIE_ROOT;
}

function endTransaction(step: Step): void {
  setOutcome(step, { outcome: OUTCOME.halt, isTop: true });
  clearCall(step);
  touch(step, G.bufB);
  step.s.work.bufB = new PagedBytes(DEPTH.bufB);
  goTo(step, MODE.settle);
}
