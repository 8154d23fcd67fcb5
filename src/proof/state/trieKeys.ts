import { keccak256 } from "../../util/keccak.js";
import type { Word } from "./types.js";
import { putWord } from "./wordBytes.js";

/** Keys that are remembered, per kind. */
const LIMIT_KEYS = 65_536;

const scratch = new Uint8Array(64);
const view = new DataView(scratch.buffer);

let addresses = new Map<Word, Uint8Array>();
let slots = new Map<Word, Uint8Array>();
let pairs = new Map<Word, Map<Word, Uint8Array>>();
let pairCount = 0;

/** Key of an address in the state trie, in warmAddr and in created: keccak of its 20 bytes. Shapes: not to be changed. */
export function addressKey(address: Word): Uint8Array {
  let key = addresses.get(address);
  if (key === undefined) {
    putWord(view, 0, address);
    key = keccak256(scratch.subarray(12, 32));
    if (addresses.size >= LIMIT_KEYS) addresses = new Map();
    addresses.set(address, key);
  }
  return key;
}

/** Key of a slot in an account's storage trie: keccak of its 32 bytes. Shapes: not to be changed. */
export function slotKey(slot: Word): Uint8Array {
  let key = slots.get(slot);
  if (key === undefined) {
    putWord(view, 0, slot);
    key = keccak256(scratch.subarray(0, 32));
    if (slots.size >= LIMIT_KEYS) slots = new Map();
    slots.set(slot, key);
  }
  return key;
}

/** Key of an account's slot in warmSlot and in transient: keccak of address and slot, 52 bytes. Shapes: not to be changed. */
export function addressSlotKey(address: Word, slot: Word): Uint8Array {
  let ofAddress = pairs.get(address);
  let key = ofAddress?.get(slot);
  if (key === undefined) {
    putWord(view, 0, address);
    putWord(view, 32, slot);
    key = keccak256(scratch.subarray(12, 64));
    if (pairCount >= LIMIT_KEYS) {
      pairs = new Map();
      ofAddress = undefined;
      pairCount = 0;
    }
    if (ofAddress === undefined) {
      ofAddress = new Map();
      pairs.set(address, ofAddress);
    }
    ofAddress.set(slot, key);
    pairCount++;
  }
  return key;
}
