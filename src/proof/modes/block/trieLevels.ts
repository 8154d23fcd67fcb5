import { below } from "../../state/gindex.js";
import type { Step, Word } from "../../state/types.js";
import { touch } from "../../step.js";
import { DEPTH, G } from "../../table.js";

const CHILDREN = 16;
/** Word of work.trie that is the set of open levels. */
export const OPEN_LEVELS = 96;

/** Puts a reference into a level, which is open from now on. */
export function setRef(step: Step, level: number, nibble: number, reference: Word): void {
  const { trie } = step.s.work;
  const at = CHILDREN * level + nibble;
  touch(step, below(G.trie, DEPTH.trie, at), below(G.trie, DEPTH.trie, OPEN_LEVELS));
  trie[at] = reference;
  trie[OPEN_LEVELS] = (trie[OPEN_LEVELS] as Word) | (1n << BigInt(level));
}

/** The highest open level, or -1. */
export function highestLevel(step: Step): number {
  touch(step, below(G.trie, DEPTH.trie, OPEN_LEVELS));
  const open = step.s.work.trie[OPEN_LEVELS] as Word;
  return open === 0n ? -1 : open.toString(2).length - 1;
}

/** Takes the references of a level, which is closed from now on. */
export function takeLevel(step: Step, level: number): Word[] {
  const { trie } = step.s.work;
  const refs: Word[] = [];
  for (let i = 0; i < CHILDREN; i++) {
    const at = CHILDREN * level + i;
    touch(step, below(G.trie, DEPTH.trie, at));
    refs.push(trie[at] as Word);
    trie[at] = 0n;
  }
  trie[OPEN_LEVELS] = (trie[OPEN_LEVELS] as Word) & ~(1n << BigInt(level));
  return refs;
}
