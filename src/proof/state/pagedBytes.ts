import { ProofError } from "../errors.js";
import { PAGE_BYTES, PAGE_DEPTH, Page } from "./page.js";
import type { Word } from "./types.js";
import { bytesToWord, getWord, putWord, wordToBytes } from "./wordBytes.js";
import { hashPair, zeroNode } from "./zeroNodes.js";

/**
 * A byte string of the state: 2^depth words, in pages of 4,096 bytes that exist once they have been written.
 * Copies are cheap: pages are shared until one of the owners writes. Nothing is hashed before a node is asked for.
 *
 * Units: offsets and lengths in bytes. Errors of every access: PROOF_OUT_OF_RANGE beyond the 2^depth words.
 */
export class PagedBytes {
  /** Levels of the tree, its words being the lowest. */
  readonly depth: number;
  #pages: (Page | undefined)[] = [];
  /** Pages of other owners are copied before they are written. */
  #owner: object = {};
  /** True while the array of pages belongs to a copy too. */
  #isShared = false;
  #root: Uint8Array | undefined;

  constructor(depth: number) {
    this.depth = depth;
  }

  /** A byte string that begins with these bytes. */
  static of(depth: number, bytes: Uint8Array): PagedBytes {
    const made = new PagedBytes(depth);
    made.write(0, bytes);
    return made;
  }

  /** Bytes that fit. */
  get capacity(): number {
    return 32 * 2 ** this.depth;
  }

  /** An independent copy. */
  clone(): PagedBytes {
    const copy = new PagedBytes(this.depth);
    copy.#pages = this.#pages;
    copy.#root = this.#root;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  /** Bytes from `off` on; those that were never written are 0. Shapes: fresh bytes. */
  read(off: number, len: number): Uint8Array {
    const out = new Uint8Array(len);
    if (len === 0) return out;
    this.#check(off, len);
    for (let done = 0; done < len; ) {
      const at = (off + done) % PAGE_BYTES;
      const part = Math.min(PAGE_BYTES - at, len - done);
      const page = this.#pages[(off + done - at) / PAGE_BYTES];
      if (page !== undefined) out.set(page.bytes.subarray(at, at + part), done);
      done += part;
    }
    return out;
  }

  write(off: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#check(off, bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const at = (off + done) % PAGE_BYTES;
      const part = Math.min(PAGE_BYTES - at, bytes.length - done);
      const page = this.#own((off + done - at) / PAGE_BYTES);
      page.bytes.set(bytes.subarray(done, done + part), at);
      page.touch(at, at + part - 1);
      done += part;
    }
  }

  /** The 32 bytes at any offset as a number. */
  readWord(off: number): Word {
    const at = off % PAGE_BYTES;
    if (at > PAGE_BYTES - 32) return bytesToWord(this.read(off, 32));
    this.#check(off, 32);
    const page = this.#pages[(off - at) / PAGE_BYTES];
    return page === undefined ? 0n : getWord(page.view, at);
  }

  /** Writes 32 bytes at any offset. */
  writeWord(off: number, word: Word): void {
    const at = off % PAGE_BYTES;
    if (at > PAGE_BYTES - 32) {
      this.write(off, wordToBytes(word));
      return;
    }
    this.#check(off, 32);
    const page = this.#own((off - at) / PAGE_BYTES);
    putWord(page.view, at, word);
    page.touch(at, at + 31);
  }

  readByte(off: number): number {
    this.#check(off, 1);
    const at = off % PAGE_BYTES;
    return this.#pages[(off - at) / PAGE_BYTES]?.bytes[at] ?? 0;
  }

  /** Writes the lowest byte of `value`. */
  writeByte(off: number, value: number): void {
    this.#check(off, 1);
    const at = off % PAGE_BYTES;
    const page = this.#own((off - at) / PAGE_BYTES);
    page.bytes[at] = value;
    page.touch(at, at);
  }

  /** Word number `index` of the tree. */
  wordAt(index: number): Word {
    return this.readWord(32 * index);
  }

  /** True if all bytes are 0. */
  get isEmpty(): boolean {
    return this.#pages.every((page) => page?.bytes.every((byte) => byte === 0) ?? true);
  }

  /** Shapes: 32 bytes, not to be changed. */
  root(): Uint8Array {
    this.#root ??= this.node(0, 0);
    return this.#root;
  }

  /** Root of a page. Shapes: 32 bytes, not to be changed. */
  pageRoot(page: number): Uint8Array {
    return this.#pages[page]?.node(0, 0) ?? zeroNode(PAGE_DEPTH);
  }

  /** Any node: level 0 is the root, level `depth` the words. Shapes: 32 bytes, not to be changed. */
  node(level: number, index: number): Uint8Array {
    const height = this.depth - level;
    if (height <= PAGE_DEPTH) {
      const inPage = PAGE_DEPTH - height;
      const below = index % 2 ** inPage;
      return this.#pages[(index - below) / 2 ** inPage]?.node(inPage, below) ?? zeroNode(height);
    }
    if (index * 2 ** (height - PAGE_DEPTH) >= this.#pages.length) return zeroNode(height);
    return hashPair(this.node(level + 1, 2 * index), this.node(level + 1, 2 * index + 1));
  }

  #check(off: number, len: number): void {
    if (off >= 0 && off + len <= this.capacity) return;
    throw new ProofError("PROOF_OUT_OF_RANGE", { off, len, capacity: this.capacity });
  }

  /** The page, so that it may be written to. */
  #own(index: number): Page {
    this.#root = undefined;
    if (this.#isShared) {
      this.#pages = this.#pages.slice();
      this.#owner = {};
      this.#isShared = false;
    }
    const page = this.#pages[index];
    if (page !== undefined && page.owner === this.#owner) return page;
    const mine = new Page(this.#owner, page);
    while (this.#pages.length < index) this.#pages.push(undefined);
    this.#pages[index] = mine;
    return mine;
  }
}
