import { SYSTEM_CONTRACTS } from "../../../protocol/index.js";
import type { Step, Word } from "../../state/types.js";
import { getAccount, getSlot, putAccount, withSlot } from "../../state/world.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** Slots of both rings. Sources: EIP-4788, EIP-2935 */
const RING = 8_191n;
const WRITES = 3;

/** One of the three slots that a block writes before its transactions. Source: docs/protocol/machine.md#derivation */
export function syswrite(step: Step): void {
  const { ctl } = step.s;
  touch(step, G.blkScalars, G.parentHash, G.beaconRoot, G.stateRoot);
  const { address, slot, value } = writeOf(step, ctl.cnt);
  const account = getAccount(step, address);
  if (account !== undefined) {
    getSlot(step, account, slot);
    putAccount(step, address, withSlot(step, account, slot, value));
  }
  if (ctl.cnt + 1 < WRITES) goTo(step, MODE.syswrite, { cnt: ctl.cnt + 1 });
  else goTo(step, MODE.txnext);
}

function writeOf({ s }: Step, which: number): { address: Word; slot: Word; value: Word } {
  const { timestamp, beaconRoot, number, parentHash } = s.blk;
  const beacon = BigInt(SYSTEM_CONTRACTS.beaconRoots);
  const ring = timestamp % RING;
  if (which === 0) return { address: beacon, slot: ring, value: timestamp };
  if (which === 1) return { address: beacon, slot: ring + RING, value: beaconRoot };
  const history = BigInt(SYSTEM_CONTRACTS.blockHashHistory);
  return { address: history, slot: (number - 1n) % RING, value: parentHash };
}
