import { keccak256 } from "../../../util/keccak.js";
import type { Step } from "../../state/types.js";
import { warmAddress } from "../../state/warm.js";
import { getAccount, NO_ACCOUNT, putAccount, readCode } from "../../state/world.js";
import { goTo } from "../../step.js";
import { G, MODE } from "../../table.js";
import {
  authorityOf,
  type ParsedAuthorization,
  parseAuthorization,
} from "../../tx/parseEnvelope.js";
import { wordOf } from "../../tx/rlpCursor.js";
import { delegationCode, isDelegation } from "./delegation.js";
import { rawBytes } from "./rawBytes.js";
import { touch, touchTx } from "./touch.js";

/** No tuple is longer. */
const TUPLE_BYTES = 140;
const MAX_NONCE = 2n ** 64n - 1n;
/** What an authorization of an account that exists gives back. Source: EIP-7702 */
const REFUND = 12_500;

/** One EIP-7702 authorization. Source: docs/protocol/machine.md#transaction */
export function auth(step: Step): void {
  const { s, rec } = step;
  const { tx } = s;
  touch(rec, G.machineInfo, G.stateRoot, G.warmAddr, G.revPacked);
  touchTx(rec);
  if (tx.authOff >= tx.authEnd) {
    goTo(step, MODE.start);
    return;
  }
  const bytes = rawBytes(step, tx.authOff, TUPLE_BYTES);
  // TXPARSE has checked its form.
  const tuple = parseAuthorization(bytes, 0, bytes.length) as ParsedAuthorization;
  tx.authOff += tuple.end;
  apply(step, tuple);
}

function apply(step: Step, tuple: ParsedAuthorization): void {
  const { s } = step;
  if (tuple.chainId !== 0n && tuple.chainId !== s.chain.chainId) return;
  if (tuple.nonce >= MAX_NONCE) return;
  const authority = authorityOf(tuple);
  if (authority === undefined) return;
  const account = getAccount(step, authority);
  const code = account === undefined ? new Uint8Array() : readCode(step, account);
  warmAddress(step, authority);
  if (code.length > 0 && !isDelegation(code)) return;
  if ((account?.nonce ?? 0n) !== tuple.nonce) return;
  const delegation = delegationCode(tuple.address);
  const hash = keccak256(delegation);
  const codeHash = wordOf(hash, 0, hash.length);
  step.inputs.addCode(codeHash, delegation);
  putAccount(step, authority, {
    ...(account ?? NO_ACCOUNT),
    nonce: tuple.nonce + 1n,
    codeHash,
  });
  if (account !== undefined) s.rev = { ...s.rev, refund: s.rev.refund + REFUND };
}
