import { encodeRlp, integerToBytes } from "../../../engine/state/rlp.js";
import { keccak256 } from "../../../util/keccak.js";
import type { Step, Word } from "../../state/types.js";
import { isWarm, setWarm } from "../../state/warmth.js";
import { addressBytes, bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { getAccount, NO_ACCOUNT, putAccount } from "../../state/world.js";
import { callWord, goTo, regs, setCallWord, touch } from "../../step.js";
import { C, G, KIND, MODE } from "../../table.js";
import { callFlags, callGas, failCall, isTooDeep } from "./callWords.js";
import { toAddress } from "./toAddress.js";

const LAST_NONCE = 2n ** 64n - 1n;

/** Address of a new account, and the creator's nonce. Source: docs/protocol/machine.md#calls-and-creations */
export function createe(step: Step): void {
  const { kind, isTop } = callFlags(step);
  touch(step, G.warmAddr);
  const address = isTop ? topAddress(step) : innerAddress(step, kind);
  if (address === undefined) {
    failCall(step, kind, callGas(step).childGas);
    return;
  }
  setCallWord(step, C.newAddr, address);
  if (!isWarm(step, address)) setWarm(step, address);
  goTo(step, MODE.snap);
}

/** The sender's nonce has grown already. */
function topAddress(step: Step): Word {
  const { tx } = step.s;
  touch(step, G.txInfo, G.nonceGas, G.sender);
  return createAddress(tx.sender, tx.isDeposit ? tx.nonceUsed : tx.nonce);
}

/** Undefined if the creation cannot begin; else the creator's nonce has grown. */
function innerAddress(step: Step, kind: number): Word | undefined {
  const { self, depth } = regs(step);
  touch(step, G.self, G.stateRoot);
  const value = callWord(step, C.value);
  const account = getAccount(step, self) ?? NO_ACCOUNT;
  const { nonce, balance } = account;
  if (isTooDeep(depth) || balance < value || nonce === LAST_NONCE) return undefined;
  const address =
    kind === KIND.create2
      ? saltedAddress(self, callWord(step, C.salt), callWord(step, C.codeHash))
      : createAddress(self, nonce);
  putAccount(step, self, { ...account, nonce: nonce + 1n });
  return address;
}

function createAddress(creator: Word, nonce: bigint): Word {
  const digest = keccak256(encodeRlp([addressBytes(creator), integerToBytes(nonce)]));
  return toAddress(bytesToWord(digest));
}

/** Source: EIP-1014 */
function saltedAddress(creator: Word, salt: Word, codeHash: Word): Word {
  const bytes = new Uint8Array(85);
  bytes[0] = 0xff;
  bytes.set(addressBytes(creator), 1);
  bytes.set(wordToBytes(salt), 21);
  bytes.set(wordToBytes(codeHash), 53);
  return toAddress(bytesToWord(keccak256(bytes)));
}
