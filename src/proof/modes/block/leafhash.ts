import { keccak256 } from "../../../util/keccak.js";
import {
  KECCAK_RATE,
  KECCAK_STATE_BYTES,
  keccakAbsorb,
  keccakFinish,
} from "../../compute/keccakSponge.js";
import { EMPTY_BLOOM } from "../../state/defaults.js";
import { below } from "../../state/gindex.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step, Word } from "../../state/types.js";
import { bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { LEAF_WORD, RECEIPT_WORD } from "../../state/words.js";
import { goTo, readPages, reg, setReg, touch } from "../../step.js";
import { BUFFER, DEPTH, G, LIMIT, MODE, R } from "../../table.js";
import { finishTrie } from "./finishTrie.js";
import { type LeafFrame, receiptLeaf, transactionLeaf } from "./leafBytes.js";
import { type LeafPlace, leafPlace } from "./trieKeys.js";
import { OPEN_LEVELS, setRef } from "./trieLevels.js";

/** Hashes the leaf in work, at once or in slices, and puts it where it belongs. Source: docs/protocol/machine.md#end-of-a-block */
export function leafhash(step: Step): void {
  const { s } = step;
  const { ctl, blk } = s;
  touch(step, G.blkCounters);
  const count = blk.txs.length;
  const place = leafPlace(ctl.cnt, count);
  const fields = LEAF_WORD.unpack(reg(step, R.leaf));
  const frame = frameOf(step, place, fields.len, count);
  const total = frame.prefix.length + fields.len + frame.suffix.length;
  touchWork(step);
  const take = (from: number, to: number): Uint8Array => bytesOf(step, frame, fields.len, from, to);

  let hash: Uint8Array;
  if (total <= LIMIT.directHash && fields.pos === 0) {
    hash = keccak256(take(0, total));
  } else {
    const blocks = Math.min(LIMIT.spongeBlocks, Math.floor((total - fields.pos) / KECCAK_RATE));
    const end = fields.pos + blocks * KECCAK_RATE;
    const isLast = total - end < KECCAK_RATE;
    const bytes = take(fields.pos, isLast ? total : end);
    const state = keccakAbsorb(spongeBytes(s.work.sponge), bytes.subarray(0, end - fields.pos));
    if (!isLast) {
      s.work.sponge = spongeWords(state);
      setReg(step, R.leaf, LEAF_WORD.pack({ ...fields, pos: end }));
      return;
    }
    hash = keccakFinish(state, bytes.subarray(end - fields.pos));
  }
  placeHash(step, place, count, bytesToWord(hash));
}

function frameOf(step: Step, place: LeafPlace, len: number, count: number): LeafFrame {
  const { s } = step;
  const at = Math.max(place.sharedBefore, place.sharedAfter);
  const path = count === 1 ? place.key : place.key.slice(at + 1);
  if (s.ctl.sub === 0) return transactionLeaf(path, len);
  const receipt = RECEIPT_WORD.unpack(reg(step, R.leafReceipt));
  for (let i = 0; i < 8; i++) touch(step, below(G.workBloom, DEPTH.bloom, i));
  return receiptLeaf(path, receipt, s.work.bloom);
}

/** Bytes [from, to) of `prefix || range || suffix`. */
function bytesOf(
  step: Step,
  { prefix, suffix }: LeafFrame,
  len: number,
  from: number,
  to: number,
): Uint8Array {
  const out = new Uint8Array(to - from);
  const rangeStart = prefix.length;
  const rangeEnd = rangeStart + len;
  if (from < rangeStart) out.set(prefix.subarray(from, to));
  const start = Math.max(from, rangeStart);
  const end = Math.min(to, rangeEnd);
  if (start < end) {
    const buffer = step.s.ctl.sub === 0 ? BUFFER.bufB : BUFFER.bufA;
    out.set(readPages(step, buffer, start - rangeStart, end - start), start - from);
  }
  if (to > rangeEnd) {
    const first = Math.max(from, rangeEnd);
    out.set(suffix.subarray(first - rangeEnd, to - rangeEnd), first - from);
  }
  return out;
}

function touchWork(step: Step): void {
  for (let i = 0; i < 8; i++) touch(step, below(G.sponge, DEPTH.sponge, i));
  touch(step, step.s.ctl.sub === 0 ? G.bufB : G.bufA, G.workBloom);
}

function placeHash(step: Step, place: LeafPlace, count: number, hash: Word): void {
  const { s } = step;
  const { work, ctl } = s;
  setReg(step, R.leaf, 0n);
  if (ctl.sub === 0) {
    work.bufB = new PagedBytes(DEPTH.bufB);
  } else {
    setReg(step, R.leafReceipt, 0n);
    work.bufA = new PagedBytes(DEPTH.bytes);
    work.bloom = EMPTY_BLOOM;
  }
  work.sponge = new Array<Word>(2 ** DEPTH.sponge).fill(0n);
  if (count === 1) {
    finishTrie(step, hash);
    return;
  }
  const level = Math.max(place.sharedBefore, place.sharedAfter);
  touch(step, below(G.trie, DEPTH.trie, OPEN_LEVELS));
  setRef(step, level, place.key[level] as number, hash);
  goTo(step, MODE.fold, { sub: ctl.sub, cnt: ctl.cnt });
}

function spongeBytes(words: readonly Word[]): Uint8Array {
  const bytes = new Uint8Array(KECCAK_STATE_BYTES);
  for (let i = 0; i * 32 < bytes.length; i++) bytes.set(wordToBytes(words[i] as Word), i * 32);
  return bytes;
}

function spongeWords(bytes: Uint8Array): Word[] {
  const words = new Array<Word>(2 ** DEPTH.sponge).fill(0n);
  for (let i = 0; i * 32 < bytes.length; i++) {
    words[i] = bytesToWord(bytes.subarray(i * 32, i * 32 + 32));
  }
  return words;
}
