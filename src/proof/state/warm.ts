import { G } from "../table.js";
import { addressKey, addressSlotKey } from "./trieKeys.js";
import type { Step, Word } from "./types.js";

const PRESENT = Uint8Array.of(1);
const LAST_LOW_PRECOMPILE = 0x11n;
const P256_VERIFY = 0x100n;

/** True for the addresses that Osaka's precompiles have; they are always warm. Source: docs/protocol/machine.md#rev-160175 */
export function isPrecompile(address: Word): boolean {
  return (address >= 1n && address <= LAST_LOW_PRECOMPILE) || address === P256_VERIFY;
}

/** Makes an address warm. Returns whether it was. Records warmAddr and the path, but nothing for a precompile. */
export function warmAddress(step: Step, address: Word): boolean {
  if (isPrecompile(address)) return true;
  const { s, rec } = step;
  rec?.leaf(G.warmAddr);
  const key = addressKey(address);
  if (s.rev.warmAddr.get(key, rec) !== undefined) return true;
  s.rev = { ...s.rev, warmAddr: s.rev.warmAddr.put(key, PRESENT, rec) };
  return false;
}

/** A slot of an access list is warm from the start, and its value not known yet. Records warmSlot and the path. */
export function listSlot(step: Step, address: Word, slot: Word): void {
  const { s, rec } = step;
  rec?.leaf(G.warmSlot);
  const key = addressSlotKey(address, slot);
  if (s.rev.warmSlot.get(key, rec) !== undefined) return;
  s.rev = { ...s.rev, warmSlot: s.rev.warmSlot.put(key, PRESENT, rec) };
}
