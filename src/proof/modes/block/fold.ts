import { encodeRlp } from "../../../engine/state/rlp.js";
import { keccak256 } from "../../../util/keccak.js";
import type { Step, Word } from "../../state/types.js";
import { bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";
import { finishTrie } from "./finishTrie.js";
import { leafPlace } from "./trieKeys.js";
import { highestLevel, setRef, takeLevel } from "./trieLevels.js";

const ODD_EXTENSION = 1;

/** Closes one branch of a block's trie behind which no further key lies, or goes on to the next leaf. Source: docs/protocol/machine.md#end-of-a-block */
export function fold(step: Step): void {
  const { ctl, blk } = step.s;
  touch(step, G.blkCounters);
  const { key, sharedAfter } = leafPlace(ctl.cnt, blk.txs.length);
  const level = highestLevel(step);
  if (level <= sharedAfter) {
    goTo(step, MODE.leaf, { sub: ctl.sub, cnt: ctl.cnt + 1 });
    return;
  }
  let reference = branchHash(takeLevel(step, level));
  const up = Math.max(highestLevel(step), sharedAfter);
  if (level > up + 1) reference = extensionHash(key.slice(up + 1, level), reference);
  if (up < 0) finishTrie(step, reference);
  else setRef(step, up, key[up] as number, reference);
}

/** Nodes of these tries are never shorter than a hash. */
function branchHash(refs: readonly Word[]): Word {
  const items = refs.map((ref) => (ref === 0n ? new Uint8Array() : wordToBytes(ref)));
  return bytesToWord(keccak256(encodeRlp([...items, new Uint8Array()])));
}

function extensionHash(nibbles: readonly number[], reference: Word): Word {
  const isOdd = nibbles.length % 2 === 1;
  const path = [isOdd ? ODD_EXTENSION * 16 + (nibbles[0] as number) : 0];
  for (let i = isOdd ? 1 : 0; i < nibbles.length; i += 2) {
    path.push((nibbles[i] as number) * 16 + (nibbles[i + 1] as number));
  }
  return bytesToWord(keccak256(encodeRlp([Uint8Array.from(path), wordToBytes(reference)])));
}
