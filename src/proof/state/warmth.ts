import { decodeRlp, encodeRlp, integerToBytes } from "../../engine/state/rlp.js";
import { EMPTY_BYTES } from "../../util/hex.js";
import { addressKey, addressSlotKey } from "./trieKeys.js";
import type { Step, Word } from "./types.js";
import { isPrecompile } from "./warm.js";
import { bytesToWord, wordToBytes } from "./wordBytes.js";

/**
 * What opcodes ask of the maps of a transaction. Asking records the nodes of the path and setting none, since a halt
 * may lie between; the leaves of the roots are the caller's.
 */

/** Value of an entry that says no more than that it is there. */
const PRESENT = Uint8Array.of(1);
const LOADED = 2;

/** True if the address has been touched in this transaction. */
export function isWarm({ s, rec }: Step, address: Word): boolean {
  return isPrecompile(address) || s.rev.warmAddr.get(addressKey(address), rec) !== undefined;
}

/** Marks an address that `isWarm` has found cold. */
export function setWarm({ s }: Step, address: Word): void {
  s.rev = { ...s.rev, warmAddr: s.rev.warmAddr.put(addressKey(address), PRESENT) };
}

/** What a transaction knows of a slot. `original` is its value at the first load, undefined before that. */
export interface SlotWarmth {
  readonly isCold: boolean;
  readonly original: Word | undefined;
}

const COLD: SlotWarmth = { isCold: true, original: undefined };
const LISTED: SlotWarmth = { isCold: false, original: undefined };

/** What is known of a slot. */
export function slotWarmth({ s, rec }: Step, address: Word, slot: Word): SlotWarmth {
  const value = s.rev.warmSlot.get(addressSlotKey(address, slot), rec);
  if (value === undefined) return COLD;
  if (value[0] !== LOADED) return LISTED;
  return { isCold: false, original: bytesToWord(value.subarray(1)) };
}

/** Remembers a slot's value at its first load. */
export function setSlotLoaded({ s }: Step, address: Word, slot: Word, original: Word): void {
  const value = new Uint8Array(33);
  value[0] = LOADED;
  value.set(wordToBytes(original), 1);
  s.rev = { ...s.rev, warmSlot: s.rev.warmSlot.put(addressSlotKey(address, slot), value) };
}

/** A word of transient storage. */
export function getTransient({ s, rec }: Step, address: Word, slot: Word): Word {
  const value = s.rev.transient.get(addressSlotKey(address, slot), rec);
  return value === undefined ? 0n : bytesToWord(decodeRlp(value) as Uint8Array);
}

/** Changes a word of transient storage that `getTransient` has shown; records the node that a deletion merges. */
export function putTransient({ s, rec }: Step, address: Word, slot: Word, value: Word): void {
  const encoded = value === 0n ? EMPTY_BYTES : encodeRlp(integerToBytes(value));
  const transient = s.rev.transient.put(addressSlotKey(address, slot), encoded, rec);
  s.rev = { ...s.rev, transient };
}

/** True if an account was created in this transaction. */
export function isCreated({ s, rec }: Step, address: Word): boolean {
  return s.rev.created.get(addressKey(address), rec) !== undefined;
}

/** Marks an account as created in this transaction, after `isCreated` has shown its place. */
export function setCreated({ s }: Step, address: Word): void {
  s.rev = { ...s.rev, created: s.rev.created.put(addressKey(address), PRESENT) };
}
