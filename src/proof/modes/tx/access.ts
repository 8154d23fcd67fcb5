import type { Step } from "../../state/types.js";
import { listSlot, warmAddress } from "../../state/warm.js";
import { goTo } from "../../step.js";
import { G, MODE } from "../../table.js";
import { type RlpSpan, readSpan, wordOf } from "../../tx/rlpCursor.js";
import { rawBytes } from "./rawBytes.js";
import { touch, touchTx } from "./touch.js";

/** Bytes of an access list item's header, and of an address and a key with theirs. */
const ITEM_HEAD_BYTES = 4;
const ADDRESS_BYTES = 21;
const KEY_BYTES = 33;
/** Ends are not checked again: only the heads are in the bytes that are read. */
const FAR = Number.MAX_SAFE_INTEGER;

/** Warms one address or one listed slot. Source: docs/protocol/machine.md#transaction */
export function access(step: Step): void {
  const { s, rec } = step;
  const { ctl, tx } = s;
  touch(rec, G.coinbase, G.warmAddr, G.warmSlot);
  touchTx(rec);
  if (ctl.cnt < 3) {
    if (ctl.cnt === 0) warmAddress(step, tx.sender);
    else if (ctl.cnt === 2) warmAddress(step, s.blk.coinbase);
    else if (!tx.isCreate) warmAddress(step, tx.to);
    ctl.cnt++;
  } else if (tx.keyOff < tx.keyEnd) {
    const key = rawBytes(step, tx.keyOff, KEY_BYTES);
    listSlot(step, tx.aclAddr, wordOf(key, 1, KEY_BYTES));
    tx.keyOff += KEY_BYTES;
  } else if (tx.aclOff < tx.aclEnd) {
    openItem(step);
  } else {
    goTo(step, MODE.auth);
  }
}

/** The next item of the access list: its address is warmed now, its keys one a step. TXPARSE has checked its form. */
function openItem(step: Step): void {
  const { tx } = step.s;
  const bytes = rawBytes(step, tx.aclOff, ITEM_HEAD_BYTES + ADDRESS_BYTES + ITEM_HEAD_BYTES);
  const item = readSpan(bytes, 0, FAR) as RlpSpan;
  const address = wordOf(bytes, item.start + 1, item.start + ADDRESS_BYTES);
  const keys = readSpan(bytes, item.start + ADDRESS_BYTES, FAR) as RlpSpan;
  tx.keyOff = tx.aclOff + keys.start;
  tx.keyEnd = tx.aclOff + keys.end;
  tx.aclOff += item.end;
  tx.aclAddr = address;
  warmAddress(step, address);
}
